"""`make demo-class`: a class of 30 simulated learners, to show a teacher's page with.

Runs inside the site's settings, beside a running demo. The learners are those of
`bench.simulated_learners`, taught by the tutor's own policy over the last weeks; their
answers are written as evidence, as lessons would have. Everything is marked as made up,
and deleting the class's teacher (the command says how) removes all of it.
"""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice
from random import Random
from typing import TYPE_CHECKING

from tutor.learner.evidence import Kind as Seen
from tutor.learner.evidence import Piece

if TYPE_CHECKING:
    from tutor.content.course import CourseContent
    from tutor.models import Classroom, Course, Evidence

TEACHER = "demo-teacher"
TITLE = "Tuesday evening (made up)"
NAMES = [
    "Amara",
    "Ben",
    "Chiara",
    "Dinh",
    "Elif",
    "Farid",
    "Greta",
    "Hana",
    "Ines",
    "Jonas",
    "Kaya",
    "Lena",
    "Mateo",
    "Nadia",
    "Olu",
    "Pilar",
    "Quentin",
    "Rosa",
    "Sanne",
    "Tariq",
    "Uma",
    "Viktor",
    "Wanda",
    "Ximena",
    "Yusuf",
    "Zora",
    "Aoi",
    "Bram",
    "Cleo",
    "Dana",
]
SAID = (
    "{answer}",
    "I think it is {answer}",
    "{answer}, I am fairly sure",
    "it must be {answer}",
    "{answer}, as in the last one",
)
QUESTIONS = (
    ("Why does counting begin at zero here? I keep getting one too many.", ""),
    ("Could we go through the last assignment together? I got lost halfway.", ""),
    ("Is there a quick way to check a result before I send it?", "Work it backwards."),
)


def main() -> None:
    """Make the class anew and say how to look at it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--course", default="computer-networks")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password  # after setup

    from chatapp.accounts.models import User
    from tutor.models import Course

    User.objects.filter(username__startswith=f"{TEACHER}-").delete()
    User.objects.filter(username=TEACHER).delete()
    password = secrets.token_urlsafe(9)
    teacher = User.objects.create(username=TEACHER, password=make_password(password))
    course = Course.objects.get(slug=options.course)
    room = fill(teacher.pk, course, learners=options.learners, lessons=16)
    print(f"A class of {options.learners} made-up learners in “{course.title}”.")
    print(f"Sign in as {TEACHER} with {password}, then open /learn/classes/{room}/")
    print("Run this again for a new one; the old one is removed first.")


def fill(
    teacher: int, course: Course, *, learners: int, lessons: int, pasts: int = 30
) -> str:
    """A class with assignments, questions and consents; returns its id.

    `pasts` are so many different learners, who come again in a larger class.
    """
    from django.db import transaction
    from django.utils import timezone

    from chatapp.accounts.models import User
    from tutor.content.library import content
    from tutor.models import Classroom, Evidence, Membership

    now, known = timezone.now(), content(course)
    made = [past(known, number, now, lessons) for number in range(min(pasts, learners))]
    with transaction.atomic():
        room = Classroom.objects.create(
            teacher_id=teacher, course=course, title=TITLE, teacher_name="Ms Okafor"
        )
        people = User.objects.bulk_create(
            User(username=f"{TEACHER}-{secrets.token_hex(4)}-{n}")
            for n in range(learners)
        )
        Membership.objects.bulk_create(
            Membership(
                classroom=room,
                learner=each,
                name=_name(number),
                joined_at=now - timedelta(weeks=6),
                shares_since=now - timedelta(weeks=5) if number % 5 == 2 else None,
            )
            for number, each in enumerate(people)
        )
        Evidence.objects.bulk_create(
            (
                _row(each.pk, course.pk, known, piece)
                for each, own in zip(people, cycle(made), strict=False)
                for piece in own
            ),
            batch_size=5000,
        )
        _given(room, known, [each.pk for each in people], now)
    return str(room.pk)


def past(known: CourseContent, number: int, now: datetime, lessons: int) -> list[Piece]:
    """What one simulated learner has shown in so many lessons, the last one lately."""
    from bench.lessons import A_LESSON, answered
    from bench.simulated_learners import KINDS, Kind, SimulatedLearner
    from bench.teachers import Tutor

    # Errors that last, so that there is something to be seen of them.
    mixed_up = Kind("mixed up", gain=0.7, holds=0.8, shows=0.95, unlearns=0.06)
    kind = mixed_up if number % 2 else KINDS[number // 2 % len(KINDS)]
    rng = Random(f"class/{known.slug}/{number}")
    days = sorted(rng.sample(range(1, 42), lessons - 1))
    begin = now - timedelta(days=42, hours=rng.randint(1, 5))
    learner = SimulatedLearner(known, kind, rng, begin)
    tutor = Tutor(known)
    for day in (0, *islice(days, lessons - 1)):
        at = begin + timedelta(days=day)
        learner.sleep_until(at)
        tutor.begin(at)
        count = 0
        while count < A_LESSON and (item := tutor.ask(at)) is not None:
            given, at = answered(tutor, learner, item, at)
            count += given
    return tutor.seen


def _row(learner: int, course: int, known: CourseContent, piece: Piece) -> Evidence:
    from tutor.models import Evidence

    return Evidence(
        learner_id=learner,
        course_id=course,
        concept=piece.concept,
        kind=piece.kind.value,
        ok=piece.ok,
        hints=piece.hints,
        item=piece.item,
        misconception=piece.misconception,
        exposes=list(piece.exposes),
        quote=_words(known, piece, Random(f"{learner}/{piece.id}")),
        at=piece.at,
    )


def _words(known: CourseContent, piece: Piece, rng: Random) -> str:
    """What such a learner may have typed."""
    item = known.items[piece.item]
    if piece.kind is Seen.REVEALED:
        return ""
    wrong = [a for a, error in item.distractors.items() if error == piece.misconception]
    if piece.ok:
        answer = item.answer
    elif piece.misconception and wrong:
        answer = rng.choice(wrong)
    else:
        return "I am not sure"
    return rng.choice(SAID).format(answer=answer)[:240]


def _given(
    room: Classroom, known: CourseContent, learners: Sequence[int], now: datetime
) -> None:
    """Assignments that are over, running and just given; questions, one answered."""
    from tutor.models import Assignment, HelpRequest

    order = [each.slug for each in known.in_order()]
    for title, concepts, given, due in (
        ("To begin with", order[:2], 40, -20),
        ("Before the test", order[2:5], 20, -3),
        ("For next week", order[5:8], 6, 8),
    ):
        Assignment.objects.create(
            classroom=room,
            title=title,
            concepts=concepts,
            given_at=now - timedelta(days=given),
            due_on=(now + timedelta(days=due)).date(),
        )
    for number, (question, answer) in enumerate(QUESTIONS[: len(learners)]):
        HelpRequest.objects.create(
            classroom=room,
            course=room.course,
            learner_id=learners[number],
            question=question,
            concept=order[number + 1],
            asked_at=now - timedelta(hours=5 + 20 * number),
            answer=answer,
            answered_at=now - timedelta(hours=2) if answer else None,
        )


def _name(number: int) -> str:
    round_, place = divmod(number, len(NAMES))
    return NAMES[place] + (f" {round_ + 1}" if round_ else "")


if __name__ == "__main__":
    main()
