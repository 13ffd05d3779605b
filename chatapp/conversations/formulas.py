"""Formulas in replies as MathML, which browsers draw without a script.

Used by `markdown.py` alone. What a model writes between dollars or brackets is untrusted:
a formula that is too long, or that the converter does not understand, stays text.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from chatapp.conversations.brackets import add_brackets

LONGEST = 600
"""Characters of one formula. Nesting, which the converter follows by recursion, is
bounded by it too."""
TAGS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mfrac", "msqrt"),
    *("mroot", "msup", "msub", "msubsup", "mover", "munder", "munderover", "mtable"),
    *("mtr", "mtd", "mpadded", "mphantom", "menclose", "mstyle"),
}
ATTRIBUTES: dict[str, set[str]] = {
    "math": {"display"},
    "mo": {"stretchy", "fence", "form", "separator", "minsize", "maxsize"},
    "mi": {"mathvariant"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mfrac": {"linethickness"},
    "mspace": {"width"},
    "mtable": {"columnalign"},
    "mtd": {"columnalign"},
    "menclose": {"notation"},
    "mover": {"accent"},
    "munder": {"accentunder"},
}
_ENTITY = re.compile(r"&amp;(#x[0-9A-Fa-f]{1,6};)")
"""The converter writes its signs as references, in text that is escaped afterwards."""
_OPENS = re.compile(r"^[ \t>]*(?:\$\$|\\\[)", re.MULTILINE)
_BLANK = re.compile(r"(?:\r\n|\r|\n)[ \t]*(?=\r|\n)")


def add_formulas(markdown: MarkdownIt) -> MarkdownIt:
    r"""Have `$x$` and `$$x$$`, `\(x\)` and `\[x\]` read as formulas.

    A dollar beside a digit or a space opens or closes none: prices are no formulas.
    """
    dollarmath_plugin(
        markdown,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        allow_blank_lines=False,
        double_inline=True,
    )
    add_brackets(markdown)
    for name in ("math_inline", "math_inline_double", "math_block"):
        markdown.add_render_rule(name, _rendered)
    return markdown


def may_still_open(text: str) -> int:
    """Where a formula of several lines begins that later text may still close.

    Up to there the blocks of a growing text stay what they are; a blank line ends every
    formula, so only what follows the last one can change. The length if there is none.
    """
    blanks = [blank.end() for blank in _BLANK.finditer(text)]
    opening = _OPENS.search(text, blanks[-1] if blanks else 0)
    return opening.start() if opening else len(text)


def mathml(latex: str, *, is_block: bool) -> str:
    """The formula as MathML; as escaped text in `<code>` where that is not possible."""
    source = latex.strip()
    as_text = f"<code>{escape(source)}</code>"
    if not source or len(source) > LONGEST:
        return as_text
    try:
        element = convert_to_element(source, display="block" if is_block else "inline")
        # `convert` would undo the escaping of what stands in \text{...}.
        return _ENTITY.sub(r"&\1", tostring(element, encoding="unicode"))
    except Exception:  # noqa: BLE001 - whatever its parser trips over: it is text
        return as_text


def _rendered(
    _renderer: object, tokens: Any, at: int, _options: object, _env: object
) -> str:
    token = tokens[at]
    is_block = token.type != "math_inline"
    html = mathml(token.content, is_block=is_block)
    return f"<p>{html}</p>\n" if token.type == "math_block" else html
