"""The load: pgbench, idle clients, bulk transfers."""
