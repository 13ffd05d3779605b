"""A teacher brings a course; others do not see it."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from tests.tutor.content.test_oatutor import STEP, pool
from tests.tutor.content.test_upload import zipped
from tests.tutor.content.test_validating import LENGTHS, SOUND
from tutor.content import importing
from tutor.content.library import content
from tutor.content.visible import courses_for
from tutor.models import Classroom, Course, Evidence, Membership
from tutor.seeding import seed_courses

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher() -> User:
    return User.objects.create_user("teacher")


@pytest.fixture
def visit(teacher: User) -> Client:
    client = Client()
    client.force_login(teacher)
    return client


def bring(visit: Client, files: dict[str, str], name: str = "course.zip") -> str:
    packed = zipped({file: text.encode() for file, text in files.items()})
    answer = visit.post(
        "/learn/courses/import/",
        {"files": SimpleUploadedFile(name, packed)},
        follow=True,
    )
    return answer.content.decode()


def test_a_course_is_brought_and_can_be_taught(visit: Client, teacher: User) -> None:
    shown = bring(visit, SOUND)
    course = Course.objects.get(owner=teacher)
    assert "is here" in shown
    assert "Metres and centimetres" in shown
    assert content(course).items["metres-to-centimetres"].answer == "300"
    assert course.tutor.is_tutor
    started = visit.post(f"/learn/{course.slug}/start/")
    assert started.status_code == 302
    assert f">{course.title}<" in visit.get("/learn/").content.decode()


def test_several_files_are_a_course_too(visit: Client, teacher: User) -> None:
    files = [SimpleUploadedFile(n, t.encode()) for n, t in SOUND.items()]
    visit.post("/learn/courses/import/", {"files": files})
    assert Course.objects.filter(owner=teacher).count() == 1


def test_every_error_is_shown_and_nothing_is_taken_in(visit: Client) -> None:
    text = SOUND[LENGTHS].replace('answer = "300"', 'answer = "many"')
    text = text.replace('kind = "text"', 'kind = "essay"')
    shown = bring(visit, SOUND | {LENGTHS: text})
    assert "there are" in shown
    assert "line 23" in shown
    assert "must be one of numeric" in shown
    assert not Course.objects.exists()
    assert not Character.objects.exists()


def test_a_course_of_the_same_name_is_replaced(visit: Client, teacher: User) -> None:
    bring(visit, SOUND)
    first = Course.objects.get(owner=teacher)
    changed = SOUND["course.toml"].replace('"Metric lengths"', '"Lengths"')
    bring(visit, SOUND | {"course.toml": changed})
    again = Course.objects.get(owner=teacher)
    assert (again.pk, again.slug, again.title) == (first.pk, first.slug, "Lengths")
    assert again.tutor_id == first.tutor_id


def test_what_learners_have_shown_something_about_stays(
    visit: Client, teacher: User
) -> None:
    bring(visit, SOUND)
    course = Course.objects.get(owner=teacher)
    Evidence.objects.create(
        learner=teacher,
        course=course,
        concept="kilometres",
        kind="item",
        at=timezone.now(),
    )
    renamed = SOUND[LENGTHS].replace('"kilometres"', '"thousands"')
    shown = bring(visit, SOUND | {LENGTHS: renamed})
    assert "about “kilometres”, so it has to stay" in shown
    course.refresh_from_db()
    assert "kilometres" in content(course).concepts


def test_what_oatutor_calls_a_pool_is_a_course(visit: Client, teacher: User) -> None:
    picture = STEP | {"stepTitle": "##figure.gif##"}
    files = pool() | {"content-pool/b/steps/ba/ba.json": json.dumps(picture)}
    shown = bring(visit, files)
    assert "One problem was left out" in shown
    assert list(content(Course.objects.get(owner=teacher)).items) == ["sum1a"]


def test_nobody_else_sees_it_but_the_learners_of_a_class(
    visit: Client, teacher: User
) -> None:
    seed_courses()
    bring(visit, SOUND)
    course = Course.objects.get(owner=teacher)
    other = User.objects.create_user("other")
    client = Client()
    client.force_login(other)
    assert course not in courses_for(other)
    for url in (
        f"/learn/courses/{course.slug}/",
        f"/learn/courses/{course.slug}/files/",
    ):
        assert client.get(url).status_code == 404
    assert client.post(f"/learn/{course.slug}/start/").status_code == 404
    assert client.post(f"/learn/courses/{course.slug}/remove/").status_code == 404
    room = Classroom.objects.create(
        teacher=teacher, course=course, title="5b", teacher_name="T"
    )
    Membership.objects.create(classroom=room, learner=other, name="O")
    assert course in courses_for(other)
    seen = client.get(f"/learn/courses/{course.slug}/").content.decode()
    assert "Metres and centimetres" in seen
    assert "Three times a hundred" not in seen
    assert "300" not in seen


def test_a_guest_is_asked_to_sign_up_first(teacher: User) -> None:
    guest = User.objects.create_user("guest-1", is_guest=True)
    client = Client()
    client.force_login(guest)
    assert "Sign up first" in client.get("/learn/courses/").content.decode()
    bring(client, SOUND)
    assert not Course.objects.exists()


def test_only_so_many_courses_are_taken(
    visit: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_COURSES", 0)
    assert "more are not possible" in bring(visit, SOUND)
    assert not Course.objects.exists()


def test_a_course_without_lessons_can_be_removed(visit: Client, teacher: User) -> None:
    bring(visit, SOUND)
    course = Course.objects.get(owner=teacher)
    visit.post(f"/learn/{course.slug}/start/")
    visit.post(f"/learn/courses/{course.slug}/remove/")
    assert Course.objects.filter(pk=course.pk).exists()
    changed = SOUND["course.toml"].replace('"metric-lengths"', '"other"')
    bring(visit, SOUND | {"course.toml": changed})
    other = Course.objects.get(owner=teacher, tutor__conversation=None)
    visit.post(f"/learn/courses/{other.slug}/remove/")
    assert list(Course.objects.filter(owner=teacher)) == [course]
    assert not Character.objects.filter(slug=other.slug).exists()


def test_files_come_back_as_they_were(visit: Client, teacher: User) -> None:
    bring(visit, SOUND)
    course = Course.objects.get(owner=teacher)
    packed = visit.get(f"/learn/courses/{course.slug}/files/").content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        texts = {n.split("/")[1]: archive.read(n).decode() for n in archive.namelist()}
    assert texts == SOUND


def test_the_example_can_be_brought_as_it_is(visit: Client, teacher: User) -> None:
    packed = visit.get("/learn/courses/example/").content
    file = SimpleUploadedFile("example.zip", packed)
    visit.post("/learn/courses/import/", {"files": file})
    assert Course.objects.filter(owner=teacher).count() == 1


def test_names_and_texts_of_a_course_are_no_markup(visit: Client) -> None:
    changed = SOUND["course.toml"].replace('"Metric lengths"', '"<script>x</script>"')
    shown = bring(visit, SOUND | {"course.toml": changed})
    assert "<script>x" not in shown
    assert "&lt;script&gt;x" in shown
