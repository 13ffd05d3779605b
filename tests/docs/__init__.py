"""What the documentation says is compared with the code, and its examples run."""
