"""The pages of an order: paying (a stand-in), what it brought, and giving up.

Their language is the link's, else the browser's. None of them may be cached: one shows
a key.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from embedded.maas.models import CheckoutSession
from embedded.maas.onboarding.checkout import origin
from embedded.maas.onboarding.handoff import DOCUMENTATION, handoff
from embedded.maas.onboarding.languages import LANGUAGES, language_of
from embedded.maas.onboarding.provisioning import NotPaid, pay, provision


@never_cache
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest, session_id: str) -> HttpResponse:
    """The stand-in for the payment provider: POST is "paid"."""
    if request.method == "POST":
        session = pay(_storable(session_id))
    else:
        session = _session(session_id)
    if session is None:
        return _page(request, "unknown", status=404)
    if session.paid_at is not None:
        return HttpResponseRedirect(_success_url(request, session))
    return _page(request, "checkout", session=session)


@never_cache
@require_GET
def success(request: HttpRequest) -> HttpResponse:
    """Provision what was paid for, and show the key the first time only."""
    session_id = request.GET.get("checkout_session_id", "")
    try:
        done = provision(_storable(session_id))
    except NotPaid:
        return _page(request, "unpaid", status=402, session=_session(session_id))
    if done is None:
        return _page(request, "unknown", status=404)
    here = origin(request)
    return _page(
        request,
        "success",
        session=done.session,
        done=done,
        base_url=f"{here}/v1",
        handoff=handoff(done, here),
    )


@never_cache
@require_GET
def cancel(request: HttpRequest) -> HttpResponse:
    """Nothing was charged; an order that is named can be taken up again."""
    session = _session(request.GET.get("checkout_session_id", ""))
    if session is not None and session.paid_at is not None:  # too late for that
        return HttpResponseRedirect(_success_url(request, session))
    return _page(request, "cancel", session=session)


def _session(session_id: str) -> CheckoutSession | None:
    return CheckoutSession.objects.filter(pk=_storable(session_id)).first()


def _storable(session_id: str) -> str:
    """PostgreSQL refuses NUL even in a question; no id of ours has one."""
    return session_id.replace("\x00", "")


def _success_url(request: HttpRequest, session: CheckoutSession) -> str:
    query = {"checkout_session_id": session.id}
    if "lang" in request.GET:
        query["lang"] = language_of(request).code
    return reverse("onboarding:success", query=query)


def _page(
    request: HttpRequest,
    name: str,
    *,
    status: int = 200,
    session: CheckoutSession | None = None,
    **context: Any,
) -> HttpResponse:
    language = language_of(request)
    context |= {
        "t": language.wording,
        "language": language,
        "languages": LANGUAGES,
        "documentation": DOCUMENTATION,
        "session": session,
        "product": language.wording.product_of(session) if session else "",
    }
    answer = render(request, f"onboarding/{name}.html", context, status=status)
    answer["Content-Language"] = language.code
    answer["Vary"] = "Accept-Language, Cookie"
    return answer
