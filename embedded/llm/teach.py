"""A tutor's reply: one small step, led by what is remembered of the learner.

The state of the lesson is read from the transcript: the question that stands open is
the last one asked and not yet solved. A misconception comes before anything new, what
is mastered is not taught again, and below a confidence of 0.6 a memory is a guess.
"""

from __future__ import annotations

import re

from embedded.llm.converse import (
    SURE,
    Reply,
    echo_of,
    mark,
    number_from,
    reply_to,
    unsaid,
)
from embedded.llm.intents import intent_of
from embedded.llm.lessons import Lesson, Misconception, Step, Topic, lesson_of
from embedded.llm.practice import aside, practice_in, practise
from embedded.llm.progress import QUESTION, STUCK, Progress
from embedded.llm.prompt import MARKER, Note, Prompt
from embedded.llm.recollect import recollect
from embedded.llm.second_person import second_person

_ONWARD = re.compile(
    r"\b(next|continue|go on|start|begin|ready|let'?s|another|more|quiz|problem|yes"
    r"|sure|ok(ay)?|what (should|shall|do) (we|i)|where (were|did) we|teach me|lesson)\b",
    re.IGNORECASE,
)
_SKIP = re.compile(r"\b(next|continue|go on|another|skip|move on)\b", re.IGNORECASE)
_TALK = ("real", "goodbye", "thanks", "how", "low", "about", "greeting")


def teach(prompt: Prompt) -> Reply:
    """What the tutor says next; a course nobody wrote a lesson for is just talk.

    What is said of the lesson itself comes first, then a question on the card.
    """
    if line := aside(prompt):
        return line
    if at := practice_in(prompt.system):
        return practise(prompt, at)
    lesson = lesson_of(prompt.course or "")
    return _Turn(prompt, lesson).reply() if lesson else reply_to(prompt)


class _Turn(Progress):
    """One turn of a lesson: where it stands, and the notes used so far."""

    def __init__(self, prompt: Prompt, lesson: Lesson) -> None:
        super().__init__(prompt, lesson)
        self.used: list[Note] = []

    def reply(self) -> Reply:
        text = self._text()
        return Reply(text, MARKER.sub("", text), tuple(self.used))

    def _text(self) -> str:
        said, step = self.said, self.step
        asks = bool(QUESTION.search(said))
        if step and self.topic and step.right.search(said) and not asks:
            return self._solved(self.topic, step)
        stated = self.stated_misconception()
        if stated:
            return f"{stated.correct}\n\n**{stated.check.ask}**"
        memory = recollect(self.prompt)
        if memory.asked and not self.named_topic():
            return self._what_is_known(memory.used)
        if step and not asks and self.looks_like_an_answer(step):
            return self._hint(step, said)
        if step and STUCK.search(said) and not self.named_other_topic():
            return self._hint(step, "")
        topic = self.named_topic()
        if topic:
            return self._begin(topic)
        intent = intent_of(said)
        if intent in {"real", "goodbye"}:
            return self._talk(intent)
        if STUCK.search(said) and not step:
            return self._talk("stuck")
        if intent == "greeting" or (_ONWARD.search(said) and intent not in _TALK):
            return self._onward(greeted=intent == "greeting")
        return self._talk(intent if intent in _TALK else "unknown")

    # Moves.

    def _solved(self, topic: Topic, step: Step) -> str:
        # After a check any step may follow, after a step only a harder one.
        later = topic.steps.index(step) + 1 if step in topic.steps else 0
        following = next((s for s in topic.steps[later:] if not self.seen(s.ask)), None)
        if following:
            return f"{step.praise}\n\nNow one step further. **{following.ask}**"
        left = [
            t
            for t in self.lesson.topics
            if t is not topic and not self.seen(t.steps[0].ask)
        ]
        if not left:
            return f"{step.praise}\n\n{self.lesson.talk['all_done'][0]}"
        done = self.lesson.talk["topic_done"][0]
        return f"{step.praise}\n\n" + done.format(title=topic.title, next=left[0].title)

    def _hint(self, step: Step, answer: str) -> str:
        remark = next((say for match, say in step.wrong if match.search(answer)), "")
        if answer and (not remark or self.seen(remark)):
            openings = self.lesson.talk["not_quite"]
            tried = sum(self.seen(hint) for hint in step.hints)
            remark = openings[tried % len(openings)]
        hint = next((hint for hint in step.hints if not self.seen(hint)), None)
        if hint:
            return f"{remark} {hint}".strip()
        if not self.seen(step.worked):
            following = self._following(step)
            return f"{remark} {step.worked}\n\n{following}".strip()
        return self._onward(greeted=False)

    def _helps(self, step: Step) -> bool:
        return not all(self.seen(text) for text in (*step.hints, step.worked))

    def _following(self, step: Step) -> str:
        topic = self.topic or self.lesson.topics[0]
        other = next(
            (s for s in topic.steps if s is not step and not self.seen(s.ask)), None
        )
        if other:
            return f"Now you, with a neighbour of it: **{other.ask}**"
        return "Tell it back to me in one sentence, and then we go on."

    def _begin(self, topic: Topic) -> str:
        """Start or resume a topic, adapted to the notes that are about it."""
        notes = [note for note in self.prompt.notes if topic.about.search(note.content)]
        for note in notes:
            known = self._known_misconception(topic, note)
            dealt_with = self.seen(known.correct) if known else self._remembered(note)
            if note.type == "misconception" and not dealt_with:
                return self._address(topic, note, known)
        ask = next((s.ask for s in topic.steps if not self.seen(s.ask)), None)
        mastered = next((n for n in notes if n.type == "concept_mastered"), None)
        if mastered and not self._remembered(mastered) and mastered.confidence >= SURE:
            last = topic.steps[-1].ask
            clause = self._use(mastered)
            return f"{clause}, so I won't go through it again. Straight to work: **{last}**"
        opening = self._opening(notes)
        if self.seen(topic.explain):
            body = "We have the rule already, so let it work."
            if ask is None:
                body = f"{topic.example} Say in your own words why that is so."
        elif self._examples_first():
            body = f"{topic.example}\n\nAnd the rule behind it: {topic.explain}"
        else:
            body = f"{topic.explain}\n\nFor example: {topic.example}"
        question = f"\n\n**{ask}**" if ask else ""
        return f"{opening}{body}{question}"

    def _opening(self, notes: list[Note]) -> str:
        parts = []
        wanted = ("follow_up", "struggle_point", "goal")
        for note in (n for kind in wanted for n in notes if n.type == kind):
            if not self._remembered(note):
                tail = ", so we take it in small steps" * (
                    note.type == "struggle_point"
                )
                parts.append(f"{self._use(note)}{tail}.")
                break
        style = next((n for n in self.prompt.notes if n.type == "learning_style"), None)
        if style and self._examples_first() and not self._remembered(style):
            parts.append(f"{self._use(style)}, so here is one before the rule.")
        return " ".join(parts) + "\n\n" if parts else ""

    def _examples_first(self) -> bool:
        return any(
            n.type == "learning_style"
            and re.search(r"example|concrete|pictur", n.content, re.IGNORECASE)
            for n in self.prompt.notes
        )

    def _address(self, topic: Topic, note: Note, known: Misconception | None) -> str:
        clause = self._use(note)
        if known is None:
            step = next(
                (s for s in topic.steps if not self.seen(s.ask)), topic.steps[0]
            )
            return f"Before anything new. {clause}. {topic.explain}\n\n**{step.ask}**"
        if note.confidence < SURE:
            return f"{clause}. I'd rather check than assume. **{known.check.ask}**"
        return (
            f"Before anything new. {clause}. {known.correct}\n\n**{known.check.ask}**"
        )

    def _known_misconception(self, topic: Topic, note: Note) -> Misconception | None:
        return next(
            (m for m in topic.misconceptions if m.match.search(note.content)), None
        )

    def _onward(self, *, greeted: bool) -> str:
        """The next thing to do when the learner names none."""
        for kind in ("misconception", "follow_up"):
            for note in self.prompt.notes:
                topic = next(
                    (t for t in self.lesson.topics if t.about.search(note.content)),
                    None,
                )
                if note.type == kind and topic and not self._remembered(note):
                    return self._begin(topic)
        if self.step and not _SKIP.search(self.said) and self._helps(self.step):
            return self._hint(self.step, "")  # "ok" leaves the question open
        if greeted and not self.step:
            return self._talk("greeting")
        mastered = [n for n in self.prompt.notes if n.type == "concept_mastered"]
        for topic in self.lesson.topics:
            done = next((n for n in mastered if topic.about.search(n.content)), None)
            if all(self.seen(step.ask) for step in topic.steps):
                continue
            if done and topic is not self.lesson.topics[-1]:
                if not self._remembered(done):
                    return self._skip(done, topic)
                continue
            return self._begin(topic)
        return self._talk("all_done")

    def _skip(self, note: Note, topic: Topic) -> str:
        clause = self._use(note)
        place = self.lesson.topics.index(topic)
        return f"{clause}, so we leave that alone. {self._begin(self.lesson.topics[place + 1])}"

    def _what_is_known(self, notes: tuple[Note, ...]) -> str:
        if not notes:
            return self._talk("none")
        sentences = [f"{self._use(note)}." for note in notes]
        return f"{' '.join(sentences)}\n\n{self._talk('closing')}"

    def _talk(self, occasion: str) -> str:
        lines = self.lesson.talk[occasion]
        echo = echo_of(self.prompt.said)
        start = number_from(self.prompt.said) + self.prompt.seed
        order = [lines[(start + place) % len(lines)] for place in range(len(lines))]
        fresh = [line for line in order if unsaid(line, self.prompt.past_replies)]
        if not fresh and occasion not in {"unknown", "all_done", "closing", "none"}:
            return self._talk("unknown")
        line = (fresh or order)[0].replace("{echo}", echo or "that")
        if not fresh:
            line = f"“{echo or 'That'}”, you say. Let's keep to the table for now."
        if self.step and occasion in {"unknown", "low", "about", "how"}:
            back = self.lesson.talk["back"][0].format(ask=self.step.ask)
            return f"{line}\n\n{back}"
        return line

    # Notes.

    def _remembered(self, note: Note) -> bool:
        """Whether an earlier reply of this lesson already brought the note up."""
        clause = second_person(note.content) or note.content.rstrip(".")
        return self.seen(clause)

    def _use(self, note: Note) -> str:
        """A main clause that says the note, with its marker; hedged below 0.6."""
        self.used.append(note)
        clause = second_person(note.content)
        if clause is None:
            return mark(f"My note says “{note.content.rstrip('. ')}”", note)
        if note.confidence < SURE:
            return mark(f"I may be wrong, but I think {clause}", note)
        opening = {
            "misconception": "As I understood you last time,",
            "follow_up": "From last time I have it that",
            "goal": "I have your goal in mind,",
        }.get(note.type, "I remember that")
        return mark(f"{opening} {clause}", note)
