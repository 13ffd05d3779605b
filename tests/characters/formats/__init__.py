"""Cards as files."""
