"""What an extraction rule is. The tables are `rules_english`, `rules_tutor`,
`rules_korean` and `rules_japanese`; the first rule that matches a statement wins."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Adverbs that may stand between "I" and its verb.
ADVERBS = (
    r"(?:(?:really|also|absolutely|just|still|always|usually|often|only|never|truly|quite"
    r"|totally|actually|sometimes|mostly|honestly|secretly|kind of|especially|finally"
    r"|currently|now|recently) )*"
)


@dataclass(frozen=True)
class Rule:
    """`template` None: the statement in third person. Otherwise it is filled with the
    pattern's groups, {who} (User, Learner, the character) and {whole} (the statement
    in third person without its full stop). `asks`: also matches questions."""

    pattern: re.Pattern[str]
    type: str
    confidence: float
    template: str | None = None
    asks: bool = False


def rule(
    type_: str,
    confidence: float,
    pattern: str,
    template: str | None = None,
    *,
    asks: bool = False,
) -> Rule:
    """A rule from readable pieces: `A ` stands for adverbs, `'` for either apostrophe."""
    text = pattern.replace("<A>", ADVERBS).replace("'", "['’]")
    return Rule(re.compile(text, re.IGNORECASE), type_, confidence, template, asks)
