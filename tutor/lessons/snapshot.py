"""What was believed of a learner when a lesson began, kept to tell what has moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.learner.state import LearnerState


def snapshot(state: LearnerState) -> dict[str, Any]:
    """The state as plain values, for `Lesson.before`."""
    return {
        "concepts": {
            slug: {
                "mean": round(known.mean, 4),
                "sd": round(known.sd, 4),
                "n": known.n,
                "standing": known.standing,
                "evidence": list(known.evidence),
            }
            for slug, known in state.concepts.items()
        },
        "misconceptions": {
            slug: {
                "c": round(belief.c, 4),
                "state": str(belief.state),
                "evidence": list(belief.evidence),
            }
            for slug, belief in state.misconceptions.items()
        },
    }


def before_of(kept: Mapping[str, Any], kind: str, slug: str) -> Mapping[str, Any]:
    """One entry of a snapshot; empty when nothing was known of it."""
    found: Mapping[str, Any] = kept.get(kind, {}).get(slug, {})
    return found
