"""What was stored before a change of the search is found after it."""

from __future__ import annotations

from importlib import import_module

import pytest
from channels.db import database_sync_to_async as in_db
from django.apps import apps

from embedded.maas.index_cache import CACHE
from embedded.maas.models import Atom
from tests.embedded.maas.caller import Caller


async def test_terms_of_stored_atoms_are_made_anew(
    acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchor = await acme.anchor()
    contents = ["재즈를 좋아한다.", "강아지를 키운다.", "첼로를 배운다."]
    for content in contents:
        await acme.atom(anchor, content)
    gone = await acme.atom(anchor, "면접이 있다.")
    await acme.delete(f"/v1/atoms/{gone}")
    await in_db(Atom.objects.update)(terms=b"")
    migration = import_module("embedded.maas.migrations.0005_terms_as_stems")
    monkeypatch.setattr(migration, "BATCH", 2)
    await in_db(migration.make_anew)(apps, None)
    CACHE.clear()
    for content in contents:
        found = await acme.recall(anchor, content[:2])
        assert [item["content"] for item in found["items"]] == [content]
    assert (await acme.recall(anchor, "면접"))["items"] == []
