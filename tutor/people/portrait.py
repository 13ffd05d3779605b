"""What the tutor believes of a learner in one course, ready for the learner's page.

Made from one `LearnerState`, so the page and the prompt can not disagree. Every number
comes with the address of its trail: the evidence behind it in the learner's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutor.content.course import CourseContent
from tutor.learner.approach import Approach
from tutor.learner.goal import Goal, key_of
from tutor.learner.misconception import RESOLVED
from tutor.learner.state import (
    LEAST_SEEN,
    ConceptState,
    LearnerState,
    MisconceptionState,
)
from tutor.learner.struggle import Struggle
from tutor.people import wording

Address = Callable[[str, str], str]
"""The trail of a claim by its kind and key; empty where there is no page of it."""


@dataclass(frozen=True)
class ConceptShown:
    """One concept with what is believed of it. Shares of one are given in percent too."""

    slug: str
    title: str
    prerequisites: Sequence[str]
    state: ConceptState
    words: str
    is_due: bool
    mixed_up: bool
    trail: str
    claim: UUID | None

    @property
    def mean(self) -> float:
        """Expected share of right answers."""
        return self.state.mean

    @property
    def sd(self) -> float:
        """Standard deviation of that estimate."""
        return self.state.sd

    @property
    def n(self) -> int:
        """Observations."""
        return self.state.n

    @property
    def percent(self) -> int:
        """The estimate in percent."""
        return wording.percent(self.state.mean)

    @property
    def give_or_take(self) -> int:
        """Its standard deviation in percent."""
        return round(100 * self.state.sd)

    @property
    def told(self) -> str:
        """Everything about it in one line, for who hears the map."""
        parts = [f"{self.title}: {self.words}"]
        if self.n:
            parts.append(
                _("%(mean)s percent, give or take %(sd)s")
                % {"mean": self.percent, "sd": self.give_or_take}
            )
            parts.append(wording.observations(self.n))
        if self.mixed_up:
            parts.append(_("with a mix-up"))
        return ", ".join(parts)


@dataclass(frozen=True)
class Belief:
    """One claim about the learner, with its number, how much was seen, and its trail.

    `lead` and `text` are its sentence, `label` its state in a few words, `more` what is
    true instead. `sd` is None where the number has none. `claim` is the row by which
    the learner can answer it, None while nothing is remembered of it.
    """

    kind: str
    key: str
    concept: str
    text: str
    label: str
    confidence: float
    n: int
    is_hedged: bool
    trail: str
    lead: str = ""
    more: str = ""
    quote: str = ""
    sd: float | None = None
    due_at: datetime | None = None
    disputed_at: datetime | None = None
    claim: UUID | None = None

    @property
    def percent(self) -> int:
        """The confidence in percent."""
        return wording.percent(self.confidence)

    @property
    def give_or_take(self) -> int | None:
        """The standard deviation in percent."""
        return None if self.sd is None else round(100 * self.sd)


@dataclass(frozen=True)
class Portrait:
    """The learner in one course, as of `now`."""

    now: datetime
    concepts: Sequence[ConceptShown]
    mix_ups: Sequence[Belief]
    previously: Sequence[Belief]
    disputed: Sequence[Belief]
    struggles: Sequence[Belief]
    approaches: Sequence[Belief]
    goals: Sequence[Belief]

    @property
    def practised(self) -> int:
        """Concepts of which something was seen."""
        return sum(1 for each in self.concepts if each.n)

    @property
    def mastered(self) -> int:
        """Concepts that were mastered at some time: this never shrinks by waiting."""
        return sum(1 for each in self.concepts if each.state.mastered_at)

    @property
    def due(self) -> Sequence[ConceptShown]:
        """Concepts whose review is due, the longest overdue first."""
        late = [each for each in self.concepts if each.is_due]
        return sorted(late, key=lambda each: each.state.due_at or self.now)

    @property
    def answers(self) -> int:
        """Observations in all."""
        return sum(each.n for each in self.concepts)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is believed yet."""
        return not (
            self.practised
            or self.mix_ups
            or self.previously
            or self.struggles
            or self.goals
        )


def portrait(
    state: LearnerState,
    content: CourseContent,
    trail: Address,
    *,
    said: Mapping[str, str] = MappingProxyType({}),
    claims: Mapping[tuple[str, str], UUID] = MappingProxyType({}),
) -> Portrait:
    """The learner as `state` has them; what the course has dropped is left out.

    `said` are the words for errors that the course does not list, `claims` the rows by
    which claims can be answered, by type and key.
    """
    maker = _Maker(state, content, trail, said, claims)
    mixed = {m.concept for m in state.active()}
    return Portrait(
        now=state.now,
        concepts=[maker.concept(each.slug, mixed) for each in content.in_order()],
        mix_ups=[
            maker.mix_up(each)
            for each in (*state.active(), *state.weak())
            if each.is_active or each.c >= RESOLVED
        ],
        previously=[maker.mix_up(each) for each in state.previously()],
        disputed=[
            maker.mix_up(each)
            for each in state.misconceptions.values()
            if wording.is_disputed(each) and not each.is_claimed
        ],
        struggles=[
            maker.struggle(slug, each)
            for slug, each in state.struggles.items()
            if slug in content.concepts
        ],
        approaches=[
            maker.approach(each)
            for each in state.approaches
            if each.concept in content.concepts
        ],
        goals=[maker.goal(each) for each in state.goals if each.pieces],
    )


STANDINGS: Mapping[str, Promise] = MappingProxyType(
    {
        "weak": gettext_lazy("first sign"),
        "active": gettext_lazy("active"),
        "relapsed": gettext_lazy("came back"),
        "resolved": gettext_lazy("resolved"),
    }
)


@dataclass(frozen=True)
class _Maker:
    state: LearnerState
    content: CourseContent
    trail: Address
    said: Mapping[str, str]
    claims: Mapping[tuple[str, str], UUID]

    def concept(self, slug: str, mixed: set[str]) -> ConceptShown:
        concept, state = self.content.concepts[slug], self.state.concept(slug)
        return ConceptShown(
            slug=slug,
            title=concept.title,
            prerequisites=concept.prerequisites,
            state=state,
            words=wording.of_concept(state),
            is_due=bool(state.due_at and state.due_at <= self.state.now),
            mixed_up=slug in mixed,
            trail=self.trail("concept", slug) if state.n else "",
            claim=self.claims.get(("concept_mastered", slug)),
        )

    def mix_up(self, state: MisconceptionState) -> Belief:
        listed = self.content.misconceptions.get(state.slug)
        return Belief(
            kind="misconception",
            key=state.slug,
            concept=self._title(state.concept),
            lead=wording.of_misconception(state),
            text=listed.statement if listed else self._said(state.slug),
            label=(
                _("disputed")
                if wording.is_disputed(state)
                else str(STANDINGS[state.state.value])
            ),
            more=listed.correction if listed else "",
            quote=state.quote,
            confidence=state.c,
            n=len(state.evidence),
            due_at=state.due_at,
            disputed_at=state.disputed_at,
            is_hedged=state.hedged,
            trail=self.trail("misconception", state.slug),
            claim=self.claims.get(("misconception", state.slug)),
        )

    def struggle(self, slug: str, struggle: Struggle) -> Belief:
        return Belief(
            kind="struggle",
            key=slug,
            concept="",
            text=self._title(slug),
            label=wording.of_struggle(struggle),
            quote=struggle.quote,
            confidence=struggle.c,
            n=len(struggle.pieces),
            is_hedged=wording.hedged(struggle.c, len(struggle.pieces)),
            trail=self.trail("struggle", slug),
            claim=self.claims.get(("struggle_point", slug)),
        )

    def approach(self, approach: Approach) -> Belief:
        key = f"{approach.concept}/{approach.name}"
        return Belief(
            kind="approach",
            key=key,
            concept=self._title(approach.concept),
            text=approach.name.replace("-", " ").capitalize(),
            label=wording.of_approach(approach),
            more=_("Helped %(helped)s of %(n)s")
            % {"helped": approach.helped, "n": approach.n},
            quote=approach.quote,
            confidence=approach.mean,
            n=approach.n,
            sd=approach.sd,
            is_hedged=wording.hedged(approach.mean, approach.n),
            trail=self.trail("approach", key),
            claim=self.claims.get(("learning_style", key)),
        )

    def goal(self, goal: Goal) -> Belief:
        guess = wording.hedged(goal.confidence, LEAST_SEEN)
        key = str(goal.pieces[-1])
        return Belief(
            kind="goal",
            key=key,
            concept="",
            text=goal.text,
            label=_("a guess: is it so?") if guess else _("in your words"),
            quote=goal.quote,
            confidence=goal.confidence,
            n=len(goal.pieces),
            is_hedged=guess,
            trail=self.trail("goal", key),
            claim=self.claims.get(("goal", key_of(goal.text))),
        )

    def _title(self, slug: str) -> str:
        concept = self.content.concepts.get(slug)
        return concept.title if concept else slug.replace("-", " ")

    def _said(self, slug: str) -> str:
        return self.said.get(slug) or slug.replace("-", " ")
