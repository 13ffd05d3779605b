"""The structured call "memory_atoms": atoms from what was said, by rules.

Works for both products: the schema's list of types says which rules apply. Every atom
has a literal quote. The person's facts come only from what the person said, the
character's past only from what the character said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from embedded.llm import rules_english, rules_japanese, rules_korean, rules_tutor
from embedded.llm.lessons import stated_errors
from embedded.llm.rules import Rule
from embedded.llm.statements import Statement, statements
from embedded.llm.third_person import inside, third_person
from embedded.llm.wire import BadRequestError, ChatMessage

MOST_ATOMS = 6
MOST_REVEALS = 2
_USER = re.compile(
    r"<said_by_user>\n?(?P<text>.*)\n?</said_by_user>(?=\s*(?:<said_by_assistant>|\Z))",
    re.DOTALL,
)
_ASSISTANT = re.compile(
    r"<said_by_assistant>\n?(?P<text>.*)\n?</said_by_assistant>", re.DOTALL
)
_NAMED = re.compile(
    r"(?:You are|[Cc]haracter(?:'s name)?(?: is| named| called|:)|between the person and)"
    r" \"?(?P<name>[A-Z][^\n\".,;:]{0,60})"
)


@dataclass(frozen=True)
class Atom:
    """One entry of the answer, as the schema names its fields."""

    type: str
    content: str
    confidence: float
    quote: str
    speaker: str
    about: str = "user"
    realm: str = "life"
    date: str = ""


def extract_atoms(
    messages: Sequence[ChatMessage], schema: Mapping[str, Any]
) -> list[dict[str, object]]:
    """Atoms of one turn; BadRequestError if the schema is not that of the call."""
    types = _types(schema)
    prompt = "\n".join(message.content for message in messages)
    name = _NAMED.search(prompt)
    tutor = "concept_mastered" in types
    other = name["name"].strip() if name else "the tutor" if tutor else "the character"
    found: list[Atom] = []
    said = _text(_USER, messages)
    if said:
        found += _from_person(said, "Learner" if tutor else "User", other, tutor)
    spoken = _text(_ASSISTANT, messages)
    if spoken and not tutor:
        found += _from_character(spoken, other)
    kept = {atom.content: atom for atom in reversed(found) if atom.type in types}
    atoms = [atom for atom in found if kept.get(atom.content) is atom]
    fields = _item(schema)["properties"]
    return [
        {key: value for key, value in asdict(atom).items() if key in fields}
        for atom in atoms[:MOST_ATOMS]
    ]


def _item(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    item: Mapping[str, Any] = schema["properties"]["atoms"]["items"]
    if "$ref" in item:
        item = schema["$defs"][item["$ref"].rsplit("/", 1)[-1]]
    return item


def _types(schema: Mapping[str, Any]) -> list[str]:
    try:
        kind = _item(schema)["properties"]["type"]
        if "$ref" in kind:
            kind = schema["$defs"][kind["$ref"].rsplit("/", 1)[-1]]
        types = kind["enum"]
    except (KeyError, TypeError) as exc:
        message = "The schema of 'memory_atoms' must list the atom types in an enum."
        raise BadRequestError(message, param="response_format.json_schema") from exc
    return [str(value) for value in types]


def _text(block: re.Pattern[str], messages: Sequence[ChatMessage]) -> str:
    last = next((m.content for m in reversed(messages) if m.role == "user"), "")
    match = block.search(last)
    return match["text"].strip() if match else ""


def _from_person(said: str, who: str, other: str, tutor: bool) -> Iterator[Atom]:
    english = rules_tutor.RULES if tutor else rules_english.RULES
    korean = rules_korean.TUTOR if tutor else rules_korean.CHARACTER
    japanese = rules_japanese.TUTOR if tutor else rules_japanese.CHARACTER
    for statement in statements(said):
        # The known errors of a lesson are surer than any wording.
        if tutor and not statement.asks and stated_errors(statement.text):
            yield _error(statement, who, other)
            continue
        if statement.doubts and not tutor:
            continue
        table = _table(statement.text, english, korean, japanese)
        atom = _first(table, statement, who, other, "user")
        if atom:
            yield atom


def _from_character(spoken: str, name: str) -> list[Atom]:
    who = name if name != "the character" else "The character"
    found = [
        atom
        for statement in statements(spoken)
        if not statement.asks and not statement.doubts
        for atom in [
            _first(rules_english.BACKSTORY, statement, who, "the user", "assistant")
        ]
        if atom
    ]
    return found[:MOST_REVEALS]


def _table(
    text: str,
    english: Sequence[Rule],
    korean: Sequence[Rule],
    japanese: Sequence[Rule],
) -> Sequence[Rule]:
    if re.search(r"[\uac00-\ud7af]", text):
        return korean
    if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", text):
        return japanese
    return english


def _first(
    table: Sequence[Rule], statement: Statement, who: str, other: str, speaker: str
) -> Atom | None:
    for rule in table:
        if statement.asks and not rule.asks:
            continue
        match = rule.pattern.search(statement.text)
        if match:
            content = _content(rule, match, statement.text, who, other)
            about, realm = (
                ("user", "life") if speaker == "user" else ("character", "story")
            )
            return Atom(
                rule.type,
                content,
                rule.confidence,
                statement.text,
                speaker,
                about,
                realm,
            )
    return None


def _content(rule: Rule, match: re.Match[str], text: str, who: str, other: str) -> str:
    whole = third_person(text, who, other)
    if rule.template is None:
        return whole
    if not text.isascii() and not re.match(r"[\x00-\u024f]", rule.template):
        groups = {
            key: (value or "").strip() for key, value in match.groupdict().items()
        }
        filled = rule.template.format(who=who, whole=text, **groups)
        return re.sub(r"  +", " ", filled)
    groups = {
        key: inside(value or "", other) for key, value in match.groupdict().items()
    }
    plain = whole.rstrip(".")
    plain = plain if _keeps_capital(plain, who) else plain[:1].lower() + plain[1:]
    return rule.template.format(who=who, whole=plain, **groups)


def _keeps_capital(text: str, who: str) -> bool:
    """Names and acronyms stay as they are in the middle of a sentence."""
    return text.startswith(who) or text[1:2].isupper() or text[:2] == "I "


def _error(statement: Statement, who: str, other: str) -> Atom:
    claim = re.sub(
        r"^(?:(?:i|we) (?:always )?(?:think|thought|believe|guess|assume|assumed|suppose)"
        r"(?: that)?|so|well) ",
        "",
        statement.text,
        flags=re.IGNORECASE,
    ).rstrip(".! ")
    content = f"{who} thinks {inside(claim, other)}."
    return Atom("misconception", content, 0.8, statement.text, "user")
