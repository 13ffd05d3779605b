"""Running the site: start it, check it, save it."""
