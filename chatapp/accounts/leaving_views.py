"""The page on which a person deletes their own account, guests as well."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ReauthenticateForm
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chatapp.accounts import leaving
from chatapp.accounts.request import PersonRequest, person_required


class LeavingForm(ReauthenticateForm):  # type: ignore[misc]  # untyped base
    """A box to tick, and the password of whoever has one; wrong ones are limited."""

    sure = forms.BooleanField(label=gettext_lazy("Yes, delete all of it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.user.has_usable_password():
            del self.fields["password"]  # a guest


@require_http_methods(["GET", "POST"])
@never_cache
@person_required
def leave(request: PersonRequest) -> HttpResponse:
    """Say what goes and what stays; delete it when the form says so.

    An operator's account is another operator's to delete: the last one stays.
    """
    user = request.user
    form = LeavingForm(request.POST or None, user=user)
    if request.method == "POST" and not user.is_staff and form.is_valid():
        leaving.leave(user)
        logout(request)
        messages.success(
            request, _("Your account is deleted, with everything that was in it here.")
        )
        return redirect("home")
    lines = leaving.told(user)
    page = {
        "form": form,
        "goes": [line.text for line in lines if not line.stays],
        "stays": [line.text for line in lines if line.stays],
        "can_delete": settings.EMBEDDED_MAAS,
        "is_scripted": settings.SCRIPTED_MODEL,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/leave.html", page, status=status)
