"""The page on which a person says in which zone times are shown to them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chatapp.accounts import zones
from chatapp.accounts.models import User
from chatapp.accounts.request import PersonRequest, person_required


class ZoneForm(forms.Form):
    """One zone of the database; nothing else is taken."""

    zone = forms.CharField(max_length=User.ZONE_CHARS)

    def clean_zone(self) -> str:
        """Refuse what the database does not know."""
        name = str(self.cleaned_data["zone"])
        if zones.named(name) is None:
            raise forms.ValidationError(_("There is no such time zone."))
        return name


@require_http_methods(["GET", "POST"])
@never_cache
@person_required
def zone(request: PersonRequest) -> HttpResponse:
    """Show the zone that is in force, or take another one."""
    form = ZoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.user.zone = form.cleaned_data["zone"]
        request.user.save(update_fields=["zone"])
        chosen = _spoken(request.user.zone)
        messages.success(
            request, _("Times are shown for %(zone)s now.") % {"zone": chosen}
        )
        return redirect("accounts:zone")
    device = _device(request)
    page = {
        "current": zones.label() if zones.is_known() else "",
        "choices": [
            (area, [(name, _spoken(name)) for name in names])
            for area, names in zones.choices()
        ],
        "device": device,
        "device_spoken": _spoken(device),
        "now": timezone.now(),
        "problems": form.errors.get("zone", []),
    }
    return render(
        request, "accounts/zone.html", page, status=422 if page["problems"] else 200
    )


def _device(request: PersonRequest) -> str:
    """What this browser says, if that is not what is in force."""
    says = zones.named(request.COOKIES.get(zones.COOKIE, ""))
    return says.key if says and says.key != request.user.zone else ""


def _spoken(name: str) -> str:
    return name.replace("_", " ")
