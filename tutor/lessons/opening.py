"""How a lesson opens: what is remembered of the learner, a due follow-up first.

Written by the server from the learner's state, so that nothing is claimed to be
remembered that is not there. A new learner of the course gets the tutor's greeting.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from tutor.lessons.plan import title_of
from tutor.lessons.policy import Situation

HEDGED = 0.6


def opening(at: Situation, greeting: str) -> str:
    """The first message of a lesson, as Markdown."""
    if not _is_known(at):
        return greeting
    parts = [_due(at) or _last(at), _strength(at), _("The first question is below.")]
    return "\n\n".join(part for part in parts if part)


def _is_known(at: Situation) -> bool:
    return bool(at.state.concepts or at.state.follow_ups or at.asked)


def _due(at: Situation) -> str:
    due = [owed for owed in at.state.follow_ups if owed.due_at <= at.now]
    if not due:
        return ""
    what = due[0].text.rstrip(". ")
    return _(
        "Good to see you again. Before anything new, what we put off: **%(what)s**."
    ) % {"what": what}


def _last(at: Situation) -> str:
    held = at.state.active()
    if held:
        title = title_of(at.content, held[0].concept)
        return _(
            "Good to see you again. Last time something about **%(title)s** did not sit"
            " right yet, so we begin there."
        ) % {"title": title}
    left = [q for q in at.asked if not q.here and q.state == "open"]
    if left:
        title = title_of(at.content, left[-1].concept)
        return _("Good to see you again. We left a question open: **%(title)s**.") % {
            "title": title
        }
    seen = [q.concept for q in at.asked if q.concept in at.content.concepts]
    if seen:
        title = title_of(at.content, seen[-1])
        return _("Good to see you again. Last time we worked on **%(title)s**.") % {
            "title": title
        }
    return _("Good to see you again.")


def _strength(at: Situation) -> str:
    firm = [
        k for k in at.state.concepts.values() if k.mastered and k.retrievability >= 0.9
    ]
    titles = [title_of(at.content, k.concept) for k in firm if not k.hedged]
    if not titles:
        return ""
    return _("You can do %(titles)s by yourself, so I leave that alone.") % {
        "titles": ", ".join(f"*{title}*" for title in titles[:3])
    }
