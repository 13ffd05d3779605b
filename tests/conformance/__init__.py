"""The documented API as cases that run against any address that speaks it."""
