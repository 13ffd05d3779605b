"""Turns lines of text into unit vectors: WordLlama from its wheel, or a server.

WordLlama's files are read without importing its package, whose own imports cost
50 MB that a small site does not have. The vectors are equal to its `embed`.
"""

from __future__ import annotations

import importlib.util
import json
import threading
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from django.conf import settings
from tokenizers import Tokenizer

from embedded.maas.text import IS_CJK

Matrix = npt.NDArray[np.float32]

WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
_loading = threading.Lock()


class EmbeddingUnavailable(Exception):
    """The embedding server did not answer, or not with vectors."""


class Embedder(Protocol):
    """Compares by meaning: near vectors for lines that say similar things."""

    name: str
    remote: bool

    def vectors(self, lines: list[str]) -> Matrix:
        """One unit row a line; a line without any known token is all zeros."""
        ...


class WordLlamaEmbedder:
    """Mean of static token vectors, 256 dimensions, about 30 microseconds a line."""

    name = "wordllama-l2-supercat-256"
    remote = False

    def __init__(self) -> None:
        spec = importlib.util.find_spec("wordllama")
        if spec is None or not spec.submodule_search_locations:
            msg = "the wordllama package is not installed"
            raise RuntimeError(msg)
        folder = Path(spec.submodule_search_locations[0])
        self._table = _safetensors_matrix(folder / WEIGHTS)
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def vectors(self, lines: list[str]) -> Matrix:
        """See `Embedder`."""
        # It knows Korean, Japanese and Chinese as single bytes, whose means are all
        # alike: there the words decide alone.
        lines = [IS_CJK.sub(" ", line).strip() for line in lines]
        found = np.zeros((len(lines), self._table.shape[1]), dtype=np.float32)
        if len(lines) == 1:  # encode_batch would start its threads for one line
            encoded = [self._tokenizer.encode(lines[0], add_special_tokens=False)]
        else:
            encoded = self._tokenizer.encode_batch(lines, add_special_tokens=False)
        for row, encoding in enumerate(encoded):
            ids = encoding.ids
            if ids:
                # The table is half precision; sums are not.
                found[row] = self._table[ids].mean(axis=0, dtype=np.float32)
        return unit(found)


def unit(rows: Matrix) -> Matrix:
    """Rows scaled to length 1; rows of zeros stay zeros."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    scaled: Matrix = rows / lengths
    return scaled


def embedder() -> Embedder:
    """The process's embedder, loaded on first use."""
    with _loading:
        return _load(settings.EMBEDDING_MODEL)


@lru_cache(maxsize=1)
def _load(model: str) -> Embedder:
    if model:
        # Brings an HTTP client that the default does without.
        from embedded.maas.embedding_server import ServerEmbedder

        return ServerEmbedder(model)
    return WordLlamaEmbedder()


def _safetensors_matrix(path: Path) -> npt.NDArray[np.float16]:
    """The only tensor of a safetensors file, mapped from disk instead of copied."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    tensor = header["embedding.weight"]
    if tensor["dtype"] != "F16":
        msg = f"{path.name} holds {tensor['dtype']}, not F16"
        raise RuntimeError(msg)
    mapped = np.memmap(
        path,
        dtype="<f2",
        mode="r",
        offset=8 + size + tensor["data_offsets"][0],
        shape=tuple(tensor["shape"]),
    )
    return np.asarray(mapped)  # a plain view: indexing a memmap object is slower
