"""Over whom a class is summed up, so that no sum is one person's.

Three rules. A sum is over three learners or more. Those of them whose pages the teacher
can see may be subtracted, so one person alone must not be left. And the teacher may
have seen earlier sums: a group differs from each group shown before by nobody, or by
two people and more. A newcomer is therefore counted together with the next one, and
when one leaves, another waits with them. The same holds of each concept's own figures,
among those of the class who practised it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

AT_LEAST = 3
MOST_REMEMBERED = 12
"""Groups that a later one is compared with: what was shown long ago has moved since."""
Group = frozenset[int]


def group(
    learners: Collection[int],
    *,
    seen: Collection[int] = (),
    before: Iterable[Group] = (),
) -> Group:
    """The largest group that may be summed up; empty if there is none.

    `learners` are the ids of who has practised, `seen` those whose own pages the
    teacher can see, `before` the groups whose sums were shown, oldest first.
    """
    everybody, earlier = frozenset(learners), list(before)
    visible = frozenset(seen)
    for candidate in _candidates(everybody, visible, earlier):
        if len(candidate) < AT_LEAST or len(candidate - visible) == 1:
            continue
        if all(len(candidate ^ shown) != 1 for shown in earlier):
            return candidate
    return frozenset()


def latest(before: Iterable[Group], shown: Group) -> list[Group]:
    """The groups to be remembered now that `shown` was shown, the latest last."""
    others = [each for each in before if each != shown]
    return [*others, shown][-MOST_REMEMBERED:]


def _candidates(
    everybody: Group, visible: Group, earlier: list[Group]
) -> Iterator[Group]:
    yield everybody
    if earlier and earlier[-1] <= everybody:
        yield earlier[-1]
    # Ids grow with time: of those who could wait, the newest does.
    for one in sorted(everybody, reverse=True):
        yield everybody - {one}
    yield everybody & visible
