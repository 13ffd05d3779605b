"""The site on a phone and without a network: what is installed, kept and cleared."""
