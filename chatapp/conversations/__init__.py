"""What was said: the message tree, replies being written, socket and pages."""
