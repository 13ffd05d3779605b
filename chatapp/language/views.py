"""The switch: a plain form, so that it works without JavaScript, too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chatapp.language.choice import choose, known


@require_POST
@never_cache
def switch(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language and go back to `next`; 204 for a page that stays.

    400 for a language that the pages do not have.
    """
    code = known(request.POST.get("language"))
    if not code:
        return HttpResponse(status=400)
    response: HttpResponse
    if request.POST.get("stay"):
        response = HttpResponse(status=204)
    else:
        where = request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(where, {request.get_host()})
        response = HttpResponseRedirect(where if is_ours else reverse("home"))
    choose(request, response, code)
    return response
