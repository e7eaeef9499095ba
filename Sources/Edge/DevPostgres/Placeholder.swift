enum DevPostgresPlaceholder {}
