"""What a running pooler has used, from /proc."""
