"""What was extracted from a lesson's talk, as evidence: the tutor's taker of atoms.

A model proposed it and the site's rules let it pass; here it becomes one piece of weak
evidence, and the learner model says what it is worth. What is about nothing in the
course is left to the ledger as it is.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.translation import gettext_noop

from chatapp.accounts.models import User
from chatapp.accounts.zones import zone_of
from chatapp.conversations.models import Message
from chatapp.memories.likeness import likeness
from chatapp.memories.taking import Offer
from memory.extract import Candidate
from tutor.content.course import CourseContent
from tutor.content.library import content
from tutor.learner import days, follow_ups
from tutor.learner.evidence import SITTING, Kind
from tutor.learner.matching import concept_of, essence, misconception_of, unlisted
from tutor.learner.naming import names_of
from tutor.learner.observing import Seen, observe
from tutor.learner.slips import slip
from tutor.models import Course

UNDATED = gettext_noop("Nobody said when to come back to it.")
OF_NOW = gettext_noop("It is about the task at hand, and over with it.")
INSISTED = gettext_noop("To insist on being right shows nothing.")
TRAIT = gettext_noop("Nobody is a kind of learner: only what helped with what is kept.")

_TRAIT = re.compile(
    r"\b(?:visual|auditory|kin[ae]?esthetic|verbal|hands[- ]on)"
    r" (?:learner|person|thinker)\b",
    re.IGNORECASE,
)
_CLAIMS = re.compile(
    r"\b(?:i|it|that)(?:'m| am|'s| is)? ?(?:now |finally |already |think i |can now )*"
    r"(?:understand|get it|get|got it|know|see|see it|clear|easy|makes? sense)\b",
    re.IGNORECASE,
)
_INSISTS = re.compile(
    r"\b(?:my|the) (?:notes?|book|teacher|friend|brother|sister|dad|mom|calculator|chatgpt)"
    r" (?:say|says|said|told|tells|thinks?)\b|\bi(?:'m| am| was) (?:right|correct)\b"
    r"|\b(?:don'?t|do not|stop) (?:say|saying|tell|telling)\b|\btrust me\b",
    re.IGNORECASE,
)
_PASSING = re.compile(
    r"\b(?:just|only) (?:to )?(?:finish|get (?:through|done|it over)|be done)\b"
    r"|\bthis (?:page|question|exercise|item|card)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\bnext \w+|\btomorrow\b|\btonight\b|\bweekend\b|\b\w+days?\b|\bbefore (?:the|my)\b"
    r"|\bin (?:a|an|\w+) (?:hour|day|week|month)s?\b|다음|내일|次回|明日|来週|下次|明天|下周",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\bnext (?:time|lesson|session)\b", re.IGNORECASE)
_APPROACHES = (
    ("worked-example", re.compile(r"\bexamples?\b", re.IGNORECASE)),
    ("picture", re.compile(r"\b(?:diagram|picture|drawing|visual)", re.IGNORECASE)),
    ("analogy", re.compile(r"\b(?:analog(?:y|ies)|stor(?:y|ies))\b", re.IGNORECASE)),
    ("smaller-steps", re.compile(r"\b(?:step|slow)", re.IGNORECASE)),
    ("practice", re.compile(r"\b(?:practice|exercise|quiz|problem)", re.IGNORECASE)),
)
_NOT = re.compile(
    r"\b(?:not|n't|don'?t|doesn'?t|didn'?t|confus\w+|bores?|hate)\b", re.IGNORECASE
)


def take(offer: Offer) -> str | None:
    """Make evidence of it: "" taken, None left to the ledger, else why it is not kept."""
    message = Message.objects.select_related("conversation__user").get(
        pk=offer.message_id
    )
    course = Course.objects.filter(tutor=message.conversation.character_id).first()
    if course is None:
        return None
    if problem := refused(offer.candidate, message.text):
        return problem
    heard = _Heard(offer, message, course)
    match offer.candidate.atom_type:
        case "misconception":
            return heard.error()
        case "concept_mastered":
            return heard.claim()
        case "struggle_point":
            return heard.stuck()
        case "goal":
            return heard.goal()
        case "learning_style":
            return heard.approach()
        case "follow_up":
            return heard.later()
        case _:
            return None


def refused(candidate: Candidate, text: str) -> str:
    """Why this is no evidence of anything, or "". `text` is the whole message."""
    if candidate.atom_type == "misconception":
        return slip(candidate.quote, text)
    if candidate.atom_type == "concept_mastered" and _INSISTS.search(_plain(text)):
        return INSISTED
    if candidate.atom_type == "learning_style" and _TRAIT.search(candidate.quote):
        return TRAIT
    if candidate.atom_type == "goal" and _PASSING.search(candidate.quote):
        return OF_NOW
    undated = candidate.on_date is None and not _WHEN.search(candidate.quote)
    if candidate.atom_type == "follow_up" and undated:
        return UNDATED
    return ""


def _plain(text: str) -> str:
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


class _Heard:
    """One thing heard in a lesson."""

    def __init__(self, offer: Offer, message: Message, course: Course) -> None:
        self.candidate: Candidate = offer.candidate
        self.record_id = offer.record_id
        self.message = message
        self.course = course
        self.user: User = message.conversation.user
        self.content: CourseContent = content(course)

    def error(self) -> str | None:
        """An error that the learner put in words."""
        quote = self.candidate.quote
        slug = misconception_of(quote, self.content, likeness())
        concept = self.content.misconceptions[slug].concept if slug else self._concept()
        if concept is None:
            return None
        known = names_of(self.user, self.course).misconceptions
        return self._seen(
            Kind.STATED,
            concept,
            misconception=slug or unlisted(quote, known),
            text="" if slug else essence(quote),
        )

    def claim(self) -> str | None:
        """What they can do: their word is none, what they showed is a little."""
        concept = self._concept()
        if concept is None:
            return gettext_noop("It is about nothing that the course teaches.")
        if _CLAIMS.search(self.candidate.quote):
            return self._seen(Kind.ASSERTED, concept)
        return self._seen(Kind.INFERRED, concept, ok=True)

    def stuck(self) -> str | None:
        """Where they can not go on."""
        concept = self._concept()
        return None if concept is None else self._seen(Kind.STUCK, concept)

    def goal(self) -> str | None:
        """What they want to reach."""
        return self._seen(Kind.GOAL, "", ok=True, text=self.candidate.content)

    def approach(self) -> str | None:
        """What helped, or did not, with what; never what kind of learner they are."""
        quote = self.candidate.quote
        named = (name for name, pattern in _APPROACHES if pattern.search(quote))
        name, concept = next(named, None), self._concept()
        if name is None or concept is None:
            return None
        helped = _NOT.search(quote) is None
        return self._seen(Kind.APPROACH, concept, ok=helped, text=name)

    def later(self) -> str | None:
        """What is to be taken up again, if they said when."""
        due_at = self._due_at()
        if due_at is None:
            return None
        follow_ups.schedule(
            self.user,
            self.course,
            self.candidate.content,
            due_at,
            now=self.message.created_at,
            concept=self._concept() or "",
            quote=self.candidate.quote,
            message=self.message,
            record_id=self.record_id,
        )
        return ""

    def _due_at(self) -> datetime | None:
        zone = zone_of(self.user)
        if self.candidate.on_date is not None:
            return days.begin(self.candidate.on_date, zone)
        if _NEXT.search(self.candidate.quote):
            return self.message.created_at + SITTING
        if re.search(r"\btomorrow\b", self.candidate.quote, re.IGNORECASE):
            return days.days_after(self.message.created_at, 1, zone)
        return None

    def _concept(self) -> str | None:
        return concept_of(self.candidate.quote, self.content, likeness())

    def _seen(
        self,
        kind: Kind,
        concept: str,
        *,
        ok: bool | None = None,
        misconception: str = "",
        text: str = "",
    ) -> str:
        seen = Seen(
            concept=concept,
            kind=kind,
            at=self.message.created_at,
            ok=ok,
            misconception=misconception,
            text=text,
            quote=self.candidate.quote,
            message=self.message,
        )
        observe(self.user, self.course, seen, record_id=self.record_id)
        return ""
