"""The learner's own page: what the tutor believes, why, and what one can say to it.

Every view is about the person who asks; there is no address of another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.request import PersonRequest, person_required
from tutor.classes.forms import HelpForm
from tutor.classes.rooms import Room, rooms_of
from tutor.models import Claim, Course, EndedClass
from tutor.people import export
from tutor.people.answers import ANSWERS
from tutor.people.courses import courses_of
from tutor.people.page import Shown, shown, steps_of


@require_GET
@never_cache
@person_required
def me(request: PersonRequest) -> HttpResponse:
    """The page, for the course that `course` names or the one practised last."""
    return page(request)


def page(
    request: PersonRequest, *, asking: tuple[UUID, HelpForm] | None = None
) -> HttpResponse:
    """The learner's page; `asking` is a question to a teacher that was not taken."""
    user, now = request.user, timezone.now()
    courses = list(courses_of(user))
    slug = request.GET.get("course", "")
    course = next((each for each in courses if each.slug == slug), None)
    if slug and course is None:
        raise Http404
    course = course or (courses[0] if courses else None)
    rooms = rooms_of(user, now)
    told: dict[str, object] = {
        "courses": courses,
        "rooms": rooms,
        "ended": EndedClass.objects.filter(learner=user),
        "shown": _shown(request, course, rooms) if course else None,
        "is_own": True,
        "asking": asking[1] if asking else None,
        "asking_room": asking[0] if asking else None,
    }
    status = 422 if asking else 200
    return render(request, "tutor/people/me.html", told, status=status)


def _shown(request: PersonRequest, course: Course, rooms: Sequence[Room]) -> Shown:
    """The calendar has the assignments that are not done, and no others."""
    given = [
        task.assignment
        for room in rooms
        if room.membership.classroom.course_id == course.pk
        for task in room.tasks
        if not task.is_done
    ]

    def trail(kind: str, key: str) -> str:
        return reverse("tutor:why", args=[course.slug, kind, key])

    return shown(request.user, course, timezone.now(), trail, given)


@require_GET
@never_cache
@person_required
def why(request: PersonRequest, course: str, kind: str, key: str) -> HttpResponse:
    """The trail of one number, with what one can say to it."""
    found = get_object_or_404(courses_of(request.user), slug=course)
    told = steps_of(request.user, found, kind, key, timezone.now())
    if told is None:
        raise Http404
    told |= {"course": found, "kind": kind, "is_own": True}
    told["back"] = f"{reverse('tutor:me')}?course={found.slug}"
    return render(request, "tutor/people/why.html", told)


@require_POST
@person_required
def answer(request: PersonRequest, pk: UUID, said: str) -> HttpResponse:
    """What the learner says to a claim: wrong, right, ask again, remove."""
    if said not in ANSWERS:
        raise Http404
    mine = Claim.objects.filter(learner=request.user).select_related("course", "atom")
    found = get_object_or_404(mine, pk=pk)
    act, told = ANSWERS[said]
    act(request.user, found)
    messages.success(request, str(told))
    return redirect(f"{reverse('tutor:me')}?course={found.course.slug}#beliefs")


@require_GET
@never_cache
@person_required
def download(request: PersonRequest, kind: str) -> HttpResponse:
    """Everything about the learner as a file: `kind` is "json", "csv" or "md"."""
    if kind not in export.KINDS:
        raise Http404
    make, media = export.KINDS[kind]
    text = make(request.user, timezone.now())
    response = HttpResponse(text, content_type=f"{media}; charset=utf-8")
    name = f"learning-{timezone.localtime():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
