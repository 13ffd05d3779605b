"""The site's key: one, kept, and healed; no other process has to know about it."""

from __future__ import annotations

import stat
import threading
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from embedded.maas.access import authorise, credentials
from embedded.maas.models import ApiKey, Tenant
from embedded.maas.provision import KEY_FILE, site_key

pytestmark = pytest.mark.django_db(transaction=True)


def _opens(key: str, workspace: str) -> bool:
    headers = {"authorization": f"Bearer {key}", "x-workspace-id": workspace}
    return authorise(credentials(headers)).workspace == workspace


def test_the_key_opens_its_workspace_and_stays_the_same(tmp_path: Path) -> None:
    key = site_key(tmp_path, "anchorage", "enterprise-tutor")
    assert _opens(key, "anchorage")
    assert site_key(tmp_path, "anchorage", "enterprise-tutor") == key
    assert ApiKey.objects.count() == Tenant.objects.count() == 1


def test_the_key_is_for_its_user_only_and_stored_hashed(tmp_path: Path) -> None:
    key = site_key(tmp_path / "var", "anchorage", "enterprise-tutor")
    assert stat.S_IMODE((tmp_path / "var" / KEY_FILE).stat().st_mode) == 0o600
    row = ApiKey.objects.get()
    assert key not in (row.digest, row.hint, row.label)
    assert key.startswith(row.hint)
    assert len(row.hint) < 20


def test_many_asking_at_once_get_one_key(tmp_path: Path) -> None:
    keys: list[str] = []
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        try:
            keys.append(site_key(tmp_path, "anchorage", "enterprise-tutor"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 6
    assert len(set(keys)) == 1
    assert ApiKey.objects.count() == 1
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_an_emptied_database_is_healed_with_the_same_key(tmp_path: Path) -> None:
    key = site_key(tmp_path, "anchorage", "enterprise-tutor")
    Tenant.objects.all().delete()
    assert site_key(tmp_path, "anchorage", "enterprise-tutor") == key
    assert _opens(key, "anchorage")


def test_another_workspace_setting_is_opened_by_the_same_key(tmp_path: Path) -> None:
    key = site_key(tmp_path, "anchorage", "enterprise-tutor")
    assert site_key(tmp_path, "harbour", "enterprise-tutor") == key
    assert _opens(key, "harbour")


def test_a_file_that_holds_something_else_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("")
    with pytest.raises(RuntimeError, match="does not hold a key"):
        site_key(tmp_path, "anchorage", "enterprise-tutor")


def test_the_command_prints_a_key_that_opens_the_workspace() -> None:
    out = StringIO()
    call_command("maas_key", "acme-prod", stdout=out)
    key = out.getvalue().split("Bearer ")[1].split()[0]
    assert _opens(key, "acme-prod")
