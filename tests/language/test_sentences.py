"""Stored sentences: whole ones, several in a row, with figures, and unknown ones."""

from __future__ import annotations

import inspect
import re

import pytest
from django.utils.translation import gettext, override

from chatapp.language.guess import written_in
from chatapp.language.sentences import told
from memory import errors, evaluate, extract, model_errors, saying
from memory.support import Support


def test_every_sentence_of_memory_s_errors_is_known() -> None:
    trees = [
        error.default_user_message
        for _, error in inspect.getmembers(errors, inspect.isclass)
        if issubclass(error, errors.AnchorageError)
    ]
    others = [
        *model_errors.REJECTIONS.values(),
        *(model_errors.NO_CREDIT, model_errors.BUSY, model_errors.TROUBLE),
    ]
    with override("ko"):
        for sentence in (*trees, *others):
            assert not any("a" <= letter <= "z" for letter in told(sentence)), sentence


def test_every_reason_for_keeping_nothing_is_known() -> None:
    rules = inspect.getsource(extract)
    reasons = {
        *re.findall(r'return None, "([^"]+)"', rules),
        *re.findall(r'rejected\.append\("([^"]+)"\)', rules),
        *re.findall(r'return "([A-Z][^"]+)"', inspect.getsource(saying)),
        extract.NO_CONTENT,
    }
    assert len(reasons) >= 17
    with override("ko"):
        for reason in reasons:
            assert not any("a" <= letter <= "z" for letter in told(reason)), reason


@pytest.mark.parametrize("cited", [True, False])
@pytest.mark.parametrize(("share", "claimed"), [(0.4, False), (0.4, True), (0.0, True)])
def test_every_verdict_of_the_evaluator_is_known(
    cited: bool, share: float, claimed: bool
) -> None:
    support = Support(
        share=share,
        mass=1.0,
        claimed=1.0 if claimed else 0.0,
        topic=0.0,
        likeness=None,
        words=3.0,
        length=3.0,
        paired=False,
    )
    reason = evaluate.explain(support, cited=cited, said=True)
    with override("ja"):
        said = told(f"{reason} The reply reinforces nothing.")
    assert "Cited" not in said
    assert "cited" not in said
    assert said.endswith("この返信は何も強めません。")
    assert ("40 %" in said) == (share > 0)


def test_what_nobody_knows_stays_as_it_is() -> None:
    with override("ko"):
        assert told("A sentence that nobody wrote. Nor this one.") == (
            "A sentence that nobody wrote. Nor this one."
        )
        assert told("") == ""
        assert gettext("Stop") == "멈추기"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Good evening.", "en"),
        ("안녕하세요, Ailsa!", "ko"),
        ("こんにちは、サンオクさん", "ja"),
        ("1 + 1 = 2", ""),
    ],
)
def test_a_message_has_the_language_of_its_letters(text: str, code: str) -> None:
    assert written_in(text) == code
