"""What a teacher sees of a class: sums over at least three learners, and no person.

Every number is the sum, or the mean, of the same numbers on the learners' own pages. What
fewer than three learners share is only counted, and who is summed up, in the class and in
each concept, is chosen so that no difference is one person's (`classes.group`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chatapp.accounts.models import User
from tutor.classes.group import AT_LEAST, Group, group, latest
from tutor.classes.quotes import anonymous
from tutor.content.course import CourseContent
from tutor.content.library import content
from tutor.learner.many import outlines
from tutor.learner.outline import Outline
from tutor.learner.state import MisconceptionState
from tutor.models import Classroom, Membership

States = Mapping[int, Outline]
WHOLE = ""
"""Under which the groups of the whole class are noted; a concept's are under its slug."""


@dataclass(frozen=True)
class ConceptFigure:
    """One concept over the learners who practised it.

    `is_shown` is False where there is no group of them: then nothing else is told.
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

    `waiting`: others have practised who are not counted yet; how many is not told.
    `few` is how many mix-ups are held by too few to be shown. `answers` and `reached`
    are over the concepts that are shown: what is left would tell of the others.
    """

    learners: int
    waiting: bool
    everybody: States
    states: States
    concepts: Sequence[ConceptFigure]
    mix_ups: Sequence[MixUpFigure]
    few: int

    @property
    def answers(self) -> int:
        """Observations in the concepts that are shown."""
        return sum(each.answers for each in self.concepts)

    @property
    def reached(self) -> int:
        """How often one of them was reached."""
        return sum(each.reached for each in self.concepts)

    @property
    def rare(self) -> int:
        """Concepts of which nothing is told, since too few practised them."""
        return sum(not each.is_shown for each in self.concepts)

    @property
    def counted(self) -> int:
        """Learners in the sums."""
        return len(self.states)

    @property
    def is_shown(self) -> bool:
        """Whether there are sums at all."""
        return bool(self.states)


def figures(room: Classroom, now: datetime) -> Figures:
    """The class at `now`; the number of statements does not grow with its learners."""
    known = content(room.course)
    members = list(room.memberships.select_related("learner"))
    states = outlines([m.learner_id for m in members], room.course, now)
    practised = {pk for pk, state in states.items() if state.concepts}
    open_now = {m.learner_id for m in members if m.shares_since}
    by_part, seen = _published(room, known, states, practised, open_now)
    counted = by_part.get(WHOLE, frozenset())
    chosen = {pk: state for pk, state in states.items() if pk in counted}
    mix_ups, few = _mix_ups(chosen, known, _names(members), seen)
    return Figures(
        learners=len(members),
        waiting=bool(counted) and counted != practised,
        everybody=states,
        states=chosen,
        concepts=[
            _concept(slug, known, states, by_part.get(slug, frozenset()))
            for slug in (each.slug for each in known.in_order())
        ],
        mix_ups=mix_ups,
        few=few,
    )


def note_seen(room: Classroom, learner: int) -> None:
    """The teacher has this learner's own page before them."""
    with transaction.atomic():
        held = Classroom.objects.select_for_update(no_key=True).get(pk=room.pk)
        if learner not in held.seen:
            held.seen = sorted({*held.seen, learner})
            held.save(update_fields=["seen"])


def _published(
    room: Classroom,
    known: CourseContent,
    states: States,
    practised: Collection[int],
    open_now: set[int],
) -> tuple[dict[str, Group], set[int]]:
    """The groups that are summed up now, noted so that the next ones fit them.

    By part of the class page; and all whose own pages the teacher may remember.
    """
    with transaction.atomic():
        held = Classroom.objects.select_for_update(no_key=True).get(pk=room.pk)
        seen = open_now | set(held.seen)
        before = dict(held.published)
        found = {WHOLE: _next(before, WHOLE, practised, seen)}
        for slug in known.concepts if found[WHOLE] else ():
            who = {pk for pk in found[WHOLE] if slug in states[pk].concepts}
            found[slug] = _next(before, slug, who, seen)
        if before != held.published or seen != set(held.seen):
            held.published, held.seen = before, sorted(seen)
            held.save(update_fields=["published", "seen"])
    return found, seen


def _next(
    published: dict[str, list[list[int]]],
    part: str,
    learners: Collection[int],
    seen: Collection[int],
) -> Group:
    """The group of one part, which is noted as its latest in `published`."""
    before = [frozenset(shown) for shown in published.get(part, [])]
    found = group(learners, seen=seen, before=before)
    if found:
        published[part] = [sorted(each) for each in latest(before, found)]
    return found


def _concept(
    slug: str, known: CourseContent, states: States, who: Group
) -> ConceptFigure:
    title = known.concepts[slug].title
    found = [states[pk].concepts[slug] for pk in who]
    if not found:
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
    states: States,
    known: CourseContent,
    names: Sequence[str],
    seen: Collection[int],
) -> tuple[list[MixUpFigure], int]:
    """The most common first, and how many are too rare to be shown.

    What is left when those are taken off whose pages were seen is not one person's.
    """
    holders: dict[str, dict[int, MisconceptionState]] = {}
    for pk, state in states.items():
        for each in state.active:
            holders.setdefault(each.slug, {})[pk] = each
    common = {
        slug: held
        for slug, held in holders.items()
        if len(held) >= AT_LEAST
        and len(held.keys() - set(seen)) != 1
        and slug in known.misconceptions
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
