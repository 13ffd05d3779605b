"""Secrets of the site are made once, whoever starts first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatapp import settings


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret.key"
    secret = settings.kept_secret(path)
    assert len(secret) > 40
    assert settings.kept_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_read_the_same_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(settings.kept_secret, [path] * 8))
    assert len(found) == 1


def test_a_file_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.touch()
    threading.Timer(0.1, path.write_text, ["the-secret"]).start()
    assert settings.kept_secret(path) == "the-secret"


def test_an_empty_file_is_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret.key"
    path.touch()
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(ImproperlyConfigured, match="empty"):
        settings.kept_secret(path)
