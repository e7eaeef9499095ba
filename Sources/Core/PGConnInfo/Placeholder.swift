enum PGConnInfoPlaceholder {}
