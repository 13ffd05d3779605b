"""Which format an upload has, and the course that it makes."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from tutor.content.oatutor import is_oatutor, read_oatutor
from tutor.content.problems import Report
from tutor.content.reading import ROOT, Draft, read
from tutor.content.validating import validate


def read_any(files: Mapping[str, str], report: Report, notes: Report) -> Draft:
    """Read and check files of either format. The course is sound if the report is empty.

    `notes` says what was left out of a course that is otherwise taken in.
    """
    own = {name: text for name, text in files.items() if name.endswith(".toml")}
    if not own and is_oatutor(files):
        return read_oatutor(files, report, notes)
    if not own:
        report.add(
            "", 0, _("There is neither a %(name)s nor a content pool.") % {"name": ROOT}
        )
        return Draft()
    return validate(own, report)


def reread(files: Mapping[str, str]) -> Draft:
    """A course whose files were checked when they were taken in."""
    if is_oatutor(files):
        return read_oatutor(files, Report(), Report())
    return read(files, Report())
