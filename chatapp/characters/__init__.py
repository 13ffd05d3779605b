"""Who one can talk to."""
