"""Takes an export in again, on this site or from another one."""

from __future__ import annotations

import json

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chatapp.accounts.request import PersonRequest, person_required
from tutor.learner.portable import Imported, NoExport, imported

MOST_BYTES = 20_000_000


@require_POST
@person_required
def bring(request: PersonRequest) -> HttpResponse:
    """Take the file's evidence in; whatever is wrong with it changes nothing."""
    try:
        found = imported(request.user, _read(request.FILES.get("file")))
    except NoExport as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, told(found))
    return redirect("tutor:me")


def told(found: Imported) -> str:
    """What came of it, in words."""
    said = [
        ngettext(
            "%(n)s piece of evidence taken in.",
            "%(n)s pieces of evidence taken in.",
            found.evidence,
        )
        % {"n": found.evidence}
    ]
    if found.known:
        said.append(_("%(n)s were here before.") % {"n": found.known})
    if found.missing:
        names = ", ".join(found.missing)
        said.append(_("Courses that are not here: %(names)s.") % {"names": names})
    return " ".join(said)


def _read(file: UploadedFile[bytes] | None) -> object:
    if file is None:
        raise NoExport(_("Choose the JSON file of an export first."))
    if (file.size or 0) > MOST_BYTES:
        raise NoExport(_("The file is larger than 20 MB."))
    try:
        return json.loads(file.read().decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as exc:
        raise NoExport(_("The file is no JSON: choose the JSON export.")) from exc
