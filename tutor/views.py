"""The pages of the tutor: the courses, and the start of a lesson."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.request import PersonRequest, SiteRequest, person_required
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.threads import listed
from tutor.content.visible import courses_for
from tutor.lane import TUTOR_LANE
from tutor.lessons import recap


@require_GET
@never_cache
def courses(request: SiteRequest) -> HttpResponse:
    """What one can learn, and the lessons so far."""
    user = request.user
    threads = listed(user) if user.is_authenticated else []
    lessons = [thread for thread in threads if thread.lane == "tutor"]
    page = {"courses": TUTOR_LANE.cards(user), "conversations": lessons}
    return render(request, "tutor/courses.html", page)


@require_POST
@person_required
def start(request: PersonRequest, slug: str) -> HttpResponse:
    """A new lesson in a course."""
    course = get_object_or_404(
        courses_for(request.user).select_related("tutor"), slug=slug
    )
    recap.end_idle(request.user, course)
    return redirect(open_conversation(request.user, course.tutor, "tutor"))
