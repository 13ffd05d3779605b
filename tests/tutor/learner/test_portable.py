"""What is exported and imported into an empty site is believed there as it was here."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from chatapp.accounts.models import User
from chatapp.memories.models import Anchor, Atom
from tests.tutor.learner.pieces import day
from tests.tutor.learner.test_observing import CONCEPT, ERROR, answer
from tutor.learner import follow_ups
from tutor.learner.observing import recompute
from tutor.learner.portable import NoExport, imported
from tutor.learner.reading import learner_state
from tutor.models import Claim, Course, Evidence, FollowUp
from tutor.people.export import as_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(learner: User, course: Course) -> dict[str, Any]:
    """Of somebody who has mastered one thing, and has a mix-up and a follow-up."""
    for number in range(5):
        answer(learner, course, day(number), question=uuid.uuid4())
    for number in (6, 7):
        answer(learner, course, day(number), ok=False, misconception=ERROR)
    follow_ups.schedule(
        learner, course, "masks", day(9), now=day(7), concept=CONCEPT, quote="on Friday"
    )
    with transaction.atomic():
        recompute(learner, course, day(8))  # what is claimed falls with time
    found: dict[str, Any] = json.loads(as_json(learner, day(8)))
    return found


def told(user: User) -> list[tuple[object, ...]]:
    """Every claim and its atom, as far as they do not name rows."""
    fields = ("atom_type", "state", "confidence", "text", "concept")
    atoms = ("atom__content", "atom__confidence", "atom__atom_type", "atom__graded")
    return list(Claim.objects.filter(learner=user).values_list(*fields, *atoms))


def test_an_import_into_an_empty_site_reproduces_everything(
    learner: User, course: Course, document: dict[str, Any]
) -> None:
    """Check 29."""
    before, claims = learner_state(learner, course, day(8)), told(learner)
    for kept in (Claim, Evidence, FollowUp, Atom, Anchor):
        kept.objects.all().delete()
    learner.delete()
    other = User.objects.create_user("empty")
    found = imported(other, document)
    assert (found.evidence, found.follow_ups, found.known) == (7, 1, 0)
    after = learner_state(other, course, day(8))
    for one, now in zip(
        (before.concept(CONCEPT), before.misconceptions[ERROR]),
        (after.concept(CONCEPT), after.misconceptions[ERROR]),
        strict=True,
    ):
        named = {"evidence"}
        values = {k: v for k, v in vars(one).items() if k not in named}
        assert values == {k: v for k, v in vars(now).items() if k not in named}
    assert [f.due_at for f in after.follow_ups] == [day(9)]
    assert told(other) == claims
    assert len(claims) == 3


def test_importing_again_doubles_nothing(
    learner: User, document: dict[str, Any]
) -> None:
    claims = told(learner)
    found = imported(learner, document)
    assert (found.evidence, found.follow_ups, found.known) == (0, 0, 7)
    assert told(learner) == claims


def test_a_claim_in_a_document_is_believed_of_nobody(
    course: Course, document: dict[str, Any]
) -> None:
    other = User.objects.create_user("empty")
    document["courses"][0]["evidence"] = []
    imported(other, document)
    assert not learner_state(other, course, day(8)).concepts
    assert (
        not Claim.objects.filter(learner=other).exclude(atom_type="follow_up").exists()
    )


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "telepathy"},
        {"at": "yesterday"},
        {"at": "2026-01-01T00:00:00"},
        {"hints": "many"},
        {"question": "not-a-uuid"},
        {"exposes": 7},
    ],
    ids=["kind", "no time", "no zone", "hints", "question", "exposes"],
)
def test_a_document_with_one_broken_row_changes_nothing(
    document: dict[str, Any], change: dict[str, Any]
) -> None:
    other = User.objects.create_user("empty")
    document["courses"][0]["evidence"][3] |= change
    with pytest.raises(NoExport):
        imported(other, document)
    assert not Evidence.objects.filter(learner=other).exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "another"}', "[" * 9999])
def test_a_file_that_is_no_export_is_refused_with_a_sentence(
    learner: User, client: Client, text: str
) -> None:
    client.force_login(learner)
    file = SimpleUploadedFile("export.json", text.encode())
    answered = client.post(reverse("tutor:import"), {"file": file}, follow=True)
    assert answered.status_code == 200
    (said,) = answered.context["messages"]
    assert said.level_tag == "error"
    assert not Evidence.objects.exists()


def test_a_course_that_is_not_here_is_named(
    learner: User, client: Client, document: dict[str, Any]
) -> None:
    client.force_login(learner)
    document["courses"][0]["course"] = "alchemy"
    file = SimpleUploadedFile("export.json", json.dumps(document).encode())
    answered = client.post(reverse("tutor:import"), {"file": file}, follow=True)
    (said,) = answered.context["messages"]
    assert "alchemy" in str(said)
