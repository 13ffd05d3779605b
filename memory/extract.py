"""Step 6 of a turn: what is worth remembering, each with a literal quote as proof.

The model proposes; the rules here decide. No quote, no atom. The person's facts come
only from what the person said, a character's past only from what the character said,
and what was recalled is never learnt again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from memory.dates import invents, resolved
from memory.filler import is_trivial
from memory.proposal import (
    REALMS,
    Exchange,
    Realm,
    Role,
    called,
    proposals,
    request,
    schema,
)
from memory.saying import is_acted, is_given_back, is_order, is_out_of_role, unserious
from memory.scripts import is_translated
from memory.subject import claims_for_person, is_others
from memory.taxonomy import Speaker, Taxonomy
from memory.words import repeats, same_statement

if TYPE_CHECKING:
    from memory.llm import ChatModel  # brings the SDK, most of a second

CONTENT_CHARS = 240
LEAST_CONFIDENCE = 0.4
MOST_ATOMS = 6
SAME_FACT = 0.75
"""Word overlap from which two atoms of one type state the same fact."""
REPEATED = 0.75
"""Share of its words from which what a reply says was only recalled."""
ABOUT_CHARS = 80
QUOTED = "It is quoted from somebody."
NO_CONTENT = f"A content of 1 to {CONTENT_CHARS} characters is needed."
_MAY_ASK = frozenset({"follow_up", "promise"})
"""Types that a question can prove: "Can we review this on Friday?"."""
_JOINERS = "\u200c\u200d"  # invisible, and part of Persian, Indic scripts and emoji
_CLAUSE_END = re.compile(r"[.!?,;:\u2026\u3002\uff01\uff1f\u3001\uff0c\uff1b]")


@dataclass(frozen=True)
class Candidate:
    """An atom that passed every rule and is ready to be stored.

    `about` is "user", "character", or somebody else as they were called; `realm` where
    it is true; `on_date` the day that it speaks of, if the text names one. `role` is
    the id of the role that the person played then, "" for what is true of themselves.
    """

    atom_type: str
    content: str
    confidence: float
    quote: str
    speaker: Speaker
    source_type: str
    about: str = "user"
    realm: Realm = "life"
    on_date: date | None = None
    role: str = ""


@dataclass(frozen=True)
class Extraction:
    """What came of one turn; `rejected` says in words what was proposed and why not."""

    candidates: tuple[Candidate, ...] = ()
    rejected: tuple[str, ...] = ()
    skipped: str = ""


async def extract(
    exchange: Exchange,
    *,
    taxonomy: Taxonomy,
    known: Sequence[str],
    llm: ChatModel,
) -> Extraction:
    """Propose and check the atoms of one turn; `known` is what the reply was given.

    Where the person says again what is known, that is new evidence for it, and the
    caller's to merge; where the reply does, it only repeats what was recalled.

    Raises ModelError when the model fails or does not answer in JSON.
    """
    if is_trivial(exchange.user):
        return Extraction(skipped="Nothing to remember in a greeting or a short reply.")
    answer = await llm.structured(
        request(exchange, taxonomy), name="memory_atoms", schema=schema(taxonomy)
    )
    return check(proposals(answer), exchange, taxonomy=taxonomy, known=known)


def check(
    proposed: Sequence[Mapping[str, object]],
    exchange: Exchange,
    *,
    taxonomy: Taxonomy,
    known: Sequence[str],
) -> Extraction:
    """Apply every rule to what the model proposed."""
    kept: list[Candidate] = []
    rejected: list[str] = []
    for raw in proposed:
        candidate, problem = admit(raw, exchange, taxonomy=taxonomy, known=known)
        if candidate is None:
            rejected.append(problem)
        elif any(same_fact(candidate, other) for other in kept):
            rejected.append("The same fact was proposed twice.")
        elif len(kept) == MOST_ATOMS:
            rejected.append("Too many atoms for one turn.")
        else:
            kept.append(candidate)
    return Extraction(tuple(kept), tuple(rejected))


def admit(
    raw: Mapping[str, object],
    exchange: Exchange,
    *,
    taxonomy: Taxonomy,
    known: Sequence[str],
) -> tuple[Candidate | None, str]:
    """One proposal as a candidate, or the rule it breaks."""
    kind = taxonomy.by_name.get(str(raw.get("type")))
    if kind is None:
        return None, "A type that is not in the taxonomy."
    speaker: Speaker = "assistant" if raw.get("speaker") == "assistant" else "user"
    if speaker not in kind.speakers:
        return None, "A memory of this type can not come from who said it."
    content = clean(raw.get("content"))
    quote = clean(raw.get("quote"))
    if not content or len(content) > CONTENT_CHARS:
        return None, NO_CONTENT
    source = clean(exchange.user if speaker == "user" else exchange.assistant)
    if len(quote) < 2 or quote not in source:
        return None, "The quote does not stand in what they said."
    if is_translated(content, quote):
        return None, "It is not in the language that was used."
    if kind.name not in _MAY_ASK and only_asked(quote, source):
        return None, "A question proves nothing."
    if is_trivial(quote):
        return None, "The quote is a greeting or filler."
    if problem := unserious(quote, source):
        return None, problem
    if speaker == "assistant" and is_given_back(quote, source, clean(exchange.user)):
        return None, QUOTED
    if is_order(content) or is_order(quote):
        return None, "It gives orders or carries markup."
    spoken = exchange.user if speaker == "user" else exchange.assistant
    realm = realm_of(raw, speaker)
    aside = exchange.role is not None and is_out_of_role(quote, spoken)
    if exchange.role is not None and speaker == "user":
        # Who plays somebody speaks for them, whatever a model makes of it.
        realm = "life" if aside else "role"
        content = content if aside else renamed(content, exchange.role, taxonomy)
    acted = not aside and is_acted(quote, spoken)
    if realm == "life" and speaker == "user" and acted:
        return None, "It was acted, in a role."
    own = (speaker, realm) == ("user", "life")
    if own and is_others(quote) and claims_for_person(content, taxonomy.person):
        return None, "It is about somebody else than the person."
    if invents(content, source, exchange.at):
        return None, "It names a date that was not said."
    confidence = raw.get("confidence")
    if isinstance(confidence, bool) or not isinstance(confidence, int | float):
        return None, "A confidence between 0 and 1 is needed."
    if not 0 <= confidence <= 1:
        return None, "A confidence between 0 and 1 is needed."
    if confidence < LEAST_CONFIDENCE:
        return None, "The model was not sure enough of it."
    if speaker == "assistant" and any(
        repeats(content, text, least=REPEATED) for text in known
    ):
        return None, "The reply only repeated what was recalled."
    return (
        Candidate(
            atom_type=kind.name,
            content=content,
            confidence=round(float(confidence), 3),
            quote=quote,
            speaker=speaker,
            source_type=kind.source_type,
            about=about_of(raw, speaker),
            realm=realm,
            on_date=resolved(raw.get("date"), source, exchange.at),
            role=exchange.role.id if exchange.role and realm != "life" else "",
        ),
        "",
    )


def realm_of(raw: Mapping[str, object], speaker: Speaker) -> Realm:
    """Where it is true; what only a character says is true in its story."""
    if speaker == "assistant":
        return "story"
    value = raw.get("realm")
    return next((realm for realm in REALMS if realm == value), "life")


def renamed(content: str, role: Role, taxonomy: Taxonomy) -> str:
    """The content with the role's name where it calls the person by the product's."""
    return re.sub(rf"^{taxonomy.person}\b", lambda _: called(role), content)


def about_of(raw: Mapping[str, object], speaker: Speaker) -> str:
    """Whom it is about; whoever said it, if the model does not say."""
    own = "user" if speaker == "user" else "character"
    return clean(raw.get("about"))[:ABOUT_CHARS] or own


def only_asked(quote: str, source: str) -> bool:
    """Whether the quote stands in questions only, with its question mark or without.

    What counts is how the clause ends in which the quote ends: "I moved, can you
    believe it?" asks something else.
    """
    places = re.finditer(re.escape(quote), source)
    return all(_asks(source, place.end()) for place in places)


def _asks(source: str, end: int) -> bool:
    # The quote may have brought its own full stop or question mark along.
    ending = _CLAUSE_END.search(source, end if source[end - 1].isalnum() else end - 1)
    return ending is not None and ending.group() in "?\uff1f"


def clean(value: object) -> str:
    """Text on one line, without control characters; "" when it is no text."""
    if not isinstance(value, str):
        return ""
    printable = "".join(c if c.isprintable() or c in _JOINERS else " " for c in value)
    return " ".join(printable.split())


def same_fact(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates say the same, so that one of them is enough."""
    return (one.atom_type, one.realm) == (
        other.atom_type,
        other.realm,
    ) and same_statement(one.content, other.content, least=SAME_FACT)
