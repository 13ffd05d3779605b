"""The tutor: courses and lessons. A lesson is a conversation of the site."""
