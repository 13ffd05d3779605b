"""Embeddings from any server that speaks OpenAI's `/embeddings`, by EMBEDDING_MODEL.

Plain urllib: recall runs in a worker thread and needs one small call.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable

import numpy as np
from django.conf import settings

from embedded.maas.embedder import EmbeddingUnavailable, Matrix, unit

DEFAULT_BASE_URL = "https://api.openai.com/v1"
TIMEOUT_S = 10.0
BATCH = 256
Post = Callable[[urllib.request.Request], bytes]


class ServerEmbedder:
    """Vectors of another machine's model; their length is what the model gives."""

    remote = True

    def __init__(self, model: str, post: Post | None = None) -> None:
        self.name = f"server:{model}"
        self._model = model
        self._post = post or _post

    def vectors(self, lines: list[str]) -> Matrix:
        """See `Embedder`; raises `EmbeddingUnavailable`."""
        if not lines:
            return np.zeros((0, 0), dtype=np.float32)
        batches = [lines[i : i + BATCH] for i in range(0, len(lines), BATCH)]
        found: Matrix = np.concatenate([self._batch(batch) for batch in batches])
        return unit(found)

    def _batch(self, lines: list[str]) -> Matrix:
        base = settings.OPENAI_BASE_URL or DEFAULT_BASE_URL
        request = urllib.request.Request(
            f"{base}/embeddings",
            data=json.dumps({"model": self._model, "input": lines}).encode(),
            headers={
                "Authorization": f"Bearer {settings.OPENAI_API_KEY}",
                "Content-Type": "application/json",
            },
        )
        try:
            data = json.loads(self._post(request))["data"]
            data.sort(key=lambda entry: entry["index"])
            rows = np.array([entry["embedding"] for entry in data], dtype=np.float32)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
            msg = f"{base}/embeddings gave no vectors: {exc}"
            raise EmbeddingUnavailable(msg) from exc
        if rows.ndim != 2 or len(rows) != len(lines):
            msg = f"{base}/embeddings gave {rows.shape} for {len(lines)} lines"
            raise EmbeddingUnavailable(msg)
        return rows


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key goes to the configured server and to no other."""

    def redirect_request(self, *args: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def _post(request: urllib.request.Request) -> bytes:
    with _opener.open(request, timeout=TIMEOUT_S) as answer:
        body: bytes = answer.read()
    return body
