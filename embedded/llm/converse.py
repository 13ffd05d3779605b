"""A character's reply: remembered things first, then a line that fits the message.

The same prompt gives the same reply. What was said before is not said again: a line
that stands in an earlier reply is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from embedded.llm.concepts import words_of
from embedded.llm.intents import intent_of
from embedded.llm.prompt import Note, Prompt
from embedded.llm.recollect import Recollection, recollect
from embedded.llm.second_person import second_person
from embedded.llm.voices import Voice, voice_of

SURE = 0.6  # below this a memory is worded as a guess
ORDERED = {"about"}  # a background is revealed in its order
_ECHO_WORDS = 12  # as much as most sentences have: half a one reads badly
_ASIDE = re.compile(r"[\"“”*_`<>\[\]{}#|]+")


@dataclass(frozen=True)
class Reply:
    """The text with markers, and the same text without the memory sentences."""

    text: str
    without_memory: str
    used: tuple[Note, ...] = ()


def reply_to(prompt: Prompt) -> Reply:
    """What the character says next."""
    voice = voice_of(prompt.name)
    memory = recollect(prompt)
    sentences = _memory_sentences(prompt, voice, memory)
    if memory.resumes:
        line = _pick(prompt, voice.recall["resume"], memory)
        line = line or _line(prompt, voice, memory)
    elif memory.asked and not prompt.notes:
        line = _pick(prompt, voice.recall["none"], memory) or _line(
            prompt, voice, memory
        )
    elif memory.asked and memory.used and intent_of(prompt.said) not in voice.lines:
        line = _pick(prompt, voice.recall["closing"], memory)
        line = line or _assembled(prompt, voice)
    elif memory.asked and memory.used and len(memory.used) > 1:
        line = _pick(prompt, voice.recall["closing"], memory) or _assembled(
            prompt, voice
        )
    else:
        line = _line(prompt, voice, memory)
    text = "\n\n".join(part for part in (" ".join(sentences), line) if part)
    return Reply(text, line, (*memory.touched, *memory.used) if sentences else ())


def number_from(*parts: object) -> int:
    """A number that depends on the parts and on nothing else."""
    whole = "\0".join(map(str, parts)).encode(errors="replace")
    return int.from_bytes(sha256(whole).digest()[:6], "big")


def mark(clause: str, note: Note) -> str:
    """The clause with the note's marker right behind it."""
    return f"{clause} [{note.marker}]"


def unsaid(line: str, replies: tuple[str, ...]) -> bool:
    """Whether no earlier reply holds this line; placeholders do not count."""
    longest = max(re.split(r"\{\w+\}", line), key=len).strip()
    return not any(longest in reply for reply in replies)


def _memory_sentences(prompt: Prompt, voice: Voice, memory: Recollection) -> list[str]:
    sentences: list[str] = []
    for note in memory.touched[:1]:
        sentences.append(_sentence(prompt, voice.recall["boundary"], note, sentences))
    for note in memory.used:
        frames = voice.recall.get(note.type, voice.recall["other"])
        if note.confidence < SURE:
            frames = voice.recall["unsure"]
        sentences.append(_sentence(prompt, frames, note, sentences))
    return sentences


def _sentence(
    prompt: Prompt, frames: tuple[str, ...], note: Note, before: list[str]
) -> str:
    clause = second_person(note.content)
    if clause is None:
        quote = note.content.rstrip(". ")
        return f"{mark(f'“{quote}”, that is how I have it', note)}."
    taken = (*prompt.past_replies, *before)
    free = [frame for frame in frames if unsaid(frame, taken)]
    if not free and before:
        # A third note of one type: no ceremony, only the fact.
        hedge = "I think " if note.confidence < SURE else ""
        return f"And {hedge}{mark(clause, note)}."
    choice = free or list(frames)
    frame = choice[number_from(prompt.said, prompt.seed, note.content) % len(choice)]
    return frame.format(clause=mark(clause, note))


def _line(prompt: Prompt, voice: Voice, memory: Recollection) -> str:
    """The line for the occasion, or a built one when all of them are used up."""
    for own in voice.own:
        if own.match.search(prompt.said):
            line = _pick(prompt, own.lines, memory, ordered=True)
            if line:
                return line
    # What the person has closed off is not asked about, not even when they touch it.
    intent = "ack" if memory.touched else intent_of(prompt.said)
    if intent == "shorter":
        line = _pick(prompt, voice.parts[-1], memory)  # one short question, no more
        return line or _assembled(prompt, voice)
    for occasion in (intent, "unknown"):
        lines = voice.lines.get(occasion, ())
        line = _pick(prompt, lines, memory, ordered=occasion in ORDERED)
        if line:
            return line
    return _assembled(prompt, voice)


def _pick(
    prompt: Prompt,
    lines: tuple[str, ...],
    memory: Recollection,
    *,
    ordered: bool = False,
) -> str:
    """The first line that was not said yet and touches no boundary; "" if none."""
    start = 0 if ordered or not lines else number_from(prompt.said) + prompt.seed
    echo = echo_of(prompt.said)
    for place in range(len(lines)):
        line = lines[(start + place) % len(lines)]
        if "{echo}" in line and not echo:
            continue
        if memory.silent & words_of(line) and memory.silent:
            continue
        if unsaid(line, prompt.past_replies):
            return line.replace("{echo}", echo)
    return ""


def _assembled(prompt: Prompt, voice: Voice) -> str:
    """A reply from three parts, one that was not said yet while there are any left."""
    opens, middles, asks = voice.parts
    total = len(opens) * len(middles) * len(asks)
    start = number_from(prompt.said, len(prompt.past_replies)) + prompt.seed
    line = ""
    for step in range(total):
        number = (start + step * 7) % total
        rest, ask = divmod(number, len(asks))
        first, middle = divmod(rest, len(middles))
        line = f"{opens[first]} {middles[middle]} {asks[ask]}"
        spoken = any(middles[middle] in reply for reply in prompt.past_replies)
        if not spoken or (step > total // 2 and unsaid(line, prompt.past_replies)):
            return line
    # Everything was said once: the person's own words keep the reply a new one.
    return f"“{echo_of(prompt.said) or '...'}” {line}"


def echo_of(said: str) -> str:
    """A few of the person's own words, fit to stand in quotation marks."""
    clean = _ASIDE.sub("", said).strip()
    sentences = [s for s in re.split(r"(?<=[.!?。！？])\s*|\n+", clean) if s.strip()]
    if not sentences:
        return ""
    best = max(sentences, key=lambda sentence: len(words_of(sentence)))
    words = re.split(r"[,;:]\s", best.strip())[0].split()
    return " ".join(words[:_ECHO_WORDS]).strip(" .,!?;:。！？")[:80]
