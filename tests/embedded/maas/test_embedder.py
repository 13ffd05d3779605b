"""Vectors without WordLlama's imports, equal to WordLlama's own."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import wordllama

from embedded.maas.embedder import EmbeddingUnavailable, WordLlamaEmbedder, embedder
from embedded.maas.embedding_server import ServerEmbedder

LINES = ["likes rainy jazz playlists", "/24 has 256 usable hosts", "a", "naïve café 42"]


def test_the_vectors_are_wordllamas_own() -> None:
    package = Path(wordllama.__file__).parent
    theirs = wordllama.WordLlama.load(cache_dir=package, disable_download=True)
    expected = theirs.embed(LINES, norm=True)
    ours = WordLlamaEmbedder()
    assert np.allclose(ours.vectors(LINES), expected, atol=1e-6)
    assert np.allclose(ours.vectors(LINES[:1]), expected[:1], atol=1e-6)


def test_a_line_without_known_words_is_zeros_and_near_nothing() -> None:
    rows = WordLlamaEmbedder().vectors(["", "재즈 음악", "jazz music"])
    assert not rows[:2].any()
    assert np.linalg.norm(rows[2]) == pytest.approx(1)


def test_it_is_loaded_once() -> None:
    assert embedder() is embedder()


def test_wordllamas_package_is_not_imported() -> None:
    code = (
        "import sys; from embedded.maas.embedder import WordLlamaEmbedder as W;"
        "W().vectors(['jazz', 'tea']);"
        "print([m for m in ('wordllama', 'requests', 'safetensors') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_a_server_gives_vectors_in_the_order_asked() -> None:
    history: list[urllib.request.Request] = []

    def post(request: urllib.request.Request) -> bytes:
        history.append(request)
        data = [{"index": 1, "embedding": [0, 2]}, {"index": 0, "embedding": [3, 0]}]
        return json.dumps({"data": data}).encode()

    rows = ServerEmbedder("small", post).vectors(["one", "two"])
    assert rows.tolist() == [[1, 0], [0, 1]]
    assert isinstance(history[0].data, bytes)
    assert json.loads(history[0].data) == {"model": "small", "input": ["one", "two"]}
    assert history[0].full_url.endswith("/v1/embeddings")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>", id="html"),
        pytest.param(b'{"error": {}}', id="error"),
        pytest.param(b'{"data": [{"index": 0, "embedding": [1]}]}', id="too-few"),
        pytest.param(b'{"data": "x"}', id="no-list"),
    ],
)
def test_a_server_that_gives_anything_else_is_named(body: bytes) -> None:
    with pytest.raises(EmbeddingUnavailable, match="gave"):
        ServerEmbedder("small", lambda _: body).vectors(["one", "two"])


def test_a_server_that_is_away_is_named() -> None:
    def post(_: urllib.request.Request) -> bytes:
        msg = "refused"
        raise urllib.error.URLError(msg)

    with pytest.raises(EmbeddingUnavailable, match="refused"):
        ServerEmbedder("small", post).vectors(["one"])
