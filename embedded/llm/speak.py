"""One call of the scripted model: which part answers it, and what an order changes.

A structured call goes to extraction, a system message that names a course to the
tutor, everything else to the characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from embedded.llm.behave import Behaviour, Order
from embedded.llm.converse import Reply, reply_to
from embedded.llm.extract import extract_atoms
from embedded.llm.going_on import go_on
from embedded.llm.instance import smallest_instance
from embedded.llm.lessons import lesson_of
from embedded.llm.prompt import MARKER, Prompt, read_prompt
from embedded.llm.second_person import second_person
from embedded.llm.summary import summary_of
from embedded.llm.teach import teach
from embedded.llm.tokens import first_tokens
from embedded.llm.voices import voice_of
from embedded.llm.wire import ChatRequest

EXTRACTION = "memory_atoms"
SUMMARY = "conversation_summary"
REFUSAL = "I can't help with that."


@dataclass(frozen=True)
class Spoken:
    """What the model says and why it stops; `refusal` as the wire's own field."""

    text: str
    finish: str = "stop"
    refusal: str | None = None


def speak(request: ChatRequest, order: Order | None = None) -> Spoken:
    """Answer a parsed request; raises BadRequestError for a schema it cannot fill."""
    if order and order.behaviour is Behaviour.RAW:
        spoken = Spoken(order.text)
    elif order and order.behaviour is Behaviour.EMPTY:
        spoken = Spoken("")
    elif order and order.behaviour is Behaviour.REFUSAL:
        structured = request.schema_name is not None
        spoken = Spoken(REFUSAL, refusal=REFUSAL if structured else None)
    elif request.schema_name is not None:
        spoken = Spoken(_structured(request, order))
    else:
        spoken = Spoken(_chat(request, order))
    text, cut = first_tokens(spoken.text, request.max_tokens)
    return replace(spoken, text=text, finish="length") if cut else spoken


def load_tables() -> None:
    """Read voices and lessons, which otherwise happens at the first reply."""
    voice_of("")
    lesson_of("")


def _structured(request: ChatRequest, order: Order | None) -> str:
    schema = request.schema or {}
    if request.schema_name == EXTRACTION:
        value: object = {"atoms": extract_atoms(request.messages, schema)}
    elif request.schema_name == SUMMARY:
        value = {"summary": summary_of(request.messages)}
    else:
        value = smallest_instance(schema)
    text = json.dumps(value, ensure_ascii=False)
    if order and order.behaviour is Behaviour.BROKEN_JSON:
        return text[: max(1, len(text) * 2 // 3)].rstrip("}]")
    if order and order.behaviour is Behaviour.PROSE_JSON:
        return f"Here is what I found:\n\n```json\n{text}\n```\n\nLet me know!"
    return text


def _chat(request: ChatRequest, order: Order | None) -> str:
    prompt = read_prompt(request.messages, request.seed)
    answer = teach if prompt.course else reply_to
    if prompt.so_far:
        return go_on(prompt, answer)
    if order is None or order.behaviour not in _MISMARKED:
        return answer(prompt).text
    return _MISMARKED[order.behaviour](prompt, answer)


def _wrong_markers(prompt: Prompt, answer: Callable[[Prompt], Reply]) -> str:
    """Nothing is used, yet something is marked: if possible what does not matter."""
    used = {note.marker for note in answer(prompt).used}
    idle = [marker for marker in prompt.injected if marker not in used]
    marker = (idle or list(prompt.injected) or ["m1"])[0]
    return _mark_first(answer(replace(prompt, notes=())).text, marker)


def _not_injected(prompt: Prompt, answer: Callable[[Prompt], Reply]) -> str:
    number = max(9, len(prompt.injected) + 1)
    return _mark_first(answer(replace(prompt, notes=())).text, f"m{number}")


def _no_marker(prompt: Prompt, answer: Callable[[Prompt], Reply]) -> str:
    reply = answer(prompt)
    if reply.used or not prompt.notes:
        return MARKER.sub("", reply.text)
    note = next((n for n in prompt.notes if n.type != "boundary"), prompt.notes[0])
    clause = second_person(note.content) or note.content.rstrip(".")
    return f"I remember that {clause}.\n\n{reply.text}"


_MISMARKED = {
    Behaviour.WRONG_MARKERS: _wrong_markers,
    Behaviour.MARKERS_NOT_INJECTED: _not_injected,
    Behaviour.MEMORY_WITHOUT_MARKER: _no_marker,
}


def _mark_first(text: str, marker: str) -> str:
    """Put the marker before the end of the first sentence."""
    marked, count = re.subn(r"(?<=\w)([.?!])", rf" [{marker}]\1", text, count=1)
    return marked if count else f"{text} [{marker}]"
