"""What the pictures show: somebody talks with a character over some weeks.

By the page's own controls; only the weeks between the talks are made, by moving the
dates of rows. The scripted model answers, and its pages say so.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.harness.person import Person
from tests.harness.site import Site

AILSA = "Ailsa Muir"
SISTER = "What instrument does my sister play?"
TALKS: Sequence[tuple[int, Sequence[str]]] = (
    (
        45,
        (
            "I live in Lisbon.",
            "My sister Marta plays the cello.",
            "I like long walks in the rain.",
        ),
    ),
    (24, ("Please don't ask about my brother.", "Tell me about the rain.", SISTER)),
    (9, ("I moved to Porto.", "I'm a bit nervous about my driving test.", SISTER)),
)
"""What was said how many days ago, in a conversation each."""
RECORDS = (
    "SELECT record.id FROM memories_turnrecord AS record"
    " JOIN conversations_generation AS written ON written.id = record.generation_id"
    " WHERE written.conversation_id = %s"
)
# What is moved into the past with a conversation: table, columns, which rows.
EARLIER = (
    ("conversations_conversation", ("created_at", "updated_at"), "id = %s"),
    ("conversations_message", ("created_at",), "conversation_id = %s"),
    (
        "conversations_generation",
        ("created_at", "first_token_at", "ended_at"),
        "conversation_id = %s",
    ),
    ("memories_evidence", ("created_at",), f"record_id IN ({RECORDS})"),
    (
        "memories_atom",
        ("created_at", "valid_from", "saved_at"),
        f"brought_by_id IN ({RECORDS})",
    ),
    ("memories_turnrecord", ("created_at",), f"id IN ({RECORDS})"),
)


async def told(person: Person) -> None:
    """Let it all be said, weeks ago."""
    await signed_in(person)
    for days, said in TALKS:
        await person.open_character(AILSA)
        for words in said:
            await person.say(words)
        await person.learnt()
        moved(person.site, person.conversation_id, days)


async def signed_in(
    person: Person, username: str = "demo", password: str = "harbour-light"
) -> None:
    """As the account that every demo has, or as another one."""
    await person.page.goto("/accounts/login/")
    await person.page.get_by_label("Username").fill(username)
    await person.page.get_by_label("Password", exact=True).fill(password)
    await person.page.keyboard.press("Enter")
    await person.page.wait_for_url(f"{person.site.url}/")


def moved(site: Site, talk: str, days: int) -> None:
    """Let it have been so many days ago."""
    for table, columns, rows in EARLIER:
        earlier = ", ".join(f"{c} = {c} - interval '{days} days'" for c in columns)
        site.rows(f"UPDATE {table} SET {earlier} WHERE {rows} RETURNING 1", talk)
