"""The README's table of settings is the settings: names and defaults, both ways."""

from __future__ import annotations

import ast
import re

from chatapp.settings import ENVIRONMENT
from tests.docs.pages import rows, text_of
from tests.harness.processes import PROJECT


def documented() -> dict[str, str]:
    table = rows(text_of("README.md"), after="## Settings")
    return {name.strip("`"): default.strip("`") for name, default, _ in table}


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    assert documented() == ENVIRONMENT


def test_no_setting_is_read_past_the_table() -> None:
    source = (PROJECT / "chatapp/settings.py").read_text(encoding="utf-8")
    read = {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and re.fullmatch(r"env(_\w+)?", node.func.id)
        and isinstance(node.args[0], ast.Constant)
    }
    assert read == documented().keys()


def test_each_group_of_settings_says_what_it_is_for() -> None:
    table = rows(text_of("README.md"), after="## Settings")
    silent = [name for name, _, meaning in table if not meaning]
    # They stand below the first of their three.
    assert silent == ["`GUEST_TOKENS_PER_DAY`", "`GUEST_STREAMS_AT_ONCE`"]


def test_a_setting_that_a_page_names_exists() -> None:
    others = {"ANCHOR_ID", "FILE", "JSON", "PYTHON", "PYTHONPATH"} | {
        *("FORWARDED_ALLOW_IPS", "SCRIPTED_TOKENS_PER_SECOND")
    }
    for name in ("README.md", "docs/operations.md", "docs/security.md"):
        named = set(re.findall(r"\b[A-Z]+_[A-Z_]+\b", text_of(name)))
        assert named - others <= ENVIRONMENT.keys() | {"SKIP_LOCKED"}, name
