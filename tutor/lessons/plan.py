"""The plan of a lesson: a goal and what is due, in the order in which it will come.

Made from the learner's state alone, shown when a lesson opens and kept with it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from django.utils.translation import gettext as _

from tutor.content.course import CourseContent
from tutor.lessons.policy import Situation, next_new

Topic = Literal["goal", "follow_up", "left_open", "misconception", "refresh", "new"]
MOST_DUE = 3
"""More of one kind are counted, not listed."""


@dataclass(frozen=True)
class Line:
    """One line of the plan: what kind of thing, and its words."""

    topic: Topic
    text: str

    def as_json(self) -> dict[str, str]:
        """As it is kept with the lesson."""
        return {key: str(value) for key, value in asdict(self).items()}


def plan(at: Situation) -> list[Line]:
    """What this lesson is for; nothing that is not due."""
    return [
        *_goals(at),
        *_follow_ups(at),
        *_left_open(at),
        *_held(at),
        *_refresh(at),
        *_new(at),
    ]


def title_of(content: CourseContent, concept: str) -> str:
    """What a concept is called."""
    known = content.concepts.get(concept)
    return known.title if known else concept


def _goals(at: Situation) -> list[Line]:
    said = [goal for goal in at.state.goals if goal.confidence >= 0.6]
    return [Line("goal", goal.text) for goal in said[-1:]]


def _follow_ups(at: Situation) -> list[Line]:
    due = [owed for owed in at.state.follow_ups if owed.due_at <= at.now]
    return [Line("follow_up", owed.text) for owed in due[:MOST_DUE]]


def _left_open(at: Situation) -> list[Line]:
    left = [q for q in at.asked if not q.here and q.state == "open"]
    if not left:
        return []
    title = title_of(at.content, left[-1].concept)
    return [
        Line(
            "left_open",
            _("A question that was left open: %(title)s") % {"title": title},
        )
    ]


def _held(at: Situation) -> list[Line]:
    concepts = dict.fromkeys(belief.concept for belief in at.state.active())
    return [
        Line(
            "misconception",
            _("Look again at: %(title)s") % {"title": title_of(at.content, slug)},
        )
        for slug in list(concepts)[:MOST_DUE]
    ]


def _refresh(at: Situation) -> list[Line]:
    due = [known for known in at.state.due() if known.concept in at.content.concepts]
    titles = ", ".join(title_of(at.content, k.concept) for k in due[:MOST_DUE])
    if not due:
        return []
    if len(due) > MOST_DUE:
        more = len(due) - MOST_DUE
        text = _("Due for refresh: %(titles)s and %(more)d more")
        return [Line("refresh", text % {"titles": titles, "more": more})]
    return [Line("refresh", _("Due for refresh: %(titles)s") % {"titles": titles})]


def _new(at: Situation) -> list[Line]:
    step = next_new(at)
    if step is None:
        return []
    title = title_of(at.content, step.concept)
    if at.state.concept(step.concept).n:
        return [Line("new", _("Go on with: %(title)s") % {"title": title})]
    return [Line("new", _("New: %(title)s") % {"title": title})]
