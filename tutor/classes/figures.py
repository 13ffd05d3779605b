"""What a teacher sees of a class: sums over at least three learners, and no person.

Every number is the sum, or the mean, of the same numbers on the learners' own pages: it
is made from their `LearnerState`s. What fewer than three learners share is only counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chatapp.accounts.models import User
from tutor.classes.group import AT_LEAST, Group, group
from tutor.classes.quotes import anonymous
from tutor.content.course import CourseContent
from tutor.content.library import content
from tutor.learner.reading import learner_state
from tutor.learner.state import ConceptState, LearnerState, MisconceptionState
from tutor.models import Classroom, Membership

States = Mapping[int, LearnerState]


@dataclass(frozen=True)
class ConceptFigure:
    """One concept over the learners who practised it.

    `is_shown` is False where they are fewer than three: then nothing else is told.
    """

    slug: str
    title: str
    is_shown: bool
    learners: int = 0
    answers: int = 0
    percent: int = 0
    reached: int = 0
    due: int = 0


@dataclass(frozen=True)
class MixUpFigure:
    """One misconception that at least three learners hold now, with their words."""

    slug: str
    statement: str
    correction: str
    concept: str
    learners: int
    quotes: Sequence[str]


@dataclass(frozen=True)
class Figures:
    """A class summed up. `states` are those of the learners who are counted; those of
    `everybody` are for who may see a learner's own page.

    `practised` is how many learners have done something, `few` how many mix-ups are
    held by fewer than three; `answers` and `reached` are over all who are counted.
    """

    learners: int
    practised: int
    everybody: States
    states: States
    concepts: Sequence[ConceptFigure]
    mix_ups: Sequence[MixUpFigure]
    few: int
    answers: int
    reached: int

    @property
    def rare(self) -> int:
        """Concepts of which nothing is told, since fewer than three practised them."""
        return sum(not each.is_shown for each in self.concepts)

    @property
    def counted(self) -> int:
        """Learners in the sums."""
        return len(self.states)

    @property
    def missing(self) -> int:
        """Learners who have practised and are not counted yet."""
        return self.practised - self.counted

    @property
    def is_shown(self) -> bool:
        """Whether there are sums at all."""
        return bool(self.states)


def figures(room: Classroom, now: datetime) -> Figures:
    """The class at `now`."""
    known = content(room.course)
    members = list(room.memberships.select_related("learner"))
    states = {m.learner_id: learner_state(m.learner, room.course, now) for m in members}
    practised = {pk for pk, state in states.items() if state.concepts}
    seen = {m.learner_id for m in members if m.shares_since}
    counted = _published(room, practised, seen)
    chosen = {pk: state for pk, state in states.items() if pk in counted}
    mix_ups, few = _mix_ups(chosen, known, _names(members))
    return Figures(
        learners=len(members),
        practised=len(practised),
        everybody=states,
        states=chosen,
        concepts=[_concept(each.slug, known, chosen) for each in known.in_order()],
        mix_ups=mix_ups,
        few=few,
        answers=sum(each.n for each in _all(known, chosen)),
        reached=sum(1 for each in _all(known, chosen) if each.mastered_at),
    )


def _all(known: CourseContent, states: States) -> Iterator[ConceptState]:
    for state in states.values():
        yield from (
            state.concepts[slug] for slug in known.concepts if slug in state.concepts
        )


def _published(room: Classroom, practised: set[int], seen: set[int]) -> Group:
    """The group that is summed up now, noted so that the next one fits it."""
    with transaction.atomic():
        held = Classroom.objects.select_for_update(no_key=True).get(pk=room.pk)
        before = [frozenset(shown) for shown in held.published]
        found = group(practised, seen=seen, before=before)
        if found and found not in before:
            held.published = [*held.published, sorted(found)]
            held.save(update_fields=["published"])
        elif found and before[-1] != found:
            # Shown again: it is the latest, which the next one is compared with first.
            rest = [shown for shown in held.published if frozenset(shown) != found]
            held.published = [*rest, sorted(found)]
            held.save(update_fields=["published"])
    return found


def _concept(slug: str, known: CourseContent, states: States) -> ConceptFigure:
    title = known.concepts[slug].title
    found = [s.concepts[slug] for s in states.values() if slug in s.concepts]
    if len(found) < AT_LEAST:
        return ConceptFigure(slug, title, is_shown=False)
    return ConceptFigure(
        slug,
        title,
        is_shown=True,
        learners=len(found),
        answers=sum(each.n for each in found),
        percent=round(100 * sum(each.mean for each in found) / len(found)),
        reached=sum(1 for each in found if each.mastered_at),
        due=sum(1 for each in found if each.standing == "refresh"),
    )


def _mix_ups(
    states: States, known: CourseContent, names: Sequence[str]
) -> tuple[list[MixUpFigure], int]:
    """The most common first, and how many are too rare to be shown."""
    holders: dict[str, dict[int, MisconceptionState]] = {}
    for pk, state in states.items():
        for each in state.active():
            holders.setdefault(each.slug, {})[pk] = each
    common = {
        slug: held
        for slug, held in holders.items()
        if len(held) >= AT_LEAST and slug in known.misconceptions
    }
    shown = [
        MixUpFigure(
            slug=slug,
            statement=known.misconceptions[slug].statement,
            correction=known.misconceptions[slug].correction,
            concept=known.concepts[known.misconceptions[slug].concept].title,
            learners=len(held),
            quotes=anonymous({pk: [each.quote] for pk, each in held.items()}, names),
        )
        for slug, held in common.items()
    ]
    shown.sort(key=lambda each: (-each.learners, each.statement))
    return shown, len(holders) - len(common)


def _names(members: Sequence[Membership]) -> list[str]:
    """Everything that a learner of this class may be called."""
    return [name for each in members for name in (each.name, *_of(each.learner))]


def _of(user: User) -> tuple[str, str, str]:
    return user.username, user.first_name, user.last_name
