"""Words for comparing short texts: what two texts share, in any script.

Words of spaced scripts lose their commonest English endings; runs of Chinese,
Japanese, Korean and South-East Asian characters become character pairs. Used to see
which memory a reply used and whether two atoms state the same fact; never for search,
which is the service's. A wrong "the same" loses a fact, a wrong "not the same" costs a
second atom, so every doubt here says "not the same".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

_RUNS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003134f"
)
# Vowel signs of Indic scripts are no letters to `re`, yet belong to the word.
_TOKEN = re.compile(
    rf"[{_RUNS}]+"
    rf"|(?:(?![{_RUNS}])[^\W_]|[\u0900-\u0963\u0966-\u0dff])+"
    r"(?:[./][0-9]+)*[+#]*"
)
_RUN = re.compile(f"[{_RUNS}]")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nothing|neither|nor|without|stopped|quit|hates?|hated"
    r"|dislikes?|disliked|avoids?|avoided|refuses?|refused|cannot|hardly|rarely)\b"
    r"|n['\u2019]t\b|\b(?:do|does|did|is|wo|ca)nt\b"
    r"|않|싫|못|없|아니|(?<![가-힣])안(?= )|ない|ません|ずに|嫌|苦手|やめ|辞め"
    r"|不|没|沒|無|无|别|讨厌",
    re.IGNORECASE,
)
_ENDINGS = ("edly", "ing", "ies", "ed", "es", "ly", "s")

STOP = frozenset(
    """
    a an the and or but if so very really just about there also as at by for from in
    into of on off out over to up with without within i me my mine we us our ours you
    your yours he him his she her hers it its they them their theirs this that these
    those who whom whose which what when where why how is am are be been being do does
    doing done have has having was were had did will would can could shall should may
    might must not no nor than then too any each other such only own same still always
    much many lot well s t d m ll re ve don doesn didn isn aren wasn weren won wouldn
    shouldn couldn haven hasn hadn now here oh ok okay yes let user learner person say
    says said tell tells told like likes liked love loves loved enjoy enjoys enjoyed
    hate hates hated dislike dislikes disliked feel feels felt feeling someone something
    """.split()  # noqa: SIM905 - quotes around each would hide the words
)
"""Function words, and the verbs that open an atom ("User likes ...")."""

EVERYDAY = STOP | frozenset(
    """
    want wants wanted think thinks thought remember remembers know knows known knew get
    gets got getting make makes made making go goes going went gone come comes coming
    came take takes taking took give gives gave look looks looking see sees seen saw
    try tries trying tried use uses using used need needs needed help helps helped ask
    asks asked talk talks talking talked keep keeps kept find finds found mean means
    hope hopes hoping sound sounds seem seems start starts thing things time times day
    days today way ways bit last first next more most some all both again another one
    two new old big little good great nice fine bad better best happy glad sorry sure
    maybe right please thank thanks hello hi hey yeah anything everything nothing
    anyone everyone people name names called question questions answer answers back
    down after before because while ever never even been away around long soon
    사용 용자 자는 자가 학습 습자 니다 습니 합니 입니 해요 어요 아요 예요 이에 에요 있어
    있는 하는 그리 ユー ーザ ザー です ます した して まし ませ せん ない いる いま ある こと
    から ので って でし しょ ょう んで とこ 用户 我们 你们 他们 一个 可以 什么 这个 那个 没有
    知道 觉得 因为 所以 但是 就是 喜欢
    """.split()  # noqa: SIM905 - quotes around each would hide the words
)
"""What any reply may say by chance, so that it proves no use of a memory."""

_TURNING = frozenset(
    """
    was were had will would can could should might may must want wants wanted need
    needs needed hope hopes plan plans wish wishes used again another before after
    until unless if only former formerly ex almost nearly
    """.split()  # noqa: SIM905 - quotes around each would hide the words
)
"""Words that make another statement of the same words."""


def words(text: str, without: Collection[str] = STOP) -> frozenset[str]:
    """The set of content words of a text; runs without spaces as character pairs."""
    return frozenset(sequence(text, without))


def sequence(text: str, without: Collection[str] = STOP) -> list[str]:
    """The content words of a text, each once, in the order of their appearance."""
    found: dict[str, None] = {}
    for token in tokens(text):
        for part in pairs(token) if _RUN.match(token) else [token]:
            if part not in without:
                found[fold(part)] = None
    return list(found)


def tokens(text: str) -> list[str]:
    """Every word, number and run of a text, without case and width."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """An English word without its commonest ending, at least three letters long.

    A doubled last letter and a last e, i or y go too, so that "names" meets "name",
    "studies" "study" and "running" "run".
    """
    if not (word.isascii() and word.isalpha()):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    while len(word) > 3 and (word[-1] in "eiy" or word[-1] == word[-2]):
        word = word[:-1]
    return word


def pairs(run: str) -> list[str]:
    """Overlapping pairs of characters; a single character stands for itself."""
    return [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]


def in_pairs(text: str) -> bool:
    """Whether most of the text is in a script that is read as pairs of characters."""
    inside = sum(map(len, re.findall(f"[{_RUNS}]+", text)))
    return inside * 2 > sum(1 for character in text if character.isalpha())


def weight(word: str) -> float:
    """How much of a word it is: a pair of characters is about half of one."""
    return 0.5 if _RUN.match(word) else 1.0


def same_statement(one: str, other: str, *, least: float) -> bool:
    """Whether two sentences state the same.

    One may say a little more than the other (shared words from `least` of all words
    on); a word in exchange for another, another order, number, tense, "not" or "wants
    to" makes it another statement: who prefers tea to coffee does not prefer coffee to
    tea.
    """
    if tokens(one) == tokens(other):
        return one.split() == other.split() or bool(tokens(one))
    left, right = sequence(one), sequence(other)
    shared = set(left) & set(right)
    return (
        len(shared) == min(len(left), len(right)) > 0
        and len(shared) >= least * max(len(left), len(right))
        and [w for w in left if w in shared] == [w for w in right if w in shared]
        and turns(one) == turns(other)
    )


def repeats(text: str, source: str, *, least: float) -> bool:
    """Whether a text says again what the source says, perhaps in fewer words.

    `least` is the share of the text's words that must stand in the source; a "not" or
    a number of its own is news.
    """
    said = words(text)
    return (
        bool(said)
        and len(said & words(source)) >= least * len(said)
        and numbers(text) <= numbers(source)
        and negations(text) == negations(source)
    )


def turns(text: str) -> tuple[int, frozenset[str], frozenset[str], frozenset[str]]:
    """What turns a statement into another: its negations, numbers, moods and tense."""
    found = tokens(text)
    return (
        negations(text),
        numbers(text),
        frozenset(fold(token) for token in found if token in _TURNING),
        frozenset(
            fold(token)
            for token in found
            if token.endswith("ed") and token not in STOP and token not in _TURNING
        ),
    )


def negations(text: str) -> int:
    """How often the text says no."""
    return len(_NEGATION.findall(text))


def numbers(text: str) -> frozenset[str]:
    """The words of a text that hold a digit."""
    return frozenset(t for t in tokens(text) if any(c.isdigit() for c in t))
