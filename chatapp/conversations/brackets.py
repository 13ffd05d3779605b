r"""Formulas as many models write them: `\(x\)` in a sentence, `\[x\]` on its own.

Used by `formulas.py` alone. Both pairs are Markdown's escaped brackets as well, so what
stands between them has to look like a formula: "\[aside\]" stays a pair of brackets.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

REACH = 2_000
"""Characters within which a formula has to close: no text costs more than its length."""

_CLOSES = {"\\(": "\\)", "\\[": "\\]"}
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_OPERATOR = re.compile(r"[=^_<>+*/]")
_WORD = re.compile(r"[^\W\d_]{3}")


def add_brackets(markdown: MarkdownIt) -> MarkdownIt:
    """Have both pairs read as formulas, before their backslashes escape anything."""
    may_interrupt: RuleOptionsType = {
        "alt": ["paragraph", "reference", "blockquote", "list"]
    }
    markdown.inline.ruler.before("escape", "math_brackets", _inline)
    markdown.block.ruler.before("fence", "math_brackets", _block, may_interrupt)
    return markdown


def _is_formula(text: str, *, surely: bool = False) -> bool:
    """Whether it is one; `surely` not where it may as well be a note like "[1]"."""
    shows = _COMMAND.search(text) or _OPERATOR.search(text)
    return bool(shows) or (not surely and bool(text) and not _WORD.search(text))


def _inline(state: StateInline, silent: bool) -> bool:
    opens = state.src[state.pos : state.pos + 2]
    if opens not in _CLOSES:
        return False
    begin = state.pos + 2
    end = state.src.find(_CLOSES[opens], begin, min(state.posMax, begin + REACH))
    text = state.src[begin:end].strip() if end > 0 else ""
    if not text or not _is_formula(text, surely=opens == "\\["):
        return False
    if not silent:
        name = "math_inline" if opens == "\\(" else "math_inline_double"
        token = state.push(name, "math", 0)
        token.content, token.markup = text, opens
    state.pos = end + 2
    return True


def _block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """From a line that begins with the opening one to a line that ends with the other."""
    if state.is_code_block(first) or not _line(state, first).startswith("\\["):
        return False
    lines: list[str] = []
    reached = 0
    for number in range(first, last):
        line = _line(state, number)
        again = number > first and line.startswith("\\[")
        reached += len(line)
        if not line or again or reached > REACH:
            return False  # a blank line ends every formula, and none holds another
        if state.sCount[number] < state.blkIndent:
            return False
        lines.append(line[2:] if number == first else line)
        if "\\]" in lines[-1]:
            break
    text = "\n".join(lines)
    if text.find("\\]") != len(text) - 2 or not _is_formula(text[:-2].strip()):
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block, token.markup = True, "\\["
        token.content = text[:-2].strip()
        token.map = [first, first + len(lines)]
        state.line = first + len(lines)
    return True


def _line(state: StateBlock, number: int) -> str:
    begin = state.bMarks[number] + state.tShift[number]
    return state.src[begin : state.eMarks[number]].strip()
