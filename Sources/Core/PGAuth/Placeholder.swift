enum PGAuthPlaceholder {}
