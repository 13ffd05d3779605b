"""People: sign-in, guests, and how much each may use."""
