"""What the integration tests are built from: a PostgreSQL, a pooler, and clients that speak raw protocol."""
