"""Servers that answer what a test queued, and remember what they were asked."""
