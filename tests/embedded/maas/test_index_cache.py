"""Copies in memory: right after every change, the same in every process, bounded."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connection

from embedded.maas import atoms, index_cache
from embedded.maas.access import Access, Scope, authorise, credentials
from embedded.maas.body import Body
from embedded.maas.changes import Changes, read_changes
from embedded.maas.embedder import Embedder, embedder
from embedded.maas.index import AnchorIndex
from embedded.maas.index_cache import IndexCache
from embedded.maas.models import Anchor, Atom, Workspace
from embedded.maas.provision import issue
from embedded.maas.ranking import rank
from embedded.maas.storing import Draft, Kept, store
from embedded.maas.text import read_query

WITHIN_S = 30
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(name="access")
def _access() -> Access:
    key = issue("acme", "enterprise-tutor")
    return authorise(credentials({"x-api-key": key, "x-workspace-id": "acme"}))


def _anchor(access: Access) -> Scope:
    workspace = Workspace.objects.get(pk=access.workspace_id)
    return Scope(Anchor.objects.create(workspace=workspace, name="Pair").id, 0)


def _store(access: Access, scope: Scope, *contents: str) -> list[Kept]:
    drafts = [Draft(content=content, source_type="prd") for content in contents]
    return store(access, scope, drafts)


def _ask(cache: IndexCache, scope: Scope, text: str) -> list[tuple[str, float]]:
    query = read_query(text)
    lines = embedder().vectors(query.lines)
    seq = Anchor.objects.values_list("seq", flat=True).get(pk=scope.anchor_id)
    with cache.use([Scope(scope.anchor_id, seq)]) as index:
        found = rank(index, query, lines, user="", limit=5)
        return [(index.content_of(c.row), round(c.score, 3)) for c in found]


def _ask_in_a_thread(cache: IndexCache, scope: Scope) -> list[tuple[str, float]]:
    try:
        return _ask(cache, scope, "jazz")
    finally:
        connection.close()


class Gate:
    """Stands before what is read for an index: who comes waits until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        self.asked: list[dict[uuid.UUID, int]] = []
        monkeypatch.setattr(index_cache, "read_changes", self._read)

    def _read(self, since: dict[uuid.UUID, int], using: Embedder) -> Iterator[Changes]:
        self.asked.append(dict(since))
        self.reached.set()
        assert self.opened.wait(WITHIN_S)
        yield from read_changes(since, using)


def test_what_another_process_wrote_is_found(access: Access) -> None:
    web, worker = IndexCache(10**9), IndexCache(10**9)
    scope = _anchor(access)
    assert _ask(web, scope, "jazz") == _ask(worker, scope, "jazz") == []
    _store(access, scope, "User likes jazz.", "User drinks tea.")
    assert [c for c, _ in _ask(web, scope, "jazz")] == ["User likes jazz."]
    _store(access, scope, "User plays jazz piano.")
    assert len(_ask(web, scope, "jazz")) == 2
    assert _ask(web, scope, "jazz") == _ask(worker, scope, "jazz")


def test_added_one_by_one_or_built_at_once_the_scores_are_the_same(
    access: Access,
) -> None:
    scope, grown = _anchor(access), IndexCache(10**9)
    contents = [f"User met {name} for tea." for name in ("Mara", "Jon", "Yuki", "Ana")]
    for content in contents * 10:
        _store(access, scope, content)
        _ask(grown, scope, "tea")
    query = "Who drank tea with Yuki?"
    assert _ask(grown, scope, query) == _ask(IndexCache(10**9), scope, query)


def test_a_forgotten_atom_is_gone_everywhere(access: Access) -> None:
    web, scope = IndexCache(10**9), _anchor(access)
    first, _ = _store(access, scope, "User likes jazz.", "User hates jazz.")
    assert len(_ask(web, scope, "jazz")) == 2
    atoms.delete_atom(access, Body({}), str(first.id))
    assert [c for c, _ in _ask(web, scope, "jazz")] == ["User hates jazz."]
    assert _ask(web, scope, "jazz") == _ask(IndexCache(10**9), scope, "jazz")


def test_the_least_recently_used_index_goes_first(access: Access) -> None:
    scopes = [_anchor(access) for _ in range(3)]
    for scope in scopes:
        _store(access, scope, "User likes jazz.")
    cache = IndexCache(0)
    for scope in scopes:
        assert _ask(cache, scope, "jazz")
    assert list(cache._entries) == [{scopes[2].anchor_id}]
    assert cache.nbytes > 1_000
    assert _ask(cache, scopes[0], "jazz")


def test_a_failed_build_leaves_nothing_behind(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, scope = IndexCache(10**9), _anchor(access)
    _store(access, scope, "User likes jazz.")
    with monkeypatch.context() as patch:
        patch.setattr(AnchorIndex, "_append", lambda *_: uuid.UUID("no id"))
        with pytest.raises(ValueError, match="UUID"):
            _ask(cache, scope, "jazz")
    assert _ask(cache, scope, "jazz")


def test_vectors_of_another_model_are_made_again(access: Access) -> None:
    scope = _anchor(access)
    _store(access, scope, "User likes rainy jazz playlists.")
    Atom.objects.update(embedded_by="server:older", vector=b"\x00\x3c" * 3)
    assert _ask(IndexCache(10**9), scope, "Put on some music")


def test_several_anchors_asked_together_are_one_index(access: Access) -> None:
    cache, first, second = IndexCache(10**9), _anchor(access), _anchor(access)
    [old] = _store(access, first, "User likes jazz.")
    _store(access, second, "User hates jazz in the morning.")
    query = read_query("jazz")
    lines = embedder().vectors(query.lines)

    def ask() -> list[str]:
        numbers = dict(Anchor.objects.values_list("pk", "seq"))
        scopes = [Scope(s.anchor_id, numbers[s.anchor_id]) for s in (first, second)]
        with cache.use(scopes) as index:
            found = rank(index, query, lines, user="", limit=5)
            return sorted(index.content_of(c.row) for c in found)

    assert ask() == ["User hates jazz in the morning.", "User likes jazz."]
    atoms.delete_atom(access, Body({}), str(old.id))
    _store(access, second, "User sings jazz.")
    assert ask() == ["User hates jazz in the morning.", "User sings jazz."]
    draft = Draft(
        content="User never sings jazz now.",
        source_type="prd",
        metadata={"supersedes": str(Atom.objects.get(content="User sings jazz.").id)},
    )
    store(access, second, [draft])
    assert len(ask()) == 3


def test_two_callers_build_an_index_once(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, scope = IndexCache(10**9), _anchor(access)
    _store(access, scope, "User likes jazz.")
    gate, given_back = Gate(monkeypatch), threading.Event()
    monkeypatch.setattr(
        index_cache, "connection", SimpleNamespace(close=given_back.set)
    )
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(_ask_in_a_thread, cache, scope)
        assert gate.reached.wait(WITHIN_S)
        second = threads.submit(_ask_in_a_thread, cache, scope)
        # It waits for the first, and holds no connection meanwhile.
        assert given_back.wait(WITHIN_S)
        gate.opened.set()
        assert first.result(WITHIN_S) == second.result(WITHIN_S) != []
    assert gate.asked == [{scope.anchor_id: 0}]


def test_a_cold_index_keeps_nobody_else_waiting(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, large, other = IndexCache(10**9), _anchor(access), _anchor(access)
    for scope in (large, other):
        _store(access, scope, "User likes jazz.")
    assert _ask(cache, other, "jazz")
    gate = Gate(monkeypatch)
    with ThreadPoolExecutor(1) as threads:
        building = threads.submit(_ask_in_a_thread, cache, large)
        assert gate.reached.wait(WITHIN_S)
        assert _ask(cache, other, "jazz")
        assert not building.done()
        gate.opened.set()
        assert building.result(WITHIN_S)


def test_an_anchor_larger_than_the_whole_cache_answers(access: Access) -> None:
    cache, scope, other = IndexCache(1_000), _anchor(access), _anchor(access)
    _store(access, scope, *(f"User likes jazz from {year}." for year in range(50)))
    _store(access, other, "User likes jazz.")
    for _ in range(2):
        assert len(_ask(cache, scope, "jazz")) == 5
        assert len(_ask(cache, other, "jazz")) == 1
    assert len(cache._entries) == 1


def test_one_more_atom_is_added_and_nothing_read_again(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, scope = IndexCache(10**9), _anchor(access)
    _store(access, scope, *(f"User likes jazz from {year}." for year in range(20)))
    _ask(cache, scope, "jazz")
    read: list[int] = []
    apply = AnchorIndex.apply

    def counted(index: AnchorIndex, changes: Changes) -> None:
        read.append(len(changes.ids))
        apply(index, changes)

    monkeypatch.setattr(AnchorIndex, "apply", counted)
    _store(access, scope, "User likes tea.")
    assert [c for c, _ in _ask(cache, scope, "tea")] == ["User likes tea."]
    _ask(cache, scope, "tea")
    assert read == [1]
