"""Classes: what a teacher sees of learners, and what nobody sees."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chatapp.accounts.models import User
from tests.tutor.people.history import Past
from tutor.classes import invitations, joining
from tutor.classes.figures import ConceptFigure, figures
from tutor.content.library import content
from tutor.learner.reading import learner_state
from tutor.models import (
    Assignment,
    Classroom,
    Course,
    Evidence,
    HelpRequest,
    Invitation,
    Membership,
)
from tutor.people.page import shown
from tutor.seeding import seed_courses

pytestmark = pytest.mark.django_db
MIXED = "octet-reaches-256"


@pytest.fixture
def room() -> Classroom:
    seed_courses()
    return Classroom.objects.create(
        teacher=User.objects.create_user("teacher"),
        course=Course.objects.get(slug="computer-networks"),
        title="Tuesday",
        teacher_name="Ms Okafor",
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def page(room: Classroom) -> str:
    answer = signed_in(room.teacher).get(reverse("tutor:class", args=[room.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def joined(room: Classroom, name: str, *, shares: bool = False) -> Past:
    """A learner of the class; what they do comes next."""
    learner = User.objects.create_user(name.lower())
    Membership.objects.create(
        classroom=room,
        learner=learner,
        name=name,
        shares_since=timezone.now() if shares else None,
    )
    return Past(learner, room.course, timezone.now())


def mixed_up(past: Past, words: str) -> None:
    """Shows one mix-up twice, so that it is active."""
    for item, days in (("octet-largest", 2), ("octet-impossible", 1)):
        past.answered(item, ok=False, days_ago=days, says=words, misconception=MIXED)


def place(past: Past) -> Membership:
    return Membership.objects.get(learner=past.learner)


def test_sums_begin_with_three_learners(room: Classroom) -> None:
    """Check 27."""
    for name in ("Ana", "Bo"):
        mixed_up(joined(room, name), f"256 says {len(name)}")
    told = page(room)
    assert "Sums appear here when" in told
    assert "have practised" not in told.split("Sums appear")[0], "not even how many"
    assert "An octet goes up to 256" not in told
    mixed_up(joined(room, "Cy"), "256 of course")
    told = page(room)
    assert "Over 3 learners." in told
    assert "An octet goes up to 256" in told
    assert "256 of course" in told


def test_a_mix_up_of_two_is_counted_and_neither_named_nor_quoted(
    room: Classroom,
) -> None:
    for name in ("Ana", "Bo"):
        mixed_up(joined(room, name), "two hundred and fifty-six it is")
    joined(room, "Cy").answered("octet-largest")
    told = page(room)
    assert "fifty-six it is" not in told
    assert "1 mix-up is held by too few to be shown" in told


def test_every_number_is_the_sum_of_the_learners_own_pages(room: Classroom) -> None:
    """Check 27."""
    pasts = [joined(room, name) for name in ("Ana", "Bo", "Cy", "Dee")]
    for number, past in enumerate(pasts):
        past.reached("octets", days_ago=number + 1)
        past.answered("address-bits", ok=number > 1)
    now = timezone.now()
    own = [shown(p.learner, room.course, now, lambda *_: "").portrait for p in pasts]
    told = figures(room, now)
    assert told.answers == sum(each.answers for each in own)
    assert told.reached == sum(each.mastered for each in own)
    octets = next(each for each in told.concepts if each.slug == "octets")
    means = [next(c.mean for c in o.concepts if c.slug == "octets") for o in own]
    assert octets.percent == round(100 * sum(means) / 4)
    assert octets.answers == sum(
        c.n for each in own for c in each.concepts if c.slug == "octets"
    )


def test_a_newcomer_is_not_the_difference_of_two_pages(room: Classroom) -> None:
    for name in ("Ana", "Bo", "Cy"):
        joined(room, name).answered("octet-largest")
    before = figures(room, timezone.now())
    joined(room, "Dee").answered("octet-largest", ok=False)
    alone = figures(room, timezone.now())
    assert (alone.answers, alone.waiting) == (before.answers, True)
    assert "is counted together with the next ones" in page(room)
    joined(room, "Eli").answered("octet-largest")
    assert figures(room, timezone.now()).counted == 5


def by_concept(room: Classroom) -> dict[str, ConceptFigure]:
    return {each.slug: each for each in figures(room, timezone.now()).concepts}


def test_a_concept_needs_three_learners_who_are_not_all_but_one_seen(
    room: Classroom,
) -> None:
    pasts = {
        n: joined(room, n, shares=n in "Ana Bo") for n in ("Ana", "Bo", "Cy", "Dee")
    }
    for past in pasts.values():
        past.answered("octet-largest")
    for name in ("Ana", "Bo", "Cy"):
        pasts[name].answered("address-bits", ok=False)
    found = by_concept(room)
    assert found["octets"].learners == 4
    hidden = found[content(room.course).items["address-bits"].concept]
    assert not hidden.is_shown, "less Ana's and Bo's own pages it would be Cy's"
    told = figures(room, timezone.now())
    assert told.answers == found["octets"].answers, "nor is it what is left of a total"


def test_two_newcomers_of_whom_one_practised_a_concept_are_no_difference_in_it(
    room: Classroom,
) -> None:
    for name in ("Ana", "Bo", "Cy"):
        joined(room, name).answered("octet-largest")
    assert by_concept(room)["octets"].learners == 3
    joined(room, "Dee").answered("octet-largest", ok=False)
    joined(room, "Eli").answered("address-bits")
    assert figures(room, timezone.now()).counted == 5
    assert by_concept(room)["octets"].learners == 3
    joined(room, "Fay").answered("octet-largest")
    joined(room, "Gus").answered("address-bits")
    assert by_concept(room)["octets"].learners == 5


def test_when_one_of_three_leaves_nothing_is_left_to_subtract(room: Classroom) -> None:
    pasts = [joined(room, name) for name in ("Ana", "Bo", "Cy")]
    for past in pasts:
        past.answered("octet-largest")
    assert figures(room, timezone.now()).is_shown
    place(pasts[0]).delete()
    told = figures(room, timezone.now())
    assert not told.is_shown
    assert not told.concepts[0].is_shown
    Membership.objects.create(classroom=room, learner=pasts[0].learner, name="Ana")
    assert figures(room, timezone.now()).counted == 3


def test_what_was_seen_of_a_page_is_remembered_when_consent_is_withdrawn(
    room: Classroom,
) -> None:
    pasts = {n: joined(room, n, shares=n != "Cy") for n in ("Ana", "Bo", "Cy")}
    for past in pasts.values():
        past.answered("octet-largest")
    teacher = signed_in(room.teacher)
    address = reverse("tutor:learner", args=[room.pk, place(pasts["Ana"]).pk])
    assert teacher.get(address).status_code == 200
    signed_in(pasts["Ana"].learner).post(reverse("tutor:consent", args=[room.pk]))
    assert teacher.get(address).status_code == 404
    told = figures(room, timezone.now())
    assert not told.is_shown, "less what is remembered of two it would be Cy's"


def test_a_page_of_500_learners_takes_the_statements_of_one_of_three(
    room: Classroom,
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as taken:
            page(room)
        return len(taken)

    in_class_of(room, range(2))
    page(room)  # the first view of a day notes that the teacher was here
    in_class_of(room, range(2, 3))
    few = statements()
    in_class_of(room, range(3, 500))
    assert statements() == few < 40
    assert figures(room, timezone.now()).counted == 500


def in_class_of(room: Classroom, numbers: range) -> None:
    """Learners who have answered twice each, written at once."""
    people = User.objects.bulk_create(User(username=f"many-{n}") for n in numbers)
    Membership.objects.bulk_create(
        Membership(classroom=room, learner=each, name=each.username) for each in people
    )
    Evidence.objects.bulk_create(
        Evidence(
            learner=each,
            course=room.course,
            concept="octets",
            kind="open",
            ok=True,
            item=f"item-{day}",
            at=timezone.now() - timedelta(days=day),
        )
        for each in people
        for day in (1, 3)
    )


def test_quotes_tell_nobodys_name(room: Classroom) -> None:
    words = ("Ana thinks 256", "mail ana@example.com 256", "256 because of the zero")
    for name, said in zip(("Ana", "Bo", "Cy"), words, strict=True):
        mixed_up(joined(room, name), said)
    told = page(room)
    assert words[2] in told
    assert "thinks 256" not in told
    assert "example.com" not in told


def test_a_learners_page_is_the_teachers_only_while_the_learner_allows_it(
    room: Classroom,
) -> None:
    """Check 27."""
    past = joined(room, "Ana")
    past.answered("octet-largest", says="255 it is")
    teacher, learner = signed_in(room.teacher), signed_in(past.learner)
    address = reverse("tutor:learner", args=[room.pk, place(past).pk])
    why = reverse(
        "tutor:learner_why", args=[room.pk, place(past).pk, "concept", "octets"]
    )
    assert teacher.get(address).status_code == 404
    assert teacher.get(why).status_code == 404
    consent = reverse("tutor:consent", args=[room.pk])
    assert learner.post(consent, {"on": "yes"}).status_code == 302
    assert teacher.get(address).status_code == 200
    trail = teacher.get(why).content.decode()
    assert "255 it is" in trail
    assert "/c/" not in trail.split("<main")[1], "no way into the conversation"
    assert "That&#x27;s wrong" not in trail and "That's wrong" not in trail
    learner.post(consent, {"on": "no"})
    assert teacher.get(address).status_code == 404
    assert teacher.get(why).status_code == 404


def test_only_the_teacher_finds_the_class(room: Classroom) -> None:
    """Check 28."""
    past = joined(room, "Ana", shares=True)
    other = Classroom.objects.create(
        teacher=User.objects.create_user("other"), course=room.course, title="Other"
    )
    for client in (signed_in(past.learner), signed_in(other.teacher)):
        for name, args in (("class", []), ("learner", [place(past).pk])):
            address = reverse(f"tutor:{name}", args=[room.pk, *args])
            assert client.get(address).status_code == 404
    # Not even through a class of one's own.
    mixed = reverse("tutor:learner", args=[other.pk, place(past).pk])
    assert signed_in(other.teacher).get(mixed).status_code == 404


def test_a_link_is_shown_once_and_only_its_hash_is_kept(room: Classroom) -> None:
    teacher = signed_in(room.teacher)
    first = teacher.post(reverse("tutor:invite", args=[room.pk]), follow=True)
    (link,) = re.findall(r"/learn/classes/join/([\w-]+)/", first.content.decode())
    assert link not in page(room)
    assert link not in str(Invitation.objects.values_list("token_hash"))
    ana = signed_in(User.objects.create_user("ana"))
    address = reverse("tutor:join", args=[link])
    assert "Never your conversations" in ana.get(address).content.decode()
    assert ana.post(address, {"name": ""}).status_code == 422
    assert ana.post(address, {"name": "Ana"}).status_code == 302
    assert Membership.objects.get(classroom=room).shares_since is None
    teacher.post(reverse("tutor:invite", args=[room.pk]))
    assert ana.get(address).status_code == 404


def test_an_old_link_and_the_teachers_own_one_let_nobody_in(room: Classroom) -> None:
    token = invitations.invite(room, timezone.now() - invitations.VALID)
    ana = signed_in(User.objects.create_user("ana"))
    assert ana.get(reverse("tutor:join", args=[token])).status_code == 404
    token = invitations.invite(room, timezone.now())
    own = signed_in(room.teacher).post(
        reverse("tutor:join", args=[token]), {"name": "Me"}
    )
    assert own.status_code == 422
    joined(room, "Ana B")
    taken = ana.post(reverse("tutor:join", args=[token]), {"name": "aNA b"})
    assert "has this name already" in taken.content.decode()


def test_joining_twice_is_one_place_and_a_full_class_takes_nobody_else(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "MOST_LEARNERS", 1)
    address = reverse("tutor:join", args=[invitations.invite(room, timezone.now())])
    ana = signed_in(User.objects.create_user("ana"))
    for name, shares in (("Ana", "on"), ("Ana L", "")):
        assert ana.post(address, {"name": name, "shares": shares}).status_code == 302
    mine = Membership.objects.get(classroom=room)
    assert (mine.name, mine.shares_since) == ("Ana L", None)
    full = signed_in(User.objects.create_user("bo")).post(address, {"name": "Bo"})
    assert full.status_code == 422
    assert "This class is full." in full.content.decode()
    assert Membership.objects.count() == 1


def test_a_link_that_was_ended_lets_nobody_in_and_keeps_who_is_there(
    room: Classroom,
) -> None:
    address = reverse("tutor:join", args=[invitations.invite(room, timezone.now())])
    joined(room, "Ana")
    signed_in(room.teacher).post(
        reverse("tutor:invite", args=[room.pk]), {"close": "yes"}
    )
    bo = signed_in(User.objects.create_user("bo"))
    assert bo.post(address, {"name": "Bo"}).status_code == 404
    assert [each.name for each in room.memberships.all()] == ["Ana"]
    assert "No link leads into this class" in page(room)


def test_leaving_takes_everything_from_the_teacher_and_nothing_from_the_learner(
    room: Classroom,
) -> None:
    past = joined(room, "Ana", shares=True)
    past.answered("octet-largest")
    learner = signed_in(past.learner)
    learner.post(reverse("tutor:ask", args=[room.pk]), {"question": "Why 255?"})
    assert "Why 255?" in page(room)
    address = reverse("tutor:learner", args=[room.pk, place(past).pk])
    learner.post(reverse("tutor:leave", args=[room.pk]))
    assert "Why 255?" not in page(room)
    assert signed_in(room.teacher).get(address).status_code == 404
    assert HelpRequest.objects.get(learner=past.learner).question == "Why 255?"
    assert learner_state(past.learner, room.course, timezone.now()).concepts


def test_a_question_is_answered_once_and_an_empty_one_is_not_taken(
    room: Classroom,
) -> None:
    past = joined(room, "Ana")
    learner, teacher = signed_in(past.learner), signed_in(room.teacher)
    ask = reverse("tutor:ask", args=[room.pk])
    empty = learner.post(ask, {"question": "  "})
    assert empty.status_code == 422
    assert "Write what you would like to ask." in empty.content.decode()
    for _ in range(2):
        learner.post(ask, {"question": "Why 255?", "concept": "octets"})
    question = HelpRequest.objects.get()
    answer = reverse("tutor:answer_question", args=[room.pk, question.pk])
    assert teacher.post(answer, {"answer": ""}).status_code == 422
    for words in ("Eight ones.", "Something else."):
        teacher.post(answer, {"answer": words})
    told = learner.get(reverse("tutor:me")).content.decode()
    assert "Eight ones." in told
    assert "Something else." not in told


def assignment(**changes: Any) -> dict[str, Any]:
    due = timezone.localdate() + timedelta(days=3)
    form = {"title": "Octets", "concepts": ["octets"], "due_on": due.isoformat()}
    return form | changes


def test_an_assignment_stands_on_the_learners_page_until_it_is_practised(
    room: Classroom,
) -> None:
    past = joined(room, "Ana")
    past.answered("octet-largest", days_ago=1)  # before it was given
    teacher, learner = signed_in(room.teacher), signed_in(past.learner)
    for _ in range(2):
        teacher.post(reverse("tutor:assign", args=[room.pk]), assignment())
    assert Assignment.objects.count() == 1
    told = learner.get(reverse("tutor:me")).content.decode()
    assert "Octets (Tuesday)" in told
    assert "is-done" not in told
    past.now = timezone.now()
    past.answered("octet-impossible")
    done = learner.get(reverse("tutor:me")).content.decode()
    assert "is-done" in done
    assert "Octets (Tuesday)" not in done, "the calendar is of what is to be done"


def test_what_is_overdue_is_said_to_both_and_can_still_be_practised(
    room: Classroom,
) -> None:
    pasts = [joined(room, name) for name in ("Ana", "Bo", "Cy")]
    Assignment.objects.create(
        classroom=room,
        title="Late",
        concepts=["octets"],
        due_on=timezone.localdate() - timedelta(days=2),
        given_at=timezone.now() - timedelta(days=9),
    )
    for past in pasts[:2]:
        past.answered("octet-largest", days_ago=1)
    pasts[2].answered("address-bits", days_ago=1)
    desk = page(room)
    assert "Was due on" in desk
    assert "Practised in full since: 2 of 3 learners." in desk
    told = [
        signed_in(past.learner).get(reverse("tutor:me")).content.decode()
        for past in pasts
    ]
    assert "</strong>, done" in told[0]
    assert "it can still be practised" in told[2]
    assert "Late (Tuesday)" in told[2], "overdue stands under today"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"title": " "}, "Give the assignment a title", id="no title"),
        pytest.param({"concepts": []}, "at least one concept", id="no concept"),
        pytest.param({"concepts": ["x"]}, "no such concept", id="unknown concept"),
        pytest.param({"due_on": "2020-01-01"}, "This day is over", id="past"),
        pytest.param({"due_on": "soon"}, "This is no day", id="no day"),
        pytest.param({"due_on": "2999-01-01"}, "within the next year", id="far"),
    ],
)
def test_a_refused_assignment_says_why_and_keeps_what_was_typed(
    room: Classroom, changes: dict[str, Any], told: str
) -> None:
    sent = assignment(note="Keep this.") | changes
    answer = signed_in(room.teacher).post(reverse("tutor:assign", args=[room.pk]), sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "Keep this." in answer.content.decode()


def test_the_export_tells_no_more_than_the_page_and_runs_no_formula(
    room: Classroom,
) -> None:
    pasts = [joined(room, name) for name in ("=Ana()", "Bo", "Cy")]
    for past in pasts:
        mixed_up(past, "=256+0")
    teacher = signed_in(room.teacher)
    tables = {
        name: teacher.get(reverse("tutor:class_export", args=[room.pk, name]))
        for name in ("concepts", "mix-ups", "assignments", "learners")
    }
    text = {name: answer.content.decode("utf-8-sig") for name, answer in tables.items()}
    assert "'=Ana()" in text["learners"]
    assert ",no,,," in text["learners"]
    assert "“=256+0”" in text["mix-ups"]
    assert "fewer than three" in text["concepts"]
    for told in text.values():
        cells = [cell for line in told.splitlines() for cell in line.split(",")]
        assert not [c for c in cells if c.strip('"').startswith(("=", "+", "-", "@"))]
    missing = reverse("tutor:class_export", args=[room.pk, "people"])
    assert teacher.get(missing).status_code == 404


def test_a_class_is_made_once_and_deleted_only_when_the_box_is_ticked() -> None:
    seed_courses()
    teacher = signed_in(User.objects.create_user("teacher"))
    form = {"title": "Tuesday", "course": "computer-networks", "teacher_name": "Ms O"}
    assert teacher.post(reverse("tutor:classes"), {}).status_code == 422
    for _ in range(2):
        teacher.post(reverse("tutor:classes"), form)
    room = Classroom.objects.get()
    teacher.post(reverse("tutor:delete_class", args=[room.pk]))
    assert Classroom.objects.exists()
    teacher.post(reverse("tutor:delete_class", args=[room.pk]), {"sure": "yes"})
    assert not Classroom.objects.exists()


def test_a_stranger_with_a_link_is_told_what_it_is_before_signing_in(
    room: Classroom,
) -> None:
    token = invitations.invite(room, timezone.now())
    told = Client().get(reverse("tutor:join", args=[token])).content.decode()
    assert "Ms Okafor invites you" in told
    assert "Go on as a guest" in told
