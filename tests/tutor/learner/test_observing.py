"""One piece of evidence, from the row to the atom that the ledger holds."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation, Message
from chatapp.memories.models import Anchor, Atom, AtomState
from tests.conversations.tree import say
from tests.tutor.learner.pieces import day
from tutor.learner.evidence import Kind
from tutor.learner.misconception import Standing
from tutor.learner.observing import NoQuote, Observed, Seen, observe
from tutor.learner.reading import learner_state
from tutor.models import Claim, Course, Evidence

pytestmark = pytest.mark.django_db

CONCEPT = "tcp-udp"
ERROR = "udp-is-ordered"
SAID = "UDP guarantees that packets arrive in order"


def answer(
    learner: User, course: Course, at: datetime, *, ok: bool = True, **values: object
) -> Observed:
    given: dict[str, object] = {"item": uuid.uuid4().hex, "quote": "254"} | values
    seen = Seen(CONCEPT, Kind.OPEN, at, ok, **given)  # type: ignore[arg-type]  # of Seen
    return observe(learner, course, seen)


def stated(learner: User, course: Course, message: Message, at: datetime) -> Observed:
    seen = Seen(
        CONCEPT, Kind.STATED, at, misconception=ERROR, quote=SAID, message=message
    )
    return observe(learner, course, seen)


@pytest.fixture(name="message")
def lesson_message(lesson: Conversation) -> Message:
    say(lesson, f"I think {SAID}.")
    return Message.objects.get(conversation=lesson, role="user")


def test_a_concept_that_passes_the_gate_becomes_one_atom(
    learner: User, course: Course
) -> None:
    for number in range(4):
        observed = answer(learner, course, day(number))
    assert [change.after for change in observed.changes] == ["mastered"]
    atom = Atom.objects.get()
    assert atom.atom_type == "concept_mastered"
    assert atom.state == AtomState.PENDING  # saved is what the service confirmed
    assert atom.graded
    assert 0 < len(atom.content) <= 240
    state = learner_state(learner, course, day(3))
    assert atom.confidence == state.concept(CONCEPT).claim
    assert observed.state.concept(CONCEPT).evidence == tuple(
        Evidence.objects.values_list("pk", flat=True)
    )


def test_below_the_gate_nothing_is_said(learner: User, course: Course) -> None:
    for number in range(10):
        answer(learner, course, day(number), hints=1)
    assert not Atom.objects.exists()
    assert not Claim.objects.filter(atom_type="concept_mastered").exists()


def test_a_stated_error_becomes_a_weak_atom_with_its_quote(
    learner: User, course: Course, message: Message
) -> None:
    observed = stated(learner, course, message, day(0))
    assert observed.state.misconceptions[ERROR].state is Standing.WEAK
    atom = Atom.objects.get()
    assert atom.atom_type == "misconception"
    assert round(atom.confidence, 4) == 0.4815
    assert [proof.quote for proof in atom.evidence.all()] == [SAID]
    assert "may" in atom.content


def test_the_same_saying_is_one_row(
    learner: User, course: Course, message: Message
) -> None:
    stated(learner, course, message, day(0))
    again = stated(learner, course, message, day(1))
    assert not again.is_new
    assert Evidence.objects.count() == 1


def test_a_second_sighting_is_a_second_row_and_supersedes_the_atom(
    learner: User, course: Course, message: Message
) -> None:
    """Check 21."""
    stated(learner, course, message, day(0))
    observed = answer(
        learner, course, day(0, 5), ok=False, misconception=ERROR, quote="UDP"
    )
    assert [(c.before, c.after) for c in observed.changes] == [("weak", "active")]
    old, new = Atom.objects.order_by("created_at")
    assert old.superseded_by == new
    assert round(new.confidence, 2) == 0.88
    assert Claim.objects.get().atom == new
    assert Evidence.objects.count() == 2


def test_a_change_of_confidence_alone_makes_no_new_atom(
    learner: User, course: Course, message: Message
) -> None:
    stated(learner, course, message, day(0))
    answer(learner, course, day(0, 5), ok=False, misconception=ERROR, quote="UDP")
    before = Atom.objects.count()
    answer(learner, course, day(0, 9), exposes=(ERROR,))
    assert Atom.objects.count() == before
    claim = Claim.objects.select_related("atom").get(atom_type="misconception")
    assert claim.atom is not None
    assert claim.atom.confidence == claim.confidence < 0.7


def test_a_question_is_answered_once(learner: User, course: Course) -> None:
    question = uuid.uuid4()
    answer(learner, course, day(0), question=question)
    again = answer(learner, course, day(0, 1), question=question)
    assert not again.is_new
    assert again.state.concept(CONCEPT).n == 1


def test_words_that_nobody_said_prove_nothing(
    learner: User, course: Course, message: Message
) -> None:
    """Check 20."""
    seen = Seen(
        CONCEPT,
        Kind.STATED,
        day(0),
        misconception=ERROR,
        quote="TCP is slower",
        message=message,
    )
    with pytest.raises(NoQuote):
        observe(learner, course, seen)
    assert not Evidence.objects.exists()


def test_what_was_said_counts_while_its_message_is_shown(
    learner: User, course: Course, message: Message, lesson: Conversation
) -> None:
    stated(learner, course, message, day(0))
    lesson.pathentry_set.filter(message=message).delete()
    assert not learner_state(learner, course, day(0)).misconceptions


def test_the_words_go_with_the_message_and_graded_answers_stay(
    learner: User, course: Course, message: Message
) -> None:
    answer(learner, course, day(0), message=message, quote=SAID)
    message.delete()
    row = Evidence.objects.get()
    assert row.message is None
    assert row.quote == ""
    assert learner_state(learner, course, day(0)).concept(CONCEPT).n == 1


def test_two_learners_share_nothing(learner: User, course: Course) -> None:
    """Check 28."""
    other = User.objects.create_user("noor")
    for number in range(4):
        answer(learner, course, day(number))
    assert not learner_state(other, course, day(4)).concepts
    assert Anchor.objects.get(atoms__isnull=False).user == learner


def test_a_learner_has_one_anchor(
    learner: User, course: Course, lesson: Conversation
) -> None:
    answer(learner, course, day(0))
    assert Anchor.objects.filter(user=learner).count() == 1
