"""`make pictures`: the pictures of README and docs, taken of a site that really runs."""
