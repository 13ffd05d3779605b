"""Whatever is done in whatever order: what is shown and what is remembered.

Random sequences of everything a person can do with messages, on the real tables through
the real functions, beside a model of a few plain lists. `TREE_EXAMPLES` makes it long.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import zip_longest
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations import context, continuing, path
from chatapp.conversations.branching import branch
from chatapp.conversations.choosing import go_to, select
from chatapp.conversations.continuing import GoneOn, NothingToContinue, Shared
from chatapp.conversations.deleting import delete, undo
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import (
    Conversation,
    Deletion,
    Message,
    PathEntry,
    Status,
)
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.purging import purge_due
from chatapp.conversations.revising import edit, regenerate
from chatapp.conversations.turns import Begun, begin
from chatapp.memories import ledger
from chatapp.memories.lines import count
from chatapp.memories.models import Atom, AtomState, Evidence
from chatapp.memories.panel import Look, matching

EXAMPLES = int(os.environ.get("TREE_EXAMPLES", "4"))
STEPS = int(os.environ.get("TREE_STEPS", "20"))
MOST_CONVERSATIONS = 4
number = st.integers(0, 10_000)


@dataclass
class Said:
    """A message of the model; `order` is that of creation."""

    id: uuid.UUID
    parent: uuid.UUID | None
    home: int
    own: bool
    order: int


@dataclass
class Talk:
    """A conversation of the model: what it shows, what it left, what it deleted."""

    row: Conversation
    origin: int | None = None
    shown: list[uuid.UUID] = field(default_factory=list)
    left: dict[uuid.UUID, uuid.UUID | None] = field(default_factory=dict)
    deleted: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    purged: set[uuid.UUID] = field(default_factory=set)


class Tree(RuleBasedStateMachine):
    """What a person does, and what must be true after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.talks: list[Talk] = []
        self.said: dict[uuid.UUID, Said] = {}
        self.proofs: dict[str, set[uuid.UUID]] = {}
        self.atom = transaction.atomic()
        self.atom.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    @initialize()
    def meet(self) -> None:
        """They have met, and went back to an older reply; a branch went its own way."""
        self.user = User.objects.create_user(uuid.uuid4().hex)
        character = Character.objects.create(
            slug=uuid.uuid4().hex[:20], name="Aria", persona="P.", greeting="Hello."
        )
        row = open_conversation(self.user, character, "character")
        self.anchor = context.anchor_of(row)
        self.talks.append(Talk(row))
        greeting = row.message_set.get()
        self.note(0, greeting, own=False)
        self.talks[0].shown = [greeting.pk]
        self.send(0)
        self.send(0)
        self.regenerate(0, 1)
        self.select(0, 0, 0)
        self.branch(0, 2)
        self.edit(1, 0)
        self.there_and_back(0, 0)

    # What the person does.

    @rule(talk=number)
    def send(self, talk: int) -> None:
        where, index = self.talk(talk)
        begun = begin(self.user, self.fresh(where), f"{uuid.uuid4()}", uuid.uuid4())
        self.answered(index, begun)
        where.shown += [m.pk for m in (begun.user_message, begun.reply_message) if m]

    @rule(talk=number, at=number)
    def edit(self, talk: int, at: int) -> None:
        where, index = self.talk(talk)
        mine = [pk for pk in where.shown if self.said[pk].own]
        if not mine:
            return
        old = mine[at % len(mine)]
        row = self.fresh(where)
        begun = edit(self.user, row, old, f"{uuid.uuid4()}", uuid.uuid4())
        self.answered(index, begun)
        self.leave(where, where.shown.index(old))
        where.shown += [m.pk for m in (begun.user_message, begun.reply_message) if m]

    @rule(talk=number, at=number)
    def regenerate(self, talk: int, at: int) -> None:
        where, index = self.talk(talk)
        replies = [pk for pk in where.shown if self.is_reply(pk)]
        if not replies:
            return
        old = replies[at % len(replies)]
        begun = regenerate(self.user, self.fresh(where), old)
        self.answered(index, begun)
        self.leave(where, where.shown.index(old))
        where.shown.append(begun.reply_message.pk)

    @rule(talk=number, at=number, which=number)
    def select(self, talk: int, at: int, which: int) -> None:
        where, index = self.talk(talk)
        many = [pk for pk in where.shown if len(self.siblings(index, pk)) > 1]
        if not many:
            return
        old = many[at % len(many)]
        versions = self.siblings(index, old)
        new = versions[which % len(versions)]
        select(self.user, self.fresh(where), old, new)
        if new != old:
            self.leave(where, where.shown.index(old))
            where.shown += self.tail(index, new)

    @rule(talk=number, at=number)
    def there_and_back(self, talk: int, at: int) -> None:
        """Another wording, and then the earlier one again: all is as it was."""
        where, index = self.talk(talk)
        mine = [pk for pk in where.shown if self.said[pk].own]
        if not mine:
            return
        before, old = list(where.shown), mine[at % len(mine)]
        self.edit(talk, at)
        new = where.shown[before.index(old)]
        select(self.user, self.fresh(where), new, old)
        self.leave(where, before.index(old))
        where.shown += self.tail(index, old)
        assert where.shown == before

    @rule(talk=number, which=number)
    def go_to(self, talk: int, which: int) -> None:
        """A hit of a search: shown wherever in the tree it is, if it can be here."""
        where, index = self.talk(talk)
        if not self.said:
            return
        message = list(self.said)[which % len(self.said)]
        chain = self.upward(where, message)
        here = not chain or self.is_visible(index, message)
        if not here or any(pk in where.deleted for pk in chain):
            with pytest.raises(Message.DoesNotExist):
                go_to(self.user, self.fresh(where), message)
            return
        go_to(self.user, self.fresh(where), message)
        if chain:
            parent = self.said[chain[0]].parent
            self.leave(where, where.shown.index(parent) + 1 if parent else 0)
            where.shown += chain[:-1] + self.tail(index, message)

    @rule(talk=number)
    def go_on(self, talk: int) -> None:
        """Continue: the last reply has more to say, where it is nobody else's."""
        where, index = self.talk(talk)
        if not where.shown:
            return
        leaf = where.shown[-1]
        others = [other for other in self.talks if other is not where]
        shared = any(leaf in other.shown for other in others)
        if shared or self.said[leaf].home != index or not self.is_reply(leaf):
            with pytest.raises((NothingToContinue, Shared)):
                continuing.begin(self.user, self.fresh(where), leaf)
            return
        before = Message.objects.get(pk=leaf)
        seen = before.generation_id
        begun = continuing.begin(self.user, self.fresh(where), leaf, seen)
        finish(begun.generation, begun.anchor.pk, Ended(Status.COMPLETE, " More."))
        assert Message.objects.get(pk=leaf).text == f"{before.text} More."
        with pytest.raises(GoneOn):  # the same try once more
            continuing.begin(self.user, self.fresh(where), leaf, seen)

    @precondition(lambda self: len(self.talks) < MOST_CONVERSATIONS)
    @rule(talk=number, at=number)
    def branch(self, talk: int, at: int) -> None:
        where, index = self.talk(talk)
        if not where.shown:
            return
        position = at % len(where.shown)
        row = branch(self.user, self.fresh(where), where.shown[position])
        if row.pk in {talk.row.pk for talk in self.talks}:
            return  # it was opened before, and nothing was said in it
        self.talks.append(Talk(row, index, where.shown[: position + 1]))

    @rule(talk=number, at=number)
    def delete(self, talk: int, at: int) -> None:
        where, index = self.talk(talk)
        if not where.shown:
            return
        position = at % len(where.shown)
        message = where.shown[position]
        versions = self.siblings(index, message)
        deletion = delete(self.user, self.fresh(where), message)
        self.leave(where, position)
        where.deleted[message] = deletion.pk
        if len(versions) > 1:
            mine = versions.index(message)
            where.shown += self.tail(index, versions[mine - 1 if mine else 1])

    @rule(talk=number, at=number)
    def undo(self, talk: int, at: int) -> None:
        where, index = self.talk(talk)
        taken = [pk for pk in where.deleted if pk not in where.purged]
        if not taken:
            return
        message = taken[at % len(taken)]
        undo(self.user, self.fresh(where), where.deleted.pop(message))
        chain = self.upward(where, message)
        if any(pk in where.deleted for pk in chain):
            return
        parent = self.said[chain[0]].parent
        self.leave(where, where.shown.index(parent) + 1 if parent else 0)
        where.shown += chain[:-1] + self.tail(index, message)

    @rule()
    def time_passes(self) -> None:
        """The time for every undo is over, and what can go is removed."""
        Deletion.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
        purge_due()
        for talk in self.talks:
            talk.purged |= set(talk.deleted)
        kept: set[uuid.UUID] = set()
        for pk in self.said:
            if any(self.holds(index, pk) for index in range(len(self.talks))):
                kept |= set(self.ancestors(pk))
        for pk in set(self.said) - kept:
            del self.said[pk]
            for talk in self.talks:
                talk.deleted.pop(pk, None)
                talk.purged.discard(pk)
                talk.left.pop(pk, None)
        for talk in self.talks:
            talk.left = {
                pk: below if below in self.said else None
                for pk, below in talk.left.items()
            }

    @rule(first=number, second=number)
    def prove_again(self, first: int, second: int) -> None:
        """What one message proved is said in another one, too."""
        if not self.said:
            return
        contents = sorted(self.proofs)
        content = contents[first % len(contents)]
        atom = Atom.objects.get(maas_id=content)
        message = list(self.said)[second % len(self.said)]
        if atom.state == AtomState.SAVED and message not in self.proofs[content]:
            Evidence.objects.create(atom=atom, message_id=message, quote="q")
            self.proofs[content].add(message)

    # What must be true then.

    @invariant()
    def what_is_shown(self) -> None:
        for index, talk in enumerate(self.talks):
            entries = PathEntry.objects.filter(conversation=talk.row)
            rows = list(entries.order_by("position").values_list("position", "message"))
            assert rows == list(enumerate(talk.shown))
            leaf = Conversation.objects.get(pk=talk.row.pk).leaf_id
            assert leaf == (talk.shown[-1] if talk.shown else None)
            messages = list(Message.objects.filter(pk__in=talk.shown))
            found = path.siblings(talk.row.pk, messages)
            for pk in talk.shown:
                assert list(found.get(pk, (pk,))) == self.siblings(index, pk)

    @invariant()
    def what_is_remembered(self) -> None:
        for index, talk in enumerate(self.talks):
            hidden = path.origins(talk.row.origin_id)
            assert set(hidden) == {self.talks[i].row.pk for i in self.origins(index)}
            expected = {c for c in self.proofs if self.is_live(index, c)}
            known = ledger._known_now(self.anchor.pk, sorted(self.proofs), hidden)
            assert {c for c, k in known.items() if k.state == "live"} == expected
            look = Look(self.anchor.user, self.anchor, hidden=hidden)
            assert {atom.content for atom in matching(look)} == expected
            assert count(self.anchor, hidden) == len(expected)
            carried = ledger.CarriedAsked(self.anchor.pk, hidden).all()
            assert {k.atom_id for k in carried} == expected

    @invariant()
    def nothing_is_lost(self) -> None:
        rows = Message.objects.filter(conversation__user=self.user)
        assert set(rows.values_list("pk", flat=True)) == set(self.said)
        states = dict(Atom.objects.values_list("maas_id", "state"))
        for content, messages in self.proofs.items():
            proven = bool(messages & set(self.said))
            assert states[content] == (
                AtomState.SAVED if proven else AtomState.WITHDRAWN
            )

    # The model.

    def talk(self, which: int) -> tuple[Talk, int]:
        index = which % len(self.talks)
        return self.talks[index], index

    def fresh(self, talk: Talk) -> Conversation:
        return Conversation.objects.get(pk=talk.row.pk)

    def answered(self, index: int, begun: Begun) -> None:
        finish(begun.generation, begun.anchor.pk, Ended(Status.COMPLETE, "Re."))
        if begun.user_message:
            self.note(index, begun.user_message, own=True)
        self.note(index, begun.reply_message, own=False)

    def note(self, index: int, row: Message, *, own: bool) -> None:
        """A message was written: it proves something."""
        order = len(self.said)
        if self.said:
            order = max(said.order for said in self.said.values()) + 1
        self.said[row.pk] = Said(row.pk, row.parent_id, index, own, order)
        atom = Atom.objects.create(
            anchor=self.anchor,
            client_ref=uuid.uuid4(),
            maas_id=f"of {row.pk}",
            atom_type="boundary",
            content=f"of {row.pk}",
            confidence=0.9,
            source_type="prd",
            state=AtomState.SAVED,
        )
        Evidence.objects.create(atom=atom, message=row, quote="q")
        self.proofs[f"of {row.pk}"] = {row.pk}

    def is_reply(self, pk: uuid.UUID) -> bool:
        parent = self.said[pk].parent
        return bool(parent) and not self.said[pk].own

    def leave(self, talk: Talk, position: int) -> None:
        gone = talk.shown[position:]
        talk.shown = talk.shown[:position]
        talk.left |= dict(zip_longest(gone, gone[1:]))

    def is_visible(self, index: int, pk: uuid.UUID) -> bool:
        talk = self.talks[index]
        mine = self.said[pk].home == index or pk in talk.left
        return mine and pk not in talk.deleted

    def children(self, index: int, parent: uuid.UUID | None) -> list[uuid.UUID]:
        below = [s for s in self.said.values() if s.parent == parent]
        ordered = sorted(below, key=lambda said: said.order)
        return [s.id for s in ordered if self.is_visible(index, s.id)]

    def siblings(self, index: int, pk: uuid.UUID) -> list[uuid.UUID]:
        visible = self.children(index, self.said[pk].parent)
        everybody = {*visible, pk}
        return sorted(everybody, key=lambda sibling: self.said[sibling].order)

    def tail(self, index: int, pk: uuid.UUID) -> list[uuid.UUID]:
        found = [pk]
        while below := self.children(index, found[-1]):
            last = self.talks[index].left.get(found[-1])
            found.append(last if last in below else below[-1])
        return found

    def ancestors(self, pk: uuid.UUID) -> Iterator[uuid.UUID]:
        above: uuid.UUID | None = pk
        while above:
            yield above
            above = self.said[above].parent

    def upward(self, talk: Talk, pk: uuid.UUID) -> list[uuid.UUID]:
        chain = []
        for above in self.ancestors(pk):
            if above in talk.shown:
                break
            chain.append(above)
        return chain[::-1]

    def origins(self, index: int) -> list[int]:
        found = []
        above = self.talks[index].origin
        while above is not None:
            found.append(above)
            above = self.talks[above].origin
        return found

    def holds(self, index: int, pk: uuid.UUID) -> bool:
        """Whether a person can come back to it in this conversation."""
        talk = self.talks[index]
        mine = self.said[pk].home == index or pk in talk.left or pk in talk.shown
        return mine and not talk.purged & set(self.ancestors(pk))

    def is_live(self, index: int, content: str) -> bool:
        hidden = self.origins(index)
        return any(
            message in talk.shown
            for message in self.proofs[content]
            for other, talk in enumerate(self.talks)
            if other not in hidden
        )


@pytest.mark.django_db
def test_whatever_is_done_the_path_and_the_memory_follow(settings: Settings) -> None:
    settings.MEMORY_ATOMS = 10_000
    settings.TURNS_PER_MINUTE = 10_000
    settings.TOKENS_PER_DAY = 10**9
    run_state_machine_as_test(Tree, settings=PROFILE)


PROFILE: Any = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    # To find a shorter example takes minutes: only where there is time for it.
    phases=[Phase.generate] if EXAMPLES < 50 else tuple(Phase),
)
