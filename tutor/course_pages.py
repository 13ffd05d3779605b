"""Pages of teachers: bring a course, read what is wrong with it, look it through."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.request import PersonRequest, SiteRequest, person_required
from chatapp.conversations.markdown import render as render_text
from chatapp.conversations.models import Conversation
from tutor.content.course import Item
from tutor.content.formats import read_any
from tutor.content.importing import MOST_COURSES, StillNeeded, TooManyCourses, take_in
from tutor.content.library import content
from tutor.content.problems import Problem, Report
from tutor.content.upload import MOST_BYTES, unpack
from tutor.content.visible import courses_for
from tutor.models import Course

EXAMPLE = Path(__file__).parent / "content" / "example"
SHOWN_LEFT_OUT = 100
LEFT_OUT = "tutor_left_out"
"""Where the session holds what was left out of a course that was just taken in."""
MOST_SHOWN = 200
"""Items that the page of a course shows with their answers; the files have all."""


@require_GET
@never_cache
@person_required
def own(request: PersonRequest) -> HttpResponse:
    """The courses that a teacher brought, and the form for another one."""
    return render(request, "tutor/own_courses.html", _page(request))


@require_POST
@person_required
def bring(request: PersonRequest) -> HttpResponse:
    """Take in a course, or say what is wrong with it, each error by file and line."""
    if request.user.is_guest:
        return redirect("tutor:own_courses")
    report, notes = Report(), Report()
    uploads = request.FILES.getlist("files")
    if not uploads:
        report.add("", 0, _("No file was chosen."))
    files = unpack(uploads, report)
    if uploads and not len(report):
        draft = read_any(files.texts, report, notes)
    if not len(report):
        try:
            course = take_in(request.user, files.texts, draft)
        except TooManyCourses:
            message = _("You have %(n)s courses, and more are not possible.")
            report.add("", 0, message % {"n": MOST_COURSES})
        except StillNeeded as needed:
            message = _(
                "Learners have shown something about “%(slug)s”, so it has to stay, under"
                " this name. Its texts and items may change."
            )
            for slug in needed.args:
                report.add("", 0, message % {"slug": slug})
        else:
            return _taken(request, course, notes)
    page = _page(request) | {"problems": list(report)}
    return render(request, "tutor/own_courses.html", page, status=422)


def _taken(request: PersonRequest, course: Course, notes: Report) -> HttpResponse:
    """On to the course that was taken in, which tells once what was left out of it."""
    done = _("“%(title)s” is here. Look it through before you give it to learners.")
    messages.success(request, done % {"title": course.title})
    left_out = list(notes)
    if left_out:
        request.session[LEFT_OUT] = {
            "course": course.pk,
            "count": len(left_out),
            "notes": [[n.file, n.line, n.message] for n in left_out[:SHOWN_LEFT_OUT]],
        }
    return redirect("tutor:course", slug=course.slug)


@require_GET
@never_cache
def course(request: SiteRequest, slug: str) -> HttpResponse:
    """What a course teaches; its owner also sees items and answers."""
    found = get_object_or_404(courses_for(request.user), slug=slug)
    page = _course_page(request, found)
    told = request.session.get(LEFT_OUT)
    if told and told["course"] == found.pk:
        del request.session[LEFT_OUT]
        page["left_out"] = [Problem(*note) for note in told["notes"]]
        page["left_out_count"] = told["count"]
    return render(request, "tutor/course.html", page)


@require_POST
@person_required
def remove(request: PersonRequest, slug: str) -> HttpResponse:
    """Remove a course of one's own, as long as nobody has had a lesson in it."""
    found = get_object_or_404(Course, slug=slug, owner=request.user)
    if _lessons(found) or found.classroom_set.exists():
        text = _("“%(title)s” has lessons or classes, so it stays. You can replace it.")
        messages.error(request, text % {"title": found.title})
        return redirect("tutor:course", slug=slug)
    tutor = found.tutor
    found.delete()
    tutor.delete()
    gone = _("“%(title)s” is removed.") % {"title": found.title}
    messages.success(request, gone)
    return redirect("tutor:own_courses")


@require_GET
@person_required
def files(request: PersonRequest, slug: str) -> HttpResponse:
    """The files of a course of one's own, as a zip."""
    found = get_object_or_404(Course, slug=slug, owner=request.user)
    return _zipped(found.files, found.slug)


@require_GET
def example(request: SiteRequest) -> HttpResponse:
    """A small course to copy, as a zip."""
    texts = {p.name: p.read_text(encoding="utf-8") for p in EXAMPLE.glob("*.toml")}
    if not texts:
        raise Http404
    return _zipped(texts, "example-course")


def _zipped(texts: dict[str, str], name: str) -> HttpResponse:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, text in sorted(texts.items()):
            archive.writestr(f"{name}/{file}", text)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


def _page(request: PersonRequest) -> dict[str, object]:
    mine = Course.objects.filter(owner=request.user).select_related("tutor")
    return {
        "courses": [(course, _counts(course)) for course in mine],
        "is_guest": request.user.is_guest,
        "most_mb": MOST_BYTES // 1_000_000,
        "problems": [],
    }


def _course_page(request: SiteRequest, course: Course) -> dict[str, object]:
    taught = content(course)
    user = request.user
    is_owner = user.is_authenticated and course.owner_id == user.pk
    left = MOST_SHOWN
    concepts = []
    for concept in taught.in_order():
        items = taught.items_of(concept.slug)
        shown = items[: max(0, left)] if is_owner else []
        left -= len(shown)
        concepts.append(
            {
                "title": concept.title,
                "explanation": render_text(concept.explanation),
                "needs": [
                    taught.concepts[slug].title
                    for slug in concept.prerequisites
                    if slug in taught.concepts
                ],
                "misconceptions": taught.misconceptions_of(concept.slug),
                "count": len(items),
                "items": [_looked_through(item) for item in shown],
                "has_more": len(shown) < len(items),
            }
        )
    return {
        "course": course,
        "counts": _counts(course),
        "concepts": concepts,
        "is_owner": is_owner,
        "left_out": [],
        "left_out_count": 0,
    }


def _looked_through(item: Item) -> dict[str, object]:
    """An item as its owner reads it: with its answer and the whole ladder."""
    return {
        "prompt": render_text(item.prompt),
        "choices": [render_text(choice) for choice in item.choices],
        "answer": render_text(item.answer),
        "hints": [render_text(hint.text) for hint in item.hints],
    }


def _counts(course: Course) -> dict[str, int]:
    taught = content(course)
    return {
        "concepts": len(taught.concepts),
        "items": len(taught.items),
        "misconceptions": len(taught.misconceptions),
        "lessons": _lessons(course),
    }


def _lessons(course: Course) -> int:
    return Conversation.objects.filter(character=course.tutor_id).count()
