"""A backup brings everything back, and a broken one touches nothing."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from asgiref.sync import SyncToAsync, async_to_sync, sync_to_async
from django.core.management import CommandError, call_command
from django.db import connection, connections
from pytest_django import Settings

from chatapp import direct
from chatapp.accounts.models import User
from chatapp.operations.backup import MANIFEST, BrokenBackup, backup, restore
from chatapp.operations.dump import DumpFailed

OF_A_TYPE = "SELECT %s::procrastinate_job_to_defer_v1[]"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _threads_hang_up() -> Iterator[None]:
    """A restore ends every connection; this thread would keep its own until it fails."""
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(autouse=True)
def var_dir(settings: Settings, tmp_path: Path) -> Path:
    """A VAR_DIR with the two secrets."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    (settings.VAR_DIR / "secret.key").write_text("first secret")
    (settings.VAR_DIR / "maas.key").write_text("first key")
    return tmp_path / "var"


def names() -> list[str]:
    return sorted(User.objects.values_list("username", flat=True))


def repacked(source: Path, target: Path, change: dict[str, bytes]) -> Path:
    """The archive with some of its parts replaced."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            part = old.extractfile(member)
            assert part is not None
            data = change.get(member.name, part.read())
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return target


def test_what_was_saved_comes_back(var_dir: Path) -> None:
    User.objects.create_user("ana")
    saved = backup()
    User.objects.all().delete()
    User.objects.create_user("later")
    (var_dir / "secret.key").write_text("second secret")
    (var_dir / "maas.key").unlink()
    restore(saved)
    assert names() == ["ana"]
    assert (var_dir / "secret.key").read_text() == "first secret"
    assert (var_dir / "maas.key").read_text() == "first key"
    assert (var_dir / "maas.key").stat().st_mode & 0o077 == 0


def test_a_backup_is_for_its_owner_alone() -> None:
    assert backup().stat().st_mode & 0o077 == 0


def test_two_restores_in_a_row_work(tmp_path: Path) -> None:
    User.objects.create_user("ana")
    first = backup(tmp_path / "first.tar.gz")
    restore(first)
    restore(backup(tmp_path / "second.tar.gz"))
    assert names() == ["ana"]


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_a_cut_off_archive_is_refused(
    tmp_path: Path, var_dir: Path, kept: float
) -> None:
    whole = backup().read_bytes()
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(whole[: int(len(whole) * kept)])
    _refused(cut, var_dir)


@pytest.mark.parametrize("part", ["database.dump", "secret.key", MANIFEST])
def test_a_changed_part_is_refused(tmp_path: Path, var_dir: Path, part: str) -> None:
    _refused(repacked(backup(), tmp_path / "odd.tar.gz", {part: b"{}"}), var_dir)


def test_a_dump_that_postgres_cannot_read_is_refused(
    tmp_path: Path, var_dir: Path
) -> None:
    saved = backup()
    with tarfile.open(saved) as archive:
        part = archive.extractfile(MANIFEST)
        assert part is not None
        manifest = json.loads(part.read())
    manifest["sha256"] = {
        "database.dump": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    }
    change = {MANIFEST: json.dumps(manifest).encode(), "database.dump": b""}
    _refused(repacked(saved, tmp_path / "odd.tar.gz", change), var_dir)


def test_an_archive_cannot_write_outside_its_place(
    tmp_path: Path, var_dir: Path
) -> None:
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(evil, "w:gz") as archive:
        member = tarfile.TarInfo("../../escaped")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    _refused(evil, var_dir)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenBackup, match="no file"):
        restore(tmp_path / "none.tar.gz")


def test_the_command_says_that_nothing_was_changed(tmp_path: Path) -> None:
    (tmp_path / "odd.tar.gz").write_bytes(b"no archive")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("restore", str(tmp_path / "odd.tar.gz"))


def test_a_database_that_refuses_is_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    User.objects.create_user("ana")
    saved = backup()
    User.objects.create_user("bo")
    prepare = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public; SELECT 1/0;"
    monkeypatch.setattr("chatapp.operations.dump.PREPARE", prepare)
    with pytest.raises(DumpFailed, match="division by zero"):
        restore(saved)
    assert names() == ["ana", "bo"]


def test_no_connection_outlives_what_it_has_prepared() -> None:
    saved = backup()
    with connection.cursor() as cursor:
        for _ in range(1 + connection.settings_dict["OPTIONS"]["prepare_threshold"]):
            cursor.execute(OF_A_TYPE, [[]])

    async def others() -> None:
        async with await direct.connect() as other:
            await sync_to_async(restore)(saved)
            with pytest.raises(psycopg.OperationalError):
                await other.execute("SELECT 1")

    async_to_sync(others)()
    with connection.cursor() as cursor:
        cursor.execute(OF_A_TYPE, [[]])


def _refused(archive: Path, var_dir: Path) -> None:
    User.objects.create_user("untouched")
    (var_dir / "secret.key").write_text("untouched")
    with pytest.raises(BrokenBackup):
        restore(archive)
    assert names() == ["untouched"]
    assert (var_dir / "secret.key").read_text() == "untouched"
