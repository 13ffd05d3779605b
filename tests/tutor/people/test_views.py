"""The learner's page: every number leads to its trail, and every claim can be answered."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatapp.accounts.models import User
from tests.tutor.people.history import Past
from tutor.learner import dispute
from tutor.learner.evidence import Kind
from tutor.learner.reading import learner_state
from tutor.models import Claim, Course, FollowUp
from tutor.seeding import seed_courses

pytestmark = pytest.mark.django_db
ME = "/learn/me/"
MIXED = "every-address-usable"


@pytest.fixture
def course() -> Course:
    seed_courses()
    return Course.objects.get(slug="computer-networks")


@pytest.fixture
def mina(client: Client) -> User:
    user = User.objects.create_user("mina")
    client.force_login(user)
    return user


@pytest.fixture
def past(mina: User, course: Course) -> Past:
    return Past(mina, course, timezone.now())


def page(client: Client, address: str = ME) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_nothing_known_offers_the_first_step(client: Client, mina: User) -> None:
    told = page(client)
    assert "Nothing is known about you as a learner yet" in told
    assert "Choose a course" in told


def test_every_number_of_the_page_leads_to_its_literal_quotes(
    client: Client, past: Past
) -> None:
    """Check 18."""
    past.answered("octet-largest", says="255, since eight ones are 255")
    past.said(
        Kind.STATED,
        "every address can be a host",
        concept="usable-hosts",
        misconception=MIXED,
    )
    told = page(client)
    trails = set(re.findall(r'href="(/learn/me/why/[^"]+)"', told))
    assert len(trails) == 2
    words = "".join(page(client, address) for address in trails)
    assert "255, since eight ones are 255" in words
    assert "every address can be a host" in words


def test_the_last_line_of_a_trail_is_the_number_of_the_page(
    client: Client, past: Past
) -> None:
    """Check 15."""
    for number, ok in enumerate((True, False, True)):
        past.answered("octet-largest", ok=ok, days_ago=3 - number)
    state = learner_state(past.learner, past.course, timezone.now())
    percent = round(100 * state.concepts["octets"].mean)
    trail = page(client, "/learn/me/why/computer-networks/concept/octets/")
    newest = trail.split("trail-moved")[1]
    assert f"<strong>{percent} %</strong>" in newest
    assert f"{percent} %" in page(client)


def test_what_is_seen_anew_after_a_removal_has_a_trail_of_its_own(
    client: Client, past: Past
) -> None:
    mixed = "octet-reaches-256"

    def shows_it(days_ago: float) -> None:
        for item in ("octet-largest", "octet-impossible"):
            past.answered(item, ok=False, days_ago=days_ago, misconception=mixed)

    shows_it(days_ago=3)
    dispute.forget(past.learner, Claim.objects.get(atom_type="misconception"))
    past.now = timezone.now()
    shows_it(days_ago=0)
    state = learner_state(past.learner, past.course, timezone.now())
    percent = round(100 * state.misconceptions[mixed].c)
    trail = page(client, f"/learn/me/why/computer-networks/misconception/{mixed}/")
    assert trail.count("trail-moved") == 2
    assert f"<strong>{percent} %</strong>" in trail.split("trail-moved")[1]
    again = Claim.objects.get(atom_type="misconception")
    assert reverse("tutor:answer", args=[again.pk, "wrong"]) in trail


def test_few_observations_are_spoken_of_as_a_guess(client: Client, past: Past) -> None:
    """Check 14."""
    past.answered("octet-largest")
    told = page(client)
    assert "perhaps within reach" in told
    for word in ("mastered", "always", "never", "truly", "expert"):
        assert word not in told.split("<main")[1].split('id="classes"')[0].lower()


def test_what_was_reached_is_due_for_refresh_and_never_lost(
    client: Client, past: Past
) -> None:
    """Check 19."""
    past.reached("octets", days_ago=200)
    told = page(client)
    assert "due for refresh" in told
    assert "lost" not in told.split("<main")[1].lower()
    assert (
        learner_state(past.learner, past.course, past.now)
        .concepts["octets"]
        .mastered_at
    )


def test_thats_wrong_lowers_the_number_asks_again_and_deletes_no_evidence(
    client: Client, past: Past
) -> None:
    """Check 18."""
    for number in range(2):
        past.answered(
            f"octet-{('largest', 'impossible')[number]}",
            ok=False,
            days_ago=2 - number,
            says="256",
            misconception="octet-reaches-256",
        )
    before = learner_state(past.learner, past.course, timezone.now())
    evidence = past.learner.evidence.count()
    claim = Claim.objects.get(learner=past.learner, atom_type="misconception")
    answer = client.post(reverse("tutor:answer", args=[claim.pk, "wrong"]), follow=True)
    assert "What you said before is kept" in answer.content.decode()
    after = learner_state(past.learner, past.course, timezone.now())
    key = "octet-reaches-256"
    assert after.misconceptions[key].c < before.misconceptions[key].c
    assert past.learner.evidence.count() == evidence + 1
    assert FollowUp.objects.filter(learner=past.learner, misconception=key).exists()


def test_the_export_holds_every_quote_and_a_formula_runs_nowhere(
    client: Client, past: Past
) -> None:
    past.answered("octet-largest", says="=HYPERLINK(1)")
    told = json.loads(page(client, f"{ME}export/json/"))
    assert told["courses"][0]["evidence"][0]["quote"] == "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in page(client, f"{ME}export/csv/")
    assert "Octets" in page(client, f"{ME}export/md/")
    assert client.get(f"{ME}export/exe/").status_code == 404


def test_another_course_or_claim_is_not_found(client: Client, past: Past) -> None:
    assert client.get(f"{ME}?course=nothing").status_code == 404
    for key in ("concept/nothing", "misconception/nothing", "nothing/octets"):
        address = f"/learn/me/why/computer-networks/{key}/"
        assert client.get(address).status_code == 404
