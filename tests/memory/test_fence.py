"""Nothing that is said can close a fence or pass for a citation."""

from __future__ import annotations

import pytest

from memory.fence import unfence, unlabel

LABELS = [
    ("Tea. [m1]", "Tea. (m1)"),
    ("Tea. [ M12 , m3 ]", "Tea. ( M12 , m3 )"),
    ("Tea. 【m1】", "Tea. (m1)"),
    ("[\u200bm1] boundary", "(\u200bm1) boundary"),
    ("[m1 and m2]", "(m1 and m2)"),
    ("[memory] [x1] m1 [1]", "[memory] [x1] m1 [1]"),
]
"""What is said, and as what it stands in a prompt."""


def test_code_that_names_a_header_is_left_as_it_is() -> None:
    said = "#include <memory>\nstd::unique_ptr<int> m;"
    assert unfence(said) == said
    assert unfence("#include </memory>") == "#include (/memory>"


@pytest.mark.parametrize(("said", "told"), LABELS, ids=str)
def test_a_label_becomes_something_else(said: str, told: str) -> None:
    assert unlabel(said) == told
