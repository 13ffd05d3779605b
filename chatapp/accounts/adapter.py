"""Where django-allauth asks us: who signs up, who signs in, and how mail is sent."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext

from chatapp.accounts import claim
from chatapp.accounts.guests import NAME_PREFIX
from chatapp.accounts.models import User

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped base
    """allauth's own behaviour, and a guest loses nothing on the way to an account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Guests and strangers may sign up; whoever has an account goes home."""
        if request.user.is_authenticated and not claim.is_guest(request.user):
            raise ImmediateHttpResponse(HttpResponseRedirect(resolve_url("home")))
        return True

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse a name that looks like a guest's."""
        if username.lower().startswith(NAME_PREFIX):
            msg = gettext('A username can not begin with "%(prefix)s".') % {
                "prefix": NAME_PREFIX
            }
            raise ValidationError(msg)
        return str(super().clean_username(username, shallow))

    def save_user(
        self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True
    ) -> User:
        """Fill the guest's own row instead of a second one."""
        with transaction.atomic():
            guest = request.user
            row = claim.converted(guest) if claim.is_guest(guest) else user
            saved: User = super().save_user(request, row, form, commit)
        return saved

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in with a new session; tell the other apps which guest this was."""
        with transaction.atomic():
            guest = claim.locked_guest(request.user)
            super().login(request, user)
            if guest and guest.pk != user.pk:
                claim.guest_signed_in(guest, user)
                request.session[claim.WAS] = guest.pk

    def logout(self, request: HttpRequest) -> None:
        """Sign out, but not a guest who merely opened a link in a mail: no way back."""
        match = request.resolver_match
        opened_mail = match is not None and match.url_name == "account_confirm_email"
        if not (opened_mail and claim.is_guest(request.user)):
            super().logout(request)

    def send_mail(self, template_prefix: str, email: str, context: Any) -> None:
        """Send, or say that it did not work: a mail server's trouble fails no page."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            log.exception("Mail %s could not be sent", template_prefix)
            messages.error(
                self.request,
                "We could not send an e-mail just now. Please try again later.",
            )
