"""The lesson itself: what is next, the ladder of hints, the prompt, the recap."""
