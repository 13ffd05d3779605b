"""What tests stand on: a database server, real processes, a real browser."""
