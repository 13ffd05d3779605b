"""Settings of tests that use Django in their own process: quick, and nothing sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import override_settings

QUICK = {
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    "STORAGES": {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        # No manifest: nobody collected the static files for a test.
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        },
    },
}


@pytest.fixture(scope="session", autouse=True)
def _quick_settings() -> Iterator[None]:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns
    with override_settings(**QUICK):
        yield


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests() -> None:
    """Wrong passwords of an earlier test lock nobody out of a later one."""
    cache.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Before the test database is made: no pool that leads to the site's own is open.

    There is none of that name in a run, and a pool keeps the address it began with.
    """
    for connection in connections.all():
        if hasattr(connection, "close_pool"):
            connection.close_pool()
