"""A scripted model that speaks the OpenAI chat-completions wire.

It stands in for a language model until a real one is connected: the site talks to it
through `transport.py`, tests and other programs through `server.py`. Nothing here
learns or understands; replies come from tables, and the model id says so.
"""

from __future__ import annotations
