"""Lorebooks: background that comes into a prompt when its key words are spoken of."""
