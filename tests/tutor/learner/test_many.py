"""Many learners are read in as many statements as one, and to the same numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.accounts.models import User
from tests.tutor.people.history import Past
from tutor.learner import many
from tutor.learner.evidence import Kind
from tutor.learner.many import outlines
from tutor.learner.reading import learner_state
from tutor.models import Claim, Course, Summary
from tutor.seeding import seed_courses

pytestmark = pytest.mark.django_db
MIXED = "octet-reaches-256"


@pytest.fixture
def course() -> Course:
    seed_courses()
    return Course.objects.get(slug="computer-networks")


def past_of(course: Course, name: str) -> Past:
    past = Past(User.objects.create_user(name), course, timezone.now())
    past.reached("octets", days_ago=3)
    for item, days in (("octet-largest", 2), ("octet-impossible", 1)):
        past.answered(item, ok=False, days_ago=days, says="256", misconception=MIXED)
    past.said(Kind.STATED, "a mask may have gaps", concept="masks", text="gaps")
    return past


def test_each_is_believed_to_be_what_their_own_page_says(course: Course) -> None:
    """Check 15."""
    pasts = [past_of(course, name) for name in ("ana", "bo")]
    ids = [past.learner.pk for past in pasts]
    later = timezone.now() + timedelta(days=40)
    for now in (timezone.now(), later):
        found = outlines([*ids, 0], course, now)
        for past in pasts:
            own = learner_state(past.learner, course, now)
            bare = {
                slug: replace(each, quote="", evidence=())
                for slug, each in own.concepts.items()
            }
            assert found[past.learner.pk].concepts == bare
            assert list(found[past.learner.pk].active) == own.active()
        assert found[0].concepts == {}


def test_a_new_answer_counts_at_once_and_nothing_is_read_again_without_one(
    course: Course,
) -> None:
    past = past_of(course, "ana")
    who = [past.learner.pk]
    before = outlines(who, course, timezone.now())[who[0]]
    with CaptureQueriesContext(connection) as again:
        outlines(who, course, timezone.now())
    assert len(again) == 2
    past.now = timezone.now()
    past.answered("address-bits")
    after = outlines(who, course, timezone.now())[who[0]]
    assert len(after.concepts) == len(before.concepts) + 1


def test_words_that_were_removed_are_gone_from_the_next_reading(
    course: Course,
) -> None:
    past = past_of(course, "ana")
    who = past.learner.pk
    assert outlines([who], course, timezone.now())[who].active[0].quote == "256"
    past.lesson.message_set.all().delete()
    assert outlines([who], course, timezone.now())[who].active[0].quote == ""


def test_a_misconception_that_the_learner_had_removed_is_not_among_them(
    course: Course,
) -> None:
    past = past_of(course, "ana")
    who = past.learner.pk
    assert outlines([who], course, timezone.now())[who].active
    Claim.objects.filter(learner=past.learner, key=MIXED).update(
        forgotten_at=timezone.now()
    )
    assert not outlines([who], course, timezone.now())[who].active


def test_another_process_reads_the_summaries_and_no_evidence(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    pasts = [past_of(course, name) for name in ("ana", "bo")]
    ids = [past.learner.pk for past in pasts]
    now = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(many, "_KEPT", many._Kept())
    with CaptureQueriesContext(connection) as taken:
        found = outlines(ids, course, now)
    assert not [q for q in taken if "exposes" in q["sql"]]
    for past in pasts:
        own = learner_state(past.learner, course, now)
        assert list(found[past.learner.pk].active) == own.active()
        assert own.active()[0].quote == "256"
        concepts = found[past.learner.pk].concepts
        assert concepts["octets"].due_at == own.concepts["octets"].due_at
        assert concepts["octets"].knowledge == own.concepts["octets"].knowledge
        assert concepts["octets"].mastered_at == own.concepts["octets"].mastered_at


def test_a_summary_holds_no_word_and_an_old_one_is_not_believed(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = past_of(course, "ana")
    who = past.learner.pk
    says = "fifty-six and two hundred"
    past.answered("octet-largest", ok=False, says=says, misconception=MIXED)
    kept = Summary.objects.get()
    assert outlines([who], course, timezone.now())[who].active[0].quote == says
    assert "fifty" not in str(kept.left)
    past.answered("address-bits")
    Summary.objects.update(mark=kept.mark, left=kept.left)
    monkeypatch.setattr(many, "_KEPT", many._Kept())
    assert "ipv4-addresses" in outlines([who], course, timezone.now())[who].concepts
    assert Summary.objects.get().mark != kept.mark
