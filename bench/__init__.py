"""How fast and how large the site is, measured from outside on its real parts."""
