"""Every sentence that the pages say: of templates, of Python, of scripts.

What GNU gettext's tools find, found by Django's own parser of templates, by Python's, and,
in scripts, by the two functions of static/js/phrase.js.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import engines
from django.template.base import FilterExpression, Node, TextNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.functional import Promise
from django.utils.translation import trim_whitespace

from chatapp.language.catalogue import Key

TREES = ("chatapp", "tutor")
OPERATORS = re.compile(r"admin\.py$|/management/|/migrations/|^chatapp/operations/")
"""Whose readers are operators, or who stores what was said: English."""
ONLY = {"gettext", "gettext_lazy", "gettext_noop", "_"}
MANY = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
SAID = re.compile(r'\bphrase\(\s*"((?:[^"\\]|\\.)+)"', re.DOTALL)
SAID_OF = re.compile(
    r'\bphraseOf\([^"`]*?,\s*"((?:[^"\\]|\\.)+)",\s*"((?:[^"\\]|\\.)+)"', re.DOTALL
)
UNTRANSLATED_TEMPLATES = ("operations/", "allauth/")


def extract(root: Path | None = None) -> dict[Key, str]:
    """Every key with the file it stands in first; in the order of files and lines."""
    base = root or settings.BASE_DIR
    found: dict[Key, Path] = {}
    for path in sorted((base / "templates").rglob("*.html")):
        _note(found, of_template(path.relative_to(base / "templates").as_posix()), path)
    for tree in TREES:
        for path in sorted((base / tree).rglob("*.py")):
            if not OPERATORS.search(path.relative_to(base).as_posix()):
                _note(found, of_python(path.read_text(encoding="utf-8")), path)
    for path in sorted((base / "static" / "js").glob("*.js")):
        _note(found, of_script(path.read_text(encoding="utf-8")), path)
    return {key: path.relative_to(base).as_posix() for key, path in found.items()}


def _note(found: dict[Key, Path], keys: Iterator[Key], path: Path) -> None:
    for key in keys:
        found.setdefault(key, path)


def of_template(name: str) -> Iterator[Key]:
    """What a template says, by the nodes that Django makes of it."""
    template: Any = engines["django"].get_template(name)  # Django's, around its own
    yield from _of_nodes(template.template.nodelist)


def _of_nodes(nodes: object) -> Iterator[Key]:
    for node in nodes:  # type: ignore[attr-defined]  # a NodeList, untyped inside
        yield from _of_node(node)


def _of_node(node: Node) -> Iterator[Key]:
    if isinstance(node, BlockTranslateNode):
        yield _of_block(node)
    elif isinstance(node, TranslateNode):
        context = _literal(node.message_context)
        yield Key(str(node.filter_expression.var.literal), "", context)
    if not isinstance(node, TextNode):
        for expression in _expressions(node):
            yield from _of_expression(expression)
    for value in vars(node).values():
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            for pair in value:  # the branches of {% if %}
                for part in pair:
                    if hasattr(part, "get_nodes_by_type"):
                        yield from _of_nodes(part)
        elif hasattr(value, "get_nodes_by_type") and isinstance(value, list):
            yield from _of_nodes(value)


def _of_block(node: BlockTranslateNode) -> Key:
    one, _ = node.render_token_list(node.singular)
    many = node.render_token_list(node.plural)[0] if node.plural else ""
    if node.trimmed:
        one, many = trim_whitespace(one), trim_whitespace(many)
    return Key(one, many, _literal(node.message_context))


def _literal(expression: FilterExpression | None) -> str:
    return str(expression.var) if expression is not None else ""


def _expressions(node: Node) -> Iterator[FilterExpression]:
    for value in vars(node).values():
        values = value.values() if isinstance(value, dict) else (value,)
        for each in values:
            if isinstance(each, FilterExpression):
                yield each


def _of_expression(expression: FilterExpression) -> Iterator[Key]:
    # Django has made a lazy translation of each `_("...")` already.
    given = [
        argument for _, arguments in expression.filters for _, argument in arguments
    ]
    values: tuple[Any, ...] = (expression.var, *given)
    for value in values:
        if isinstance(value, Promise):
            yield Key(str(vars(value)["_args"][0]).replace("%%", "%"))


def of_python(source: str) -> Iterator[Key]:
    """What a module says, by its calls of gettext under the usual names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _of_call(node)


def _of_call(call: ast.Call) -> Iterator[Key]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    texts = [
        each.value
        for each in call.args[:2]
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    if name in ONLY and len(texts) == 1:
        yield Key(texts[0])
    elif name in MANY and len(texts) == 2:
        yield Key(texts[0], texts[1])
    elif name in WITH_CONTEXT and len(texts) == 2:
        yield Key(texts[1], "", texts[0])


def of_script(source: str) -> Iterator[Key]:
    """What a script says through phrase.js."""
    for match in SAID.finditer(source):
        yield Key(_unescaped(match[1]))
    for match in SAID_OF.finditer(source):
        yield Key(_unescaped(match[1]), _unescaped(match[2]))


def _unescaped(text: str) -> str:
    return str(ast.literal_eval(f'"{text}"'))
