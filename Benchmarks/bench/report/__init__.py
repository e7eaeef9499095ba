"""The human-readable report: a table on the terminal, and a page."""
