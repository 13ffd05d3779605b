"""/healthz: 200 when the site can serve, else 503 with the part that cannot."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test import Client

from chatapp import wiring
from chatapp.memories.pause import pause
from chatapp.operations import migrations_state, views
from memory.breaker import Breaker
from memory.errors import BillingBlocked


def test_a_healthy_site_says_so(client: Client, db: None) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "database": "ok",
        "migrations": "ok",
        "memory": "ok",
    }
    assert "no-store" in response["Cache-Control"]


def test_a_database_that_is_away_is_named_without_details(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def cursor(self) -> None:
            raise OperationalError("connection to db.internal refused")

    monkeypatch.setattr(views, "connection", Away())
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"] == "does not answer"
    assert b"internal" not in response.content


def test_a_database_without_the_newest_tables_is_named(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations_state, "_complete", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "1 missing"


def test_an_open_breaker_and_a_blocked_account_are_named_and_no_failure(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaker = Breaker()
    monkeypatch.setattr(wiring, "BREAKER", breaker)
    for _ in range(5):
        breaker.failed()
    response = client.get("/healthz")
    assert (response.status_code, response.json()["memory"]) == (200, "away")
    pause(BillingBlocked("unpaid"))
    response = client.get("/healthz")
    assert (response.status_code, response.json()["memory"]) == (200, "paused")


def test_it_only_looks(client: Client, db: None) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.head("/healthz").status_code == 200
