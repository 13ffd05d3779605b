"""The page "Display": text, speech and keys; and what the pages ask of it in passing."""

from __future__ import annotations

import json

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts import shortcuts
from chatapp.accounts.models import User
from chatapp.accounts.reading import TextSize, TextWidth, next_size
from chatapp.accounts.request import PersonRequest, person_required

STEPS = {"larger": 1, "smaller": -1}


@require_GET
@never_cache
@person_required
def display(request: PersonRequest) -> HttpResponse:
    """How the person reads, listens and types."""
    page = {
        "sizes": TextSize.choices,
        "widths": TextWidth.choices,
        "groups": list(shortcuts.lines(request.user.chosen_keys)),
    }
    return render(request, "accounts/display.html", page)


@require_GET
@never_cache
@person_required
def help_sheet(request: PersonRequest) -> HttpResponse:
    """The shortcuts as the person has them, for the sheet that `?` opens."""
    groups = [
        (name, [each for each in group if each.keys])
        for name, group in shortcuts.lines(request.user.chosen_keys)
    ]
    page = {"groups": [each for each in groups if each[1]]}
    return render(request, "accounts/_help.html", page)


@require_POST
@person_required
def save_reading(request: PersonRequest) -> HttpResponse:
    """Size and width from the page; or one step larger or smaller, by a shortcut."""
    step = STEPS.get(request.POST.get("step", ""))
    if step is not None:
        return _stepped(request, step)
    size = request.POST.get("text_size", "")
    width = request.POST.get("text_width", "")
    if size not in TextSize.values or width not in TextWidth.values:
        messages.error(request, _("Choose one of the sizes and widths."))
        return redirect("accounts:display")
    User.objects.filter(pk=request.user.pk).update(text_size=size, text_width=width)
    messages.success(request, _("Text size and width are saved."))
    return redirect("accounts:display")


def _stepped(request: PersonRequest, step: int) -> HttpResponse:
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
        size = next_size(row.text_size, step)
        row.text_size = size.value
        row.save(update_fields=["text_size"])
    said = _("Text size: %(size)s") % {"size": size.label}
    response = HttpResponse(said, "text/plain; charset=utf-8")
    response["X-Text-Size"] = size.value
    return response


@require_POST
@person_required
def rebind(request: PersonRequest, action: str) -> HttpResponse:
    """Give one shortcut other keys, none (`keys` empty), or its first ones (`reset`).

    The answer is its row; refused keys are a 409 that says why, and change nothing.
    """
    if action not in shortcuts.SHORTCUTS:
        raise Http404
    keys = request.POST.get("keys", "")
    if request.POST.get("reset") == "yes":
        keys = shortcuts.SHORTCUTS[action].keys
    try:
        with transaction.atomic():
            # The person's row orders two tabs: neither loses what the other changed.
            row = User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
            row.chosen_keys = shortcuts.rebound(row.chosen_keys, action, keys)
            row.save(update_fields=["chosen_keys"])
    except shortcuts.Refused as exc:
        page: dict[str, object] = {"problem": str(exc)}
        return render(request, "conversations/_notice.html", page, status=409)
    now = shortcuts.bound(row.chosen_keys)
    page = {"line": shortcuts.line(action, now, row.chosen_keys)}
    response = render(request, "accounts/_shortcut.html", page)
    response["HX-Trigger"] = json.dumps({"keys:changed": {"keys": row.keys}})
    return response


@require_POST
@person_required
def reset_keys(request: PersonRequest) -> HttpResponse:
    """All shortcuts as they were at first."""
    User.objects.filter(pk=request.user.pk).update(chosen_keys={})
    messages.success(request, _("All shortcuts are as they were at first."))
    return redirect("accounts:display")
