"""Vectors as whole steps: close to what they were, whole or not there."""

from __future__ import annotations

import numpy as np
import pytest

from embedded.maas.embedder import unit
from embedded.maas.vectors import Vectors, quantised, read, stored


@pytest.fixture(name="rows")
def _rows() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    chance = np.random.default_rng(4)
    return unit(chance.normal(size=(1_300, 256)).astype(np.float32))


def test_a_cosine_is_what_it_was_to_two_thousandths(rows: np.ndarray) -> None:
    kept = Vectors()
    kept.extend(*quantised(rows[:700]))
    kept.extend(*quantised(rows[700:]))
    exact = (rows @ rows[3:5].T).max(axis=1)
    assert np.abs(kept.best_cosines(rows[3:5]) - exact).max() < 0.002
    assert np.abs(kept.rows(np.array([1_299])) - rows[-1]).max() < 0.002


def test_what_a_row_stores_is_read_back_exactly(rows: np.ndarray) -> None:
    steps, scales = read(b"".join(stored(rows[:9])), 9)
    again = quantised(rows[:9])
    assert (steps == again[0]).all()
    assert (scales == again[1]).all()


def test_a_row_without_a_vector_is_like_nothing(rows: np.ndarray) -> None:
    kept = Vectors()
    kept.extend(np.zeros((2, 0), np.int8), np.zeros(2, np.float32))
    kept.extend(*quantised(np.concatenate((rows[:1], np.zeros_like(rows[:1])))))
    kept.extend(*quantised(rows[:1, :64]))
    kept.erase(2)
    assert (kept.best_cosines(rows[:1]) == 0).all()
    assert (kept.best_cosines(rows[:1, :64]) == 0).all()
