"""What a person reads: a table on the terminal, and a page."""
