"""What runs when you have no accounts yet: stand-ins behind the same wire."""
