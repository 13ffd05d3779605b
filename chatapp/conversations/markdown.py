"""Reply text as safe HTML. Model output is untrusted: no HTML, no images, no tricks.

Order: Markdown with HTML switched off, then nh3 with our own short allowlist, then the
template. Streaming renders each top-level block once, when it has closed.
"""

from __future__ import annotations

import re
from itertools import pairwise

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from chatapp.conversations import formulas

TAGS = {
    *formulas.TAGS,
    *("p", "br", "hr", "em", "strong", "s", "blockquote", "ul", "ol", "li", "a"),
    *("code", "pre", "span", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    **formulas.ATTRIBUTES,
    "*": set[str](),
    "a": {"href"},
    "code": {"class"},
    "span": {"class"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto"}
NEWLINE = "\n"
CODE_CHARS = 20_000
"""A longer block of code is shown without colours."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
"""A line as Markdown counts lines, which is not how `str.splitlines` does."""

# One line of prose in which nothing has a meaning: no markup, nothing to escape, no
# formula, no beginning of a list. Most paragraphs are of this kind.
_PROSE = re.compile(
    r"(?=[^\W\d_]|[\"'(\u2018\u201c\u300c\u300e])"
    r"(?:[^\W_]|[ .,;:?!'\"()%/+=-]|[\u2013\u2014\u2018-\u201e\u2026\u3001\u3002"
    r"\u300c-\u300f\uff01\uff08\uff09\uff0c\uff1a\uff1f])*+(?<! )\n*"
)
_FORMATTER = HtmlFormatter(nowrap=True)


def _colour(code: str, language: str, _attributes: str) -> str:
    """Code with Pygments' classes, or "" to let Markdown escape it plainly."""
    if not language or len(code) > CODE_CHARS:
        return ""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    return str(highlight(code, lexer, _FORMATTER))


def _markdown(**options: object) -> MarkdownIt:
    parser = (
        MarkdownIt("commonmark", {"html": False, "breaks": True, **options})
        .enable(["table", "strikethrough"])
        .disable(["image", "html_block", "html_inline"])
    )
    return formulas.add_formulas(parser)


_MARKDOWN = _markdown(highlight=_colour)
_PLAIN = _markdown()
_BLOCKS = _markdown().disable(["inline", "text_join"])
"""Where blocks begin and end, without what is inside them: half of the work."""
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    link_rel="noopener nofollow ugc",
    attribute_filter=lambda tag, name, value: (
        None if name == "class" and not _is_code_class(tag, value) else value
    ),
)


def render(text: str, *, colours: bool = True) -> SafeString:
    """The whole text as HTML that is safe to show, code in colours unless it grows."""
    if _PROSE.fullmatch(text):
        # What all of the below makes of it, at a fiftieth of the work.
        return mark_safe(f"<p>{text.rstrip(NEWLINE)}</p>\n")
    html: str = (_MARKDOWN if colours else _PLAIN).render(text)
    return mark_safe(_CLEANER.clean(html))


def blocks(text: str) -> tuple[list[str], str]:
    """The text cut into its closed top-level blocks and what is still growing."""
    stable = formulas.may_still_open(text)
    starts = [
        token.map[0]
        for token in _BLOCKS.parse(text)
        if token.level == 0 and token.map and _opens(token)
    ]
    if len(starts) < 2:
        return [], text
    lines = _LINE.findall(text)
    bounds = [0, *starts[1:]]
    closed = ["".join(lines[begin:end]) for begin, end in pairwise(bounds)]
    sure, length = 0, 0
    for block in closed:
        length += len(block)
        if length > stable:
            break
        sure += 1
    return closed[:sure], "".join(lines[bounds[sure] :])


def _opens(token: Token) -> bool:
    return token.nesting >= 0


def _is_code_class(tag: str, value: str) -> bool:
    """Pygments' short classes on spans, `language-x` on code; nothing else."""
    if tag == "span":
        return len(value) <= 4 and value.isalnum()
    return value.startswith("language-") and " " not in value
