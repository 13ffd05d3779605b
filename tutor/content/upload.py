"""Takes in the files that a teacher brings: several, or zips of them, within limits.

Nothing is written to a disk and no name in a zip is used as a path. What is read is
bounded before it is read: a zip's own word about its sizes counts for nothing.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from tutor.content.problems import Report

MOST_BYTES = 8_000_000
"""Of one upload, packed."""
MOST_TEXT = 8_000_000
"""Bytes of all files together, unpacked."""
MOST_FILE = 512_000
"""Bytes of one file."""
MOST_FILES = 5_000
_READ = (".toml", ".json")
_SKIPPED = ("__MACOSX", ".DS_Store", "Thumbs.db", ".git")


@dataclass
class Files:
    """The texts of an upload by name; `left_out` are names that no course consists of."""

    texts: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    size: int = 0


def unpack(uploads: Iterable[UploadedFile[Any]], report: Report) -> Files:
    """The files of an upload; what can not be read is reported by its name."""
    files = Files()
    uploads = list(uploads)
    if sum(upload.size or 0 for upload in uploads) > MOST_BYTES:
        limit = MOST_BYTES // 1_000_000
        report.add("", 0, _("An upload may have %(n)s MB at most.") % {"n": limit})
        return files
    for upload in uploads:
        name = PurePosixPath((upload.name or "file").replace("\\", "/")).name
        if name.lower().endswith(".zip"):
            _unzip(name, upload, files, report)
        elif _is_wanted(name):
            _take(name, upload.read(MOST_FILE + 1), files, report)
        else:
            files.left_out.append(name)
    files.texts = _without_common_folder(files.texts)
    return files


def _unzip(name: str, packed: UploadedFile[Any], files: Files, report: Report) -> None:
    try:
        with zipfile.ZipFile(packed) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES:
                message = _("The zip has more than %(n)s files.") % {"n": MOST_FILES}
                report.add(name, 0, message)
                return
            for member in members:
                if not _unzip_one(archive, member, files, report):
                    return
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        report.add(name, 0, _("This zip is damaged and can not be opened."))
    except NotImplementedError:
        report.add(name, 0, _("This zip is packed in a way that can not be opened."))
    except RuntimeError:  # what the library says of encrypted members
        report.add(name, 0, _("This zip asks for a password."))


def _unzip_one(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, files: Files, report: Report
) -> bool:
    """Take in one member; False when the upload as a whole has become too large."""
    name = member.filename.replace("\\", "/")
    path = PurePosixPath(name)
    if member.is_dir() or any(part in _SKIPPED for part in path.parts):
        return True
    if path.is_absolute() or ".." in path.parts or ":" in name or "\x00" in name:
        report.add(name[:100], 0, _("This name leads out of the zip."))
        return True
    if stat.S_ISLNK(member.external_attr >> 16):
        report.add(name, 0, _("This is a link and not a file."))
        return True
    if not _is_wanted(name):
        files.left_out.append(name)
        return True
    with archive.open(member) as packed:
        data = packed.read(MOST_FILE + 1)
    return _take(name, data, files, report)


def _take(name: str, data: bytes, files: Files, report: Report) -> bool:
    if len(data) > MOST_FILE:
        limit = MOST_FILE // 1000
        report.add(name, 0, _("A file may have %(n)s kB at most.") % {"n": limit})
        return True
    files.size += len(data)
    if files.size > MOST_TEXT or len(files.texts) >= MOST_FILES:
        limit = MOST_TEXT // 1_000_000
        message = _(
            "Unpacked, an upload may have %(n)s MB and %(files)s files at most."
        )
        report.add(name, 0, message % {"n": limit, "files": MOST_FILES})
        return False
    if name in files.texts:
        report.add(name, 0, _("This name occurs twice in the upload."))
        return True
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.add(name, line, _("This is no text in UTF-8."))
        return True
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        report.add(name, line, _("There is a zero byte in this text."))
        return True
    files.texts[name] = text.replace("\r\n", "\n")
    return True


def _is_wanted(name: str) -> bool:
    return name.lower().endswith(_READ)


def _without_common_folder(texts: dict[str, str]) -> dict[str, str]:
    """Names without the folders in which all of them stand."""
    while texts:
        tops = {name.split("/", 1)[0] for name in texts if "/" in name}
        if len(tops) != 1 or any("/" not in name for name in texts):
            break
        texts = {name.split("/", 1)[1]: text for name, text in texts.items()}
    return texts
