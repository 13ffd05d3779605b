"""What is extracted from a lesson's talk becomes evidence, or is refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation, Generation, Message
from chatapp.memories.book import TurnBook
from chatapp.memories.models import Atom, TurnRecord
from memory.extract import Candidate, Extraction
from tests.conversations.tree import say
from tutor.learner import follow_ups
from tutor.learner.misconception import Standing
from tutor.learner.reading import learner_state
from tutor.models import Course, Evidence

pytestmark = pytest.mark.django_db

HOSTS = "A /24 has 256 usable hosts."
Hear = Callable[..., TurnRecord]


def candidate(kind: str, quote: str, **values: object) -> Candidate:
    made = Candidate(kind, f"Learner: {quote}"[:240], 0.7, quote, "user", "prd")
    return replace(made, **values)  # type: ignore[arg-type]  # its own fields


@pytest.fixture
def hear(lesson: Conversation) -> Hear:
    """Say something in the lesson and have this extracted from it."""

    def heard(text: str, *found: Candidate) -> TurnRecord:
        begun = say(lesson, text)
        generation = Generation.objects.get(pk=begun.generation.pk)
        record, _ = TurnRecord.objects.get_or_create(
            generation=generation, defaults={"anchor": begun.anchor}
        )
        asked = generation.message.parent
        assert asked is not None
        book = TurnBook(
            record, user_message=asked.pk, assistant_message=generation.message_id
        )
        book._extracted(Extraction(found))
        record.refresh_from_db()
        return record

    return heard


def test_a_stated_error_of_the_course_is_known_by_its_name(
    learner: User, course: Course, hear: Hear
) -> None:
    record = hear(HOSTS, candidate("misconception", HOSTS))
    state = learner_state(learner, course, record.created_at)
    (held,) = state.misconceptions.values()
    assert held.state is Standing.WEAK
    assert not held.slug.startswith("said-")
    assert state.weak(held.concept) == [held]
    atom = Atom.objects.get()
    assert atom.brought_by == record
    assert atom.evidence.get().quote == HOSTS


def test_an_error_that_the_course_does_not_list_keeps_the_learner_s_words(
    learner: User, course: Course, hear: Hear
) -> None:
    words = "UDP guarantees that packets arrive in order"
    record = hear(f"I think {words}.", candidate("misconception", words))
    (held,) = learner_state(learner, course, record.created_at).misconceptions.values()
    assert held.slug.startswith("said-")
    assert held.concept
    assert words in Atom.objects.get().content


def test_the_same_error_in_another_case_is_one_atom_with_two_rows(
    learner: User, course: Course, hear: Hear
) -> None:
    """Check 21."""
    for words in (
        "UDP guarantees that packets arrive in order",
        "udp GUARANTEES that packets arrive, in order!",
    ):
        hear(words, candidate("misconception", words))
    assert Evidence.objects.count() == 2
    held = Atom.objects.filter(superseded_by=None)
    assert held.count() == 1
    assert held.get().evidence.count() == 2


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("256", "256"),
        ("is it 256 hosts? just a guess", "256 hosts? just a guess"),
        ("Oops, I meant 254. I wrote 256 usable hosts", "I wrote 256 usable hosts"),
        ("idk maybe it has 256 usable hosts", "idk maybe it has 256 usable hosts"),
    ],
)
def test_a_guess_or_a_slip_stores_nothing(text: str, quote: str, hear: Hear) -> None:
    """Check 20."""
    record = hear(text, candidate("misconception", quote))
    assert not Atom.objects.exists()
    assert not Evidence.objects.exists()
    assert len(record.rejected) == 1


def test_i_get_it_now_is_no_mastery(learner: User, course: Course, hear: Hear) -> None:
    words = "I understand subnet masks now"
    record = hear(words, candidate("concept_mastered", words))
    state = learner_state(learner, course, record.created_at)
    assert all(one.n == 0 for one in state.concepts.values())
    assert not Atom.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        "my notes say I'm right about subnet masks",
        "please don\N{RIGHT SINGLE QUOTATION MARK}t say I'm wrong about subnet masks",
        "my teacher told me subnet masks work like that",
        "I get subnet masks now",
        "subnet masks are easy, I understand them",
    ],
)
def test_no_pressure_and_no_word_of_theirs_moves_a_number(
    learner: User, course: Course, hear: Hear, words: str
) -> None:
    """Check 22, with an extractor that falls for it, beside an error that is held."""
    record = hear(HOSTS, candidate("misconception", HOSTS))
    before = learner_state(learner, course, record.created_at)
    (held,) = before.misconceptions.values()
    record = hear(words, candidate("concept_mastered", words))
    after = learner_state(learner, course, record.created_at)
    assert abs(after.misconceptions[held.slug].c - held.c) <= 0.02
    for slug in {*before.concepts, *after.concepts}:
        assert after.concept(slug).mean == before.concept(slug).mean


def test_a_goal_is_kept_and_its_change_takes_its_place(
    learner: User, course: Course, hear: Hear
) -> None:
    for month in ("June", "July"):
        words = f"I want to pass the CCNA exam in {month}"
        record = hear(words, candidate("goal", words, content=f"Learner {words[2:]}."))
    (goal,) = learner_state(learner, course, record.created_at).goals
    assert "July" in goal.text
    assert goal.confidence == 0.95
    old, new = Atom.objects.order_by("created_at")
    assert "July" in new.content
    assert old.state == "withdrawn" or old.superseded_by == new


def test_a_stuck_learner_is_remembered_for_thirty_days(
    learner: User, course: Course, hear: Hear
) -> None:
    words = "I don't understand subnet masks at all"
    record = hear(words, candidate("struggle_point", words))
    assert Atom.objects.get().confidence == 0.5
    later = record.created_at + timedelta(days=31)
    assert learner_state(learner, course, record.created_at).struggles
    assert not learner_state(learner, course, later).struggles


def test_nobody_is_a_kind_of_learner(hear: Hear) -> None:
    words = "I am a visual learner"
    record = hear(words, candidate("learning_style", words))
    assert not Atom.objects.exists()
    assert "kind of learner" in record.rejected[0]


def test_what_helped_is_kept_with_the_concept_it_helped_with(
    learner: User, course: Course, hear: Hear
) -> None:
    words = "the worked example about subnet masks really helped me"
    record = hear(words, candidate("learning_style", words))
    (one,) = learner_state(learner, course, record.created_at).approaches
    assert (one.name, one.helped, one.said) == ("worked-example", 1, True)
    assert "subnet" in Atom.objects.get().content.lower()


def test_a_follow_up_with_a_day_is_due_then(
    learner: User, course: Course, hear: Hear
) -> None:
    words = "Can we review subnet masks on Friday?"
    day = date(2030, 1, 4)
    record = hear(words, candidate("follow_up", words, on_date=day))
    assert not follow_ups.due(learner, record.created_at)
    (due,) = follow_ups.due(learner, record.created_at.replace(year=2031))
    assert due.due_at.date() == day
    assert Atom.objects.get().evidence.get().quote == words


def test_a_day_is_the_learner_s_and_so_is_the_date_that_is_remembered(
    learner: User, course: Course, hear: Hear
) -> None:
    User.objects.update(zone="Asia/Seoul")
    learner.refresh_from_db()
    words = "Can we review subnet masks on Friday?"
    record = hear(words, candidate("follow_up", words, on_date=date(2030, 1, 4)))
    (due,) = follow_ups.due(learner, record.created_at.replace(year=2031))
    assert due.due_at == datetime(2030, 1, 3, 19, tzinfo=UTC)  # four in the morning
    assert "2030-01-04" in Atom.objects.get().content
    # Elsewhere the same moment is told as it is there.
    User.objects.update(zone="America/Los_Angeles")
    learner.refresh_from_db()
    (later,) = learner_state(learner, course, record.created_at).follow_ups
    assert later.due_at.date() == date(2030, 1, 3)


def test_what_was_said_off_the_shown_path_is_not_believed(
    learner: User, course: Course, hear: Hear, lesson: Conversation
) -> None:
    record = hear(HOSTS, candidate("misconception", HOSTS))
    message = Message.objects.get(conversation=lesson, role="user")
    lesson.pathentry_set.filter(message=message).delete()
    assert not learner_state(learner, course, record.created_at).misconceptions
