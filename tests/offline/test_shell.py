"""The service worker and its page are one version, and know nothing of any person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from chatapp.accounts.models import User
from chatapp.offline import shell

ICONS = Path(__file__).resolve().parents[2] / "static" / "icons"


@pytest.fixture(autouse=True)
def _plain_files(settings: Settings) -> Iterator[None]:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }
    shell._worker.cache_clear()
    yield
    shell._worker.cache_clear()


def version(script: str) -> str:
    found = re.search(r'"shell-([0-9a-f]{12})"', script)
    assert found
    return found[1]


def test_the_worker_stands_at_the_root_and_is_asked_for_anew(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "worker-src 'self'" in answer["Content-Security-Policy"]
    assert "{{" not in answer.text


def test_the_page_loads_only_what_the_worker_keeps(client: Client) -> None:
    page = client.get("/offline/").text
    kept = json.loads(re.findall(r"const FILES = (.*);", shell.worker())[0])
    loaded = re.findall(r'(?:src|data-owner)="([^"]+)"', page)
    loaded += re.findall(r'<link rel="(?:icon|stylesheet)" href="([^"]+)"', page)
    assert sorted(loaded) == sorted(kept)
    assert all(address.endswith(shell.MARK) for address in kept)


@pytest.mark.django_db
def test_the_page_is_the_same_for_everybody(client: Client) -> None:
    nobody = client.get("/offline/")
    client.force_login(User.objects.create_user("ana-of-the-quay"))
    assert client.get("/offline/").content == nobody.content
    assert not nobody.cookies


def test_a_changed_file_is_another_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = version(shell.worker())
    assert version(shell.worker()) == before
    shell._worker.cache_clear()
    changed = tmp_path / "changed.js"
    changed.write_text("export {};")
    monkeypatch.setattr(finders, "find", lambda _name: str(changed))
    assert version(shell.worker()) != before


def test_another_language_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    english = version(shell.worker())
    with translation.override("ko"):
        assert version(shell.worker()) != english


def test_what_is_not_ours_is_never_answered() -> None:
    found = re.search(r"NOT_OURS = /(.*)/;", shell.worker())
    assert found
    pattern = re.compile(found[1].replace("\\/", "/"))
    for path in ("/admin/", "/v1/recall", "/api/v1/billing/maas/checkout-session"):
        assert pattern.search(path), path
    for path in ("/healthz", "/static/js/page.js", "/billing/maas/success", "/admin"):
        assert pattern.search(path), path
    for path in ("/c/0/export.json", "/learn/me/export/csv/", "/memories/export.md"):
        assert pattern.search(path), path
    for path in ("/", "/c/0a0a0a0a-0000-4000-8000-000000000000/", "/learn/me/"):
        assert not pattern.search(path), path
