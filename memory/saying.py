"""How something was said: in jest, supposing, quoting, acting, or as an instruction.

What is said in these ways is no fact about the person, however a model reads it. The
rules know the plainest forms in English, Korean, Japanese and Chinese; each of them
names what it found, for the turn's record.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^.!?。！？…\n]+[.!?。！？…]*")
_JEST = re.compile(
    r"\b(?:just |only |totally )?(?:kidding|joking)\b|\bjk\b|\bas a joke\b|(?:^|\s)/s\b"
    r"|\bi['\u2019]?m not serious\b|농담|장난(?:이|으로|친)|冗談|なんてね|なんちゃって"
    r"|开玩笑|開玩笑|逗你|闹着玩",
    re.IGNORECASE,
)
_SUPPOSING = re.compile(
    r"^\W*(?:if i (?:were|was|had|could|lived|did)|imagine|suppose|supposing|what if"
    r"|let['\u2019]s (?:say|pretend|imagine)|pretend|hypothetically|say i)\b"
    r"|\bif i (?:were|was|had|could)\b|\bi (?:would|['\u2019]d) .{0,60}\bif\b|\bi wish\b"
    r"|^\W*(?:만약|만일|혹시라도)|(?:라면|다면|었으면|았으면) |^\W*(?:もし|仮に)"
    r"|(?:だったら|としたら|なら、)|^\W*(?:如果|假如|要是|假设)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“「『«][^\"”」』»]+[\"”」』»]")
_QUOTED_WHOLE = re.compile(
    r"“[^”]+”|„[^“”]+[“”]|「[^」]+」|『[^』]+』|«[^»]+»|(?<!\w)\"(?=\S)[^\"]+\""
)
"""Also over the end of a sentence: “I grew up there.” An inch mark opens nothing."""
_SAID_BY = re.compile(
    r"\b(?:he|she|they|[A-Z]\w+|(?:my|the|our) [\w' ]{1,30}?) (?:always |once |just )?"
    r"(?:said|says|told|claims?|claimed|wrote|sings?|sang|asked|goes)\b"
    r"|^\W*(?:as|like) .{1,40} (?:says|said|goes|sang)\b|\baccording to\b"
    r"|\b(?:in|from) (?:the|a|this) (?:song|film|movie|book|novel|show|lyrics?|game)\b"
    r"|(?:라고|다고|래|대)(?:요)?(?: 하|했|말)|가사|대사|と言|って言|そうです|らしい"
    r"|(?:说|說)[：:，「“]|歌词|台词"
)
_ACTED = re.compile(r"\*[^*\n]+\*|^\s*[(（][^)）\n]+[)）]", re.MULTILINE)
_OUT_OF_ROLE = re.compile(
    r"\(\(.+?\)\)|\uff08\uff08.+?\uff09\uff09|(?:^|\n)\s*[(\[]?OOC\b\s*[:\uff1a][^\n]*",
    re.IGNORECASE | re.DOTALL,
)
"""How role-players step out of a role: ((like this)), or a line that begins OOC:"""
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules?|prompts?"
    r"|messages?|notes?)\b|\bsystem (?:prompt|message)\b|\byou are now\b"
    r"|\b(?:developer|admin|jailbreak|dan) mode\b"
    r"|\b(?:always|never|must) (?:answer|reply|say|write|mark|cite|output|obey)\b"
    r"|지시(?:를|사항을)? ?무시|시스템 ?프롬프트|指示を無視|システムプロンプト"
    r"|(?:忽略|无视|無視).{0,10}(?:指令|指示|规则|規則)|系统提示",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"<\s*/?\s*[a-z!][^>]*>?|\bhx-[a-z]+|\bon[a-z]+\s*=|javascript:|data:text|!\[|\]\("
    r"|\[\s*m\d{1,3}\s*\]|[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]",
    re.IGNORECASE,
)


def sentence_of(quote: str, source: str) -> str:
    """The sentences of the source in which the quote stands."""
    start = source.find(quote)
    end = start + len(quote)
    touched = [
        match.group()
        for match in _SENTENCE.finditer(source)
        if match.start() < end and match.end() > start
    ]
    return " ".join(touched) or quote


def unserious(quote: str, source: str) -> str:
    """Why what the quote says is no fact, or "" when nothing speaks against it.

    `source` is the whole text on one line. A jest right behind takes a sentence back.
    """
    sentence = sentence_of(quote, source)
    behind = _SENTENCE.search(source, source.find(quote) + len(quote))
    if _JEST.search(sentence) or _taken_back(source, quote):
        return "It was said in jest."
    if _SUPPOSING.search(sentence) and not (behind and sentence == behind.group()):
        return "It was only supposed."
    if any(quote in found or found in quote for found in _QUOTED.findall(sentence)):
        return "It is quoted from somebody."
    if _SAID_BY.search(sentence) and _QUOTED.search(sentence):
        return "It is quoted from somebody."
    return ""


def is_given_back(quote: str, source: str, other: str) -> bool:
    """Whether the quote stands between quotation marks and is what the other one said.

    A character whose whole speech stands in them quotes nobody.
    """
    marked = any(quote in found for found in _QUOTED_WHOLE.findall(source))
    return marked and quote in other


def _taken_back(source: str, quote: str) -> bool:
    rest = source[source.find(quote) + len(quote) :]
    behind = [match.group() for match in _SENTENCE.finditer(rest)][:2]
    return any(len(text.split()) <= 5 and _JEST.search(text) for text in behind)


def is_acted(quote: str, source: str) -> bool:
    """Whether the quote stands in an acted gesture (*nods*, (nods))."""
    return any(quote in found or found in quote for found in _ACTED.findall(source))


def is_out_of_role(quote: str, source: str) -> bool:
    """Whether the quote stands in a remark of the player's own, out of the role.

    `source` is the text as it was written, with its lines.
    """
    asides = [" ".join(found.split()) for found in _OUT_OF_ROLE.findall(source)]
    return any(" ".join(quote.split()) in aside for aside in asides)


def is_order(text: str) -> bool:
    """Whether the text gives orders to a model, or carries markup or hidden signs."""
    return _ORDERS.search(text) is not None or _MARKUP.search(text) is not None
