"""Keeps what was removed from being learnt again, without keeping a word of it.

A tombstone is two things: where in which message the words stand that proved it, from
which nothing is learnt again; and a keyed hash of the statement, by which the person
saying it anew is noticed and asked first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.utils.crypto import salted_hmac

from chatapp.memories.models import Evidence, Removal, Tombstone
from memory.extract import clean
from memory.words import negations, numbers, tokens, words

SALT = "anchorage.tombstone"


def digest(anchor_id: UUID, content: str) -> str:
    """A keyed hash of what a statement says: its words, in any order, case and width.

    Another anchor's hash of the same words is another one.
    """
    said = sorted(words(content) or set(tokens(content)))
    normal = [str(anchor_id), *said, *sorted(numbers(content)), str(negations(content))]
    mac = salted_hmac(SALT, "\n".join(normal), algorithm="sha256")
    return mac.hexdigest()


def bury(removals: Sequence[Removal]) -> None:
    """Note where the words stand that proved what is removed."""
    of_atom = {removal.atom_id: removal for removal in removals}
    proofs = Evidence.objects.filter(atom__in=of_atom).select_related("message")
    Tombstone.objects.bulk_create(
        Tombstone(
            removal=of_atom[proof.atom_id],
            message_id=proof.message_id,
            begin=begin,
            end=end,
        )
        for proof in proofs
        for begin, end in spans(proof.message.text, proof.quote)
    )


def is_buried(message_id: UUID, text: str, quote: str) -> bool:
    """Whether any of these words of the message proved what was removed."""
    stones = list(
        Tombstone.objects.filter(message=message_id).values_list("begin", "end")
    )
    return any(
        begin < stone_end and stone_begin < end
        for begin, end in (spans(text, quote) if stones else ())
        for stone_begin, stone_end in stones
    )


def was_forgotten(anchor_id: UUID, content: str) -> bool:
    """Whether the person had a statement of these words removed."""
    same = Removal.objects.filter(anchor=anchor_id, digest=digest(anchor_id, content))
    return same.exists()


def spans(text: str, quote: str) -> Iterator[tuple[int, int]]:
    """Where the quote stands in the text, as extraction reads it.

    A quote that no longer stands there counts as the whole text.
    """
    line = clean(text)
    at = line.find(quote)
    if at < 0:
        yield 0, max(1, len(line))
    while at >= 0:
        yield at, at + len(quote)
        at = line.find(quote, at + 1)
