"""Everything the site keeps, in one file, and back again.

The archive is a gzipped tar: a manifest with checksums, the database in PostgreSQL's
custom format, and the secrets under VAR_DIR, without which sessions and the embedded
memory service's key would be lost. It therefore is as secret as the site itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from chatapp.operations import dump

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.dump"
SECRETS = ("secret.key", "maas.key")
READ_BYTES = 1 << 20


class BrokenBackup(Exception):
    """The file is not a whole backup of ours; nothing has been touched."""


def backup(target: Path | None = None) -> Path:
    """Write a backup and return its path; without one, into VAR_DIR/backups.

    Raises DumpFailed. A file of that name is replaced only by a whole backup.
    """
    now = datetime.now(UTC)
    if target is None:
        folder = settings.VAR_DIR / "backups"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"anchorage-{now:%Y%m%d-%H%M%S}.tar.gz"
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        dump.save(folder / DATABASE)
        parts = [folder / DATABASE, *_secrets()]
        manifest = folder / MANIFEST
        manifest.write_text(
            json.dumps(
                {
                    "format": FORMAT,
                    "made": now.isoformat(),
                    "sha256": {part.name: _checksum(part) for part in parts},
                },
                indent=2,
            ),
            encoding="utf-8",
        )
        draft = folder / "draft"
        with (
            os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive,
        ):
            for part in (manifest, *parts):
                archive.add(part, arcname=part.name)
        draft.replace(target)
    return target


def restore(source: Path) -> str:
    """Replace everything by what `source` holds; returns when that was made.

    Raises BrokenBackup before anything is touched, and DumpFailed when the database
    refuses, which leaves it as it was.
    """
    with _unpacked(source) as (folder, manifest):
        dump.load(folder / DATABASE)
        for name in SECRETS:
            if name in manifest["sha256"]:
                # Inside VAR_DIR and then renamed: never half a key.
                draft = settings.VAR_DIR / f".{name}.restored"
                draft.write_bytes((folder / name).read_bytes())
                draft.chmod(0o600)
                draft.replace(settings.VAR_DIR / name)
        return str(manifest["made"])


def _secrets() -> list[Path]:
    paths = [settings.VAR_DIR / name for name in SECRETS]
    return [path for path in paths if path.exists()]


@contextmanager
def _unpacked(source: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    if not source.is_file():
        msg = f"There is no file {source}."
        raise BrokenBackup(msg)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            with tarfile.open(source, mode="r:gz") as archive:
                archive.extractall(folder, filter="data")
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            known = _check(folder, manifest)
        except (OSError, EOFError, ValueError, KeyError, tarfile.TarError) as exc:
            msg = f"{source} is not a whole backup of this site: {exc}."
            raise BrokenBackup(msg) from exc
        yield folder, known


def _check(folder: Path, manifest: Any) -> dict[str, Any]:
    """The manifest, when it fits the files. Raises ValueError, KeyError and OSError."""
    if not isinstance(manifest, dict) or manifest["format"] != FORMAT:
        msg = "its format is another version's"
        raise ValueError(msg)
    known = manifest["sha256"]
    if not isinstance(known, dict) or DATABASE not in known:
        msg = "it holds no database"
        raise ValueError(msg)
    for name, checksum in known.items():
        if name not in {DATABASE, *SECRETS} or _checksum(folder / name) != checksum:
            msg = f"{name} is damaged"
            raise ValueError(msg)
    if not dump.readable(folder / DATABASE):
        msg = f"PostgreSQL cannot read {DATABASE}"
        raise ValueError(msg)
    return manifest


def _checksum(path: Path) -> str:
    known = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            known.update(block)
    return known.hexdigest()
