"""What a learner does with classes: join, let the teacher see, ask, leave."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chatapp.accounts.request import PersonRequest, SiteRequest, person_required
from tutor.classes import asking, invitations
from tutor.classes.forms import HelpForm, JoinForm
from tutor.classes.joining import CannotJoin, join, share
from tutor.content.library import content
from tutor.models import EndedClass, HelpRequest, Invitation, Membership
from tutor.people import views as people


def membership_of(request: PersonRequest, pk: UUID) -> Membership:
    """The person's place in the class; 404 if they have none."""
    mine = Membership.objects.filter(learner=request.user)
    return get_object_or_404(mine.select_related("classroom__course"), classroom=pk)


@require_http_methods(["GET", "POST"])
@never_cache
def join_class(request: SiteRequest, token: str) -> HttpResponse:
    """What the class is and what its teacher would see; joining it."""
    invitation = invitations.behind(token, timezone.now())
    if invitation is None:
        return render(request, "tutor/classes/no_invitation.html", status=404)
    if not request.user.is_authenticated:
        page = {"room": invitation.classroom}
        return render(request, "tutor/classes/invited.html", page)
    return _join(request, invitation)  # type: ignore[arg-type]  # a person's, as asked


def _join(request: PersonRequest, invitation: Invitation) -> HttpResponse:
    room = invitation.classroom
    mine = Membership.objects.filter(classroom=room, learner=request.user).first()
    known = "" if request.user.is_guest else request.user.display_name
    begin = {
        "name": mine.name if mine else known,
        "shares": bool(mine and mine.shares_since),
    }
    form = JoinForm(request.POST if request.method == "POST" else None, initial=begin)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            join(
                invitation,
                request.user,
                name=wanted["name"],
                shares=wanted["shares"],
                now=timezone.now(),
            )
        except CannotJoin as why:
            form.add_error("name", str(why))
        else:
            return redirect(_place(room.pk))
    page = {
        "form": form,
        "room": room,
        "mine": mine,
        "is_teacher": room.teacher_id == request.user.pk,
    }
    status = 422 if form.errors else 200
    return render(request, "tutor/classes/join.html", page, status=status)


@require_POST
@person_required
def consent(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Let the teacher see one's page, or no longer; it holds from this moment."""
    membership = membership_of(request, pk)
    share(membership, on=request.POST.get("on") == "yes", now=timezone.now())
    return redirect(_place(pk))


@require_POST
@person_required
def leave(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Leave the class; nothing of this person is the teacher's to see any more."""
    membership = membership_of(request, pk)
    membership.delete()
    title = membership.classroom.title
    messages.success(request, _("You have left “%(title)s”.") % {"title": title})
    return redirect("tutor:me")


@require_POST
@person_required
def ask(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Ask the teacher."""
    room = membership_of(request, pk).classroom
    form = HelpForm(request.POST)
    if not form.is_valid():
        return people.page(request, asking=(pk, form))
    concept = form.cleaned_data["concept"]
    known = concept in content(room.course).concepts
    question = form.cleaned_data["question"]
    asking.ask(room, request.user, question, concept if known else "")
    messages.success(request, _("Your teacher can read your question now."))
    return redirect(_place(pk))


@require_POST
@person_required
def take_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back a question, unless it was answered meanwhile."""
    mine = HelpRequest.objects.filter(learner=request.user)
    asking.withdraw(get_object_or_404(mine, pk=pk))
    return redirect(f"{reverse('tutor:me')}#classes")


@require_POST
@person_required
def read_ending(request: PersonRequest, pk: int) -> HttpResponse:
    """The person has read that a class is over."""
    get_object_or_404(EndedClass, pk=pk, learner=request.user).delete()
    return redirect(f"{reverse('tutor:me')}#classes")


def _place(pk: UUID) -> str:
    return f"{reverse('tutor:me')}#class-{pk}"
