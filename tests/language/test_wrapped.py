"""No template, script or style says anything that is not translated."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

BASE: Path = settings.BASE_DIR
# Of operators, of allauth's frame, and what speaks three languages by itself.
NOT_OURS = ("operations/", "onboarding/", "allauth/")
TEMPLATES = [
    path
    for path in sorted((BASE / "templates").rglob("*.html"))
    if not path.relative_to(BASE / "templates").as_posix().startswith(NOT_OURS)
]
STYLES = sorted((BASE / "static" / "css").glob("*.css"))
SCRIPTS = sorted((BASE / "static" / "js").glob("*.js"))
TRANSLATED = re.compile(
    r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}|{%\s*comment.*?endcomment\s*%}"
    r"|<style.*?</style>|<script.*?</script>|<code>.*?</code>|{#.*?#}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r'\s(?:aria-label|placeholder|title|alt)="([^"]*)"')
TAG = re.compile(r"<[^<>]*>", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = re.compile(
    r"Anchorage|Markdown|JSON|CSV|PNG|CHARX|HTTP|&\w+;|\bms\b|\b(?:kind|tag|sort)="
    r"|data-\w+="
)
SENTENCE = re.compile(r"""(["'`])([A-Z][a-z]+(?: [\w,%(){}$]+)+[.…!?]?)\1""")
MACHINES = {"c", "Y-m-d", "Y-m-d H:i", "H:i", "H:i:s", "l", "D", "j"}
"""Dates that read the same in every language, or are a single word of it."""


def test_no_template_says_anything_untranslated() -> None:
    found = {}
    for path in TEMPLATES:
        bare = TRANSLATED.sub("", path.read_text(encoding="utf-8"))
        said = [*ATTRIBUTE.findall(bare), *TAG.sub("\n", bare).splitlines()]
        if loose := [text for text in said if WORD.search(NAMES.sub("", text))]:
            found[path.name] = loose
    assert not found


def test_every_date_stands_in_the_order_of_its_language() -> None:
    found = {}
    for path in TEMPLATES:
        said = re.findall(r"""\|date:(["'])(.*?)\1""", path.read_text(encoding="utf-8"))
        if loose := {form for _, form in said} - MACHINES:
            found[path.name] = loose
    for tree in ("chatapp", "tutor"):
        for path in (BASE / tree).rglob("*.py"):
            if re.search(
                r"""\b(?:date_format|dateformat\.format)\([^\n]*,\s*["']""",
                path.read_text(encoding="utf-8"),
            ):
                found[path.name] = {"a format that is not translated"}
    assert not found


def test_no_script_says_anything_untranslated() -> None:
    found = {}
    for path in SCRIPTS:
        lines = path.read_text(encoding="utf-8").splitlines()
        code = [line for line in lines if not line.lstrip().startswith(("//", "*"))]
        bare = "\n".join(re.sub(r" // .*", "", line) for line in code)
        loose = re.sub(r"phrase(?:Of)?\([^;]*|\"[a-z-]+\":", "", bare)
        if said := [match[2] for match in SENTENCE.finditer(loose)]:
            found[path.name] = said
    assert not found


def test_no_style_says_anything() -> None:
    """What a style shows as words, it takes from an attribute: that is translated."""
    found = {}
    for path in STYLES:
        said = re.findall(r"content:\s*([^;]+);", path.read_text(encoding="utf-8"))
        if loose := [text for text in said if re.search(r'"[^"]*[^\W\d_]', text)]:
            found[path.name] = loose
    assert not found


def test_a_page_brings_the_words_of_the_scripts_it_loads() -> None:
    """Each template that loads a module which speaks has the tag with its words."""
    from chatapp.language.script_words import keys_of

    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"type=\"module\" src=\"{% static '([^']+)' %}", text):
            if keys_of((name,)):
                assert re.search(rf'{{% words [^%]*"{name}"', text), f"{path}: {name}"
