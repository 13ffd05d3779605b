"""allauth's forms: sign-up all or nothing, sign-in with a label that says what of."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.claim import AlreadyClaimed


class LoginForm(AllauthLoginForm):  # type: ignore[misc]  # untyped base
    """Says that either name is right; allauth only says "Login"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or e-mail")


class SignupForm(AllauthSignupForm):  # type: ignore[misc]  # untyped base
    """Saves person and e-mail address in one transaction.

    The form's checks passed when two people chose the same name in the same moment,
    or one guest pressed the button in two tabs; the database then decides.
    """

    def try_save(self, request: HttpRequest) -> Any:
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError as exc:
            messages.error(
                request, "That username was taken a moment ago. Please choose another."
            )
            where = HttpResponseRedirect(request.get_full_path())
            raise ImmediateHttpResponse(where) from exc
        except AlreadyClaimed as exc:
            messages.info(request, "You have already signed up in another tab.")
            where = HttpResponseRedirect(resolve_url("home"))
            raise ImmediateHttpResponse(where) from exc
