"""Text from outside, made fit for any database column and any UTF-8 stream.

JSON can smuggle in two things that PostgreSQL or an encoder refuses: NUL, and half of a
surrogate pair. Both become U+FFFD where an answer is parsed, so that nothing behind the
edge has to think of them.
"""

from __future__ import annotations

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def storable(text: str) -> str:
    """`text` without NUL and lone surrogates; mostly `text` itself."""
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        # UTF-16 joins the halves of a pair that stand side by side.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def storable_json(value: object) -> object:
    """The same for every string, keys too, inside a parsed JSON value."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_json(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable_json(item) for key, item in value.items()}
    return value
