"""A scripted model that speaks the OpenAI chat-completions wire."""
