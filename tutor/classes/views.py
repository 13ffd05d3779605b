"""A teacher's pages: their classes, one class, and what can be done there.

Whoever is not the teacher of a class gets 404 for everything of it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chatapp.accounts.request import PersonRequest, person_required
from tutor.classes import asking, ending, export, invitations
from tutor.classes.assignments import progress_of
from tutor.classes.figures import figures, note_seen
from tutor.classes.forms import AnswerForm, AssignmentForm, ClassForm
from tutor.content.library import content
from tutor.models import Assignment, Classroom, Membership
from tutor.people import page as people_page
from tutor.people.courses import offered_to

NEW_LINK = "tutor_new_link"
"""Where the session holds a link that was just made, until the page showed it once."""


def taught(request: PersonRequest, pk: UUID) -> Classroom:
    """The class, if this person teaches it; 404 otherwise."""
    mine = Classroom.objects.filter(teacher=request.user).select_related(
        "course__tutor"
    )
    return get_object_or_404(mine, pk=pk)


@require_http_methods(["GET", "POST"])
@never_cache
@person_required
def classes(request: PersonRequest) -> HttpResponse:
    """The classes one teaches, those one is in, and the form for a new one."""
    form = ClassForm(
        request.POST if request.method == "POST" else None,
        courses=offered_to(request.user),
    )
    if request.method == "POST" and form.is_valid():
        return redirect("tutor:class", _class_of(request, form.cleaned_data).pk)
    user = request.user
    page = {
        "form": form,
        "courses": offered_to(request.user),
        "taught": [
            (room, room.memberships.count(), asking.unanswered(room).count())
            for room in Classroom.objects.filter(teacher=user).select_related("course")
        ],
        "joined": Membership.objects.filter(learner=user).select_related(
            "classroom__course"
        ),
    }
    status = 422 if form.errors else 200
    return render(request, "tutor/classes/list.html", page, status=status)


def _class_of(request: PersonRequest, wanted: dict[str, Any]) -> Classroom:
    """Pressing the button twice makes one class."""
    found, _created = Classroom.objects.get_or_create(
        teacher=request.user,
        course=wanted["course"],
        title=wanted["title"],
        defaults={"teacher_name": wanted["teacher_name"]},
    )
    return found


@require_GET
@never_cache
@person_required
def classroom(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One class."""
    return _page(request, taught(request, pk))


def _page(
    request: PersonRequest,
    room: Classroom,
    *,
    assigning: AssignmentForm | None = None,
    answering: tuple[int, AnswerForm] | None = None,
) -> HttpResponse:
    now = timezone.now()
    course = content(room.course)
    titles = {slug: concept.title for slug, concept in course.concepts.items()}
    told = figures(room, now)
    link = request.session.pop(NEW_LINK, None)
    waiting = list(asking.unanswered(room)[: asking.MOST_SHOWN])
    page = {
        "room": room,
        "figures": told,
        "link": link["url"] if link and link["room"] == str(room.pk) else "",
        "invitation": invitations.standing(room, now),
        "members": room.memberships.order_by("name", "pk"),
        "asked": [(each, titles.get(each.concept)) for each in waiting],
        "asked_more": max(0, asking.unanswered(room).count() - len(waiting)),
        "answered": [
            (each, titles.get(each.concept)) for each in asking.answered(room)
        ],
        "assignments": [
            progress_of(each, course, told.states.keys(), timezone.localdate(now))
            for each in room.assignments.select_related("classroom")
        ],
        "concepts": course.in_order(),
        "assigning": assigning or AssignmentForm(concepts=[]),
        "chosen": request.POST.getlist("concepts"),
        "answering": answering[1] if answering else None,
        "answering_pk": answering[0] if answering else 0,
        "today": timezone.localdate(now),
    }
    status = 422 if assigning or answering else 200
    return render(request, "tutor/classes/classroom.html", page, status=status)


@require_POST
@person_required
def invite(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Make a new link, which the page shows once; or close the way in."""
    room, now = taught(request, pk), timezone.now()
    if request.POST.get("close") == "yes":
        invitations.close(room, now)
    else:
        token = invitations.invite(room, now)
        url = request.build_absolute_uri(reverse("tutor:join", args=[token]))
        request.session[NEW_LINK] = {"room": str(room.pk), "url": url}
    return redirect(f"{reverse('tutor:class', args=[room.pk])}#invitation")


@require_POST
@person_required
def assign(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A new assignment."""
    room = taught(request, pk)
    course = content(room.course)
    offered = [(slug, concept.title) for slug, concept in course.concepts.items()]
    form = AssignmentForm(request.POST, concepts=offered)
    if not form.is_valid():
        return _page(request, room, assigning=form)
    wanted = form.cleaned_data
    # Sending the form twice gives one assignment.
    Assignment.objects.get_or_create(
        classroom=room,
        title=wanted["title"],
        due_on=wanted["due_on"],
        concepts=wanted["concepts"],
        defaults={"note": wanted["note"]},
    )
    return redirect(f"{reverse('tutor:class', args=[room.pk])}#assignments")


@require_POST
@person_required
def withdraw(request: PersonRequest, pk: UUID, assignment: int) -> HttpResponse:
    """Take an assignment back; what was practised for it stays the learners'."""
    room = taught(request, pk)
    get_object_or_404(room.assignments.all(), pk=assignment).delete()
    messages.success(request, _("The assignment was taken back."))
    return redirect(f"{reverse('tutor:class', args=[room.pk])}#assignments")


@require_POST
@person_required
def answer(request: PersonRequest, pk: UUID, asked: int) -> HttpResponse:
    """Answer a question. The first answer stands; a second press changes nothing."""
    room = taught(request, pk)
    question = get_object_or_404(asking.of(room), pk=asked)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, room, answering=(question.pk, form))
    asking.answer(question, form.cleaned_data["answer"], timezone.now())
    return redirect(f"{reverse('tutor:class', args=[room.pk])}#help")


def _shared(room: Classroom, membership: int) -> Membership:
    """The place of a learner who lets their teacher see their page; 404 otherwise.

    It is noted as seen: the teacher may remember its numbers later.
    """
    open_ones = room.memberships.exclude(shares_since=None).select_related("learner")
    found = get_object_or_404(open_ones, pk=membership)
    note_seen(room, found.learner_id)
    return found


@require_GET
@never_cache
@person_required
def learner(request: PersonRequest, pk: UUID, membership: int) -> HttpResponse:
    """A learner's page of this course, read only, if they let their teacher see it."""
    room = taught(request, pk)
    found = _shared(room, membership)

    def trail(kind: str, key: str) -> str:
        return reverse("tutor:learner_why", args=[room.pk, found.pk, kind, key])

    told = people_page.shown(found.learner, room.course, timezone.now(), trail)
    page = {"room": room, "membership": found, "shown": told, "is_own": False}
    return render(request, "tutor/classes/learner.html", page)


@require_GET
@never_cache
@person_required
def learner_why(
    request: PersonRequest, pk: UUID, membership: int, kind: str, key: str
) -> HttpResponse:
    """The trail of one of that learner's numbers."""
    room = taught(request, pk)
    found = _shared(room, membership)
    now = timezone.now()
    told = people_page.steps_of(found.learner, room.course, kind, key, now)
    if told is None:
        raise Http404
    told |= {"course": room.course, "kind": kind, "is_own": False}
    told["back"] = reverse("tutor:learner", args=[room.pk, found.pk])
    return render(request, "tutor/people/why.html", told)


@require_POST
@person_required
def remove(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take a learner out of the class, and tell them."""
    room = taught(request, pk)
    number = request.POST.get("membership", "")
    if not number.isdecimal():
        messages.error(request, _("Choose who is to be removed."))
        return redirect(f"{reverse('tutor:class', args=[room.pk])}#learners")
    found = get_object_or_404(room.memberships.all(), pk=number)
    with transaction.atomic():
        ending.removed(found)
        found.delete()
    messages.success(
        request, _("%(name)s is no longer in this class.") % {"name": found.name}
    )
    return redirect(f"{reverse('tutor:class', args=[room.pk])}#learners")


@require_POST
@person_required
def delete(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Delete the class; a box has to be ticked, since there is no undo."""
    room = taught(request, pk)
    if request.POST.get("sure") != "yes":
        return redirect(f"{reverse('tutor:class', args=[room.pk])}#delete")
    room.delete()
    messages.success(
        request, _("The class was deleted. Its learners keep all they learnt.")
    )
    return redirect("tutor:classes")


@require_GET
@never_cache
@person_required
def download(request: PersonRequest, pk: UUID, table: str) -> HttpResponse:
    """One table of the class as CSV."""
    room = taught(request, pk)
    if table not in export.TABLES:
        raise Http404
    text = export.table(room, table, timezone.now())
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"class-{table}-{timezone.now():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
