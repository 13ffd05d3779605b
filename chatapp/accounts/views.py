"""The two pages allauth does not have: try it as a guest, and keep what you did."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import SignupView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chatapp.accounts.flood import wait_for_guest
from chatapp.accounts.guests import sign_in_new_guest


@require_POST
@never_cache
def guest(request: HttpRequest) -> HttpResponse:
    """Go on to `next`, as a new guest unless somebody is signed in already."""
    if not request.user.is_authenticated:
        wait_s = wait_for_guest(get_adapter().get_client_ip(request))
        if wait_s:
            minutes = max(1, round(wait_s / 60))
            messages.error(
                request,
                ngettext(
                    "Many guests have come from your network within the last hour. "
                    "Sign up, or try again in %(n)s minute.",
                    "Many guests have come from your network within the last hour. "
                    "Sign up, or try again in %(n)s minutes.",
                    minutes,
                )
                % {"n": minutes},
            )
            return redirect("account_signup")
        sign_in_new_guest(request)
    where = get_next_redirect_url(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
    return HttpResponseRedirect(where)


class ClaimView(SignupView):  # type: ignore[misc]  # untyped base
    """Sign-up for a guest, in words that say that everything is kept."""

    template_name = "accounts/claim.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A stranger has nothing to claim and gets the plain form."""
        if not request.user.is_authenticated:
            return redirect("account_signup")
        return super().dispatch(request, *args, **kwargs)


claim = ClaimView.as_view()
