"""A teacher's account is deleted: what others have stays theirs, the rest goes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatapp.accounts import leaving
from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations.models import Conversation
from chatapp.conversations.opening import open_conversation
from tests.tutor.content.test_validating import SOUND
from tutor.content.abandoned import remove_abandoned
from tutor.content.formats import read_any
from tutor.content.importing import take_in
from tutor.content.problems import Report
from tutor.content.visible import courses_for
from tutor.models import Classroom, Course, EndedClass, Evidence, Membership
from tutor.people.courses import offered_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher() -> User:
    return User.objects.create_user("teacher")


@pytest.fixture
def course(teacher: User) -> Course:
    return take_in(teacher, SOUND, read_any(SOUND, Report(), Report()))


def learner_of(course: Course, name: str = "learner") -> User:
    """Somebody with a lesson in the course and one piece of evidence from it."""
    learner = User.objects.create_user(name)
    open_conversation(learner, course.tutor, "tutor")
    Evidence.objects.create(
        learner=learner,
        course=course,
        concept="kilometres",
        kind="open",
        ok=True,
        at=timezone.now(),
    )
    return learner


def class_in(course: Course, teacher: User, *learners: User) -> Classroom:
    room = Classroom.objects.create(
        teacher=teacher, course=course, title="5b", teacher_name="Ms O"
    )
    for learner in learners:
        Membership.objects.create(
            classroom=room, learner=learner, name=learner.username
        )
    return room


def test_a_course_that_nobody_else_used_goes_with_its_owner(
    teacher: User, course: Course
) -> None:
    open_conversation(teacher, course.tutor, "tutor")
    teacher.delete()
    assert not Course.objects.filter(pk=course.pk).exists()
    assert not Character.objects.filter(pk=course.tutor_id).exists()
    assert not Conversation.objects.exists()


def test_a_course_that_others_learn_in_goes_on_without_an_owner(
    teacher: User, course: Course
) -> None:
    learner, stranger = learner_of(course), User.objects.create_user("stranger")
    User.objects.filter(pk=teacher.pk).delete()
    course.refresh_from_db()
    assert course.owner is None
    assert Evidence.objects.filter(learner=learner).count() == 1
    assert course in courses_for(learner)
    assert course not in courses_for(stranger), "it is no course of the site's"
    assert course not in offered_to(stranger)
    client = Client()
    client.force_login(learner)
    lesson = Conversation.objects.get(user=learner)
    assert client.get(f"/c/{lesson.pk}/").status_code == 200
    assert client.get(reverse("tutor:me")).status_code == 200
    seen = client.get(reverse("tutor:course", args=[course.slug])).content.decode()
    assert "Metres and centimetres" in seen
    assert "Three times a hundred" not in seen, "answers are the owner's to see"


def test_it_goes_when_its_last_learner_does(teacher: User, course: Course) -> None:
    learner, other = learner_of(course), learner_of(course, "other")
    teacher.delete()
    learner.delete()
    assert remove_abandoned() == 0
    other.delete()
    assert remove_abandoned() == 1
    assert not Character.objects.filter(pk=course.tutor_id).exists()


def test_the_class_of_a_deleted_teacher_ends_and_its_learners_are_told_once(
    teacher: User, course: Course
) -> None:
    learner = learner_of(course)
    class_in(course, teacher, learner)
    teacher.delete()
    assert not Classroom.objects.exists()
    client = Client()
    client.force_login(learner)
    told = client.get(reverse("tutor:me")).content.decode()
    assert "“5b” ended on" in told
    assert "account was deleted" in told
    ending = EndedClass.objects.get()
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger"))
    read = reverse("tutor:read_ending", args=[ending.pk])
    assert stranger.post(read).status_code == 404
    assert client.post(read).status_code == 302
    assert "“5b” ended on" not in client.get(reverse("tutor:me")).content.decode()


def test_who_is_deleted_together_with_their_teacher_is_not_told(
    teacher: User, course: Course
) -> None:
    """As guests are, in batches: a row about somebody who is gone would stop it."""
    learner, other = learner_of(course), learner_of(course, "other")
    class_in(course, teacher, learner, other)
    User.objects.filter(pk__in=[teacher.pk, learner.pk]).delete()
    assert list(EndedClass.objects.values_list("learner", flat=True)) == [other.pk]


def test_whoever_is_taken_out_or_whose_class_is_deleted_reads_so(
    teacher: User, course: Course
) -> None:
    learner, other = learner_of(course), learner_of(course, "other")
    room = class_in(course, teacher, learner, other)
    desk = Client()
    desk.force_login(teacher)
    place = Membership.objects.get(learner=learner)
    remove = reverse("tutor:remove", args=[room.pk])
    assert desk.post(remove, {"membership": ""}).status_code == 302
    assert desk.post(remove, {"membership": "0"}).status_code == 404
    desk.post(remove, {"membership": place.pk})
    desk.post(reverse("tutor:delete_class", args=[room.pk]), {"sure": "yes"})
    why = dict(EndedClass.objects.values_list("learner", "why"))
    assert why == {learner.pk: "removed", other.pk: "class"}


def test_an_operator_deletes_a_teacher_in_the_admin(
    teacher: User, course: Course
) -> None:
    learner_of(course)
    admin = Client()
    admin.force_login(User.objects.create_superuser("operator"))
    answer = admin.post(
        reverse("admin:accounts_user_delete", args=[teacher.pk]), {"post": "yes"}
    )
    assert answer.status_code == 302
    assert not User.objects.filter(pk=teacher.pk).exists()
    assert Course.objects.get(pk=course.pk).owner is None


def test_a_teacher_who_leaves_reads_what_ends_and_what_goes_on(
    teacher: User, course: Course
) -> None:
    learner, other = learner_of(course), learner_of(course, "other")
    class_in(course, teacher, learner, other)
    spare = Course.objects.create(
        slug="spare",
        title="Spare",
        topics="x",
        tutor=Character.objects.create(slug="t-spare", name="T", persona="T."),
        owner=teacher,
        brought=True,
    )
    told = {line.text: line.stays for line in leaving.told(teacher)}
    assert told == {
        "your class “5b”: it ends, and its 2 learners are told": False,
        f"your course “{course.title}”: others learn in it, so it goes on": True,
        "your course “Spare”, in which nobody else has learnt": False,
        "what the learners of your classes have shown: it stays theirs": True,
    }
    (of_learner,) = [
        line.text for line in leaving.told(learner) if "class" in line.text
    ]
    assert of_learner == "your place in 1 class, and what you asked there"
    leaving.leave(teacher)
    assert Course.objects.filter(pk=course.pk).exists()
    assert not Course.objects.filter(pk=spare.pk).exists()
    assert Evidence.objects.filter(learner=learner).exists()
