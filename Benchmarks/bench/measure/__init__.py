"""The resource usage of a running pooler, read from /proc."""
