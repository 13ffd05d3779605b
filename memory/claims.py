"""Where a reply says that it remembers: "last time you told me", "기억나요", "上次".

Such a passage claims a memory whatever its words are, and what the conversation named
before still counts there: "do you remember when you moved here?" says little that is
new. Written for English, Korean, Japanese and Chinese; in another language no reply is
heard to claim anything, and the rest of the evaluator decides alone.
"""

from __future__ import annotations

import re

_CLAIM = re.compile(
    # English. "Remember to write" and "do you remember how" claim nothing.
    r"\bremember(?:ed|ing|s)?\b(?! (?:to|that you can|you can|how|what|why|which|who|if"
    r"|whether)\b)"
    r"|\b(?:i|we) recall\b|\breminds? me of (?:when|the|your|our|last|how)\b"
    r"|\byou (?:once|also once|already|have|had)? ?(?:told me|mentioned|said)\b"
    r"|\bback (?:when|then)\b|\bat that time\b|\bthat time\b|\b(?:the )?other day\b"
    r"|\byear before last\b|\byou once\b"
    r"|\b(?:like|the) (?:when|time|day) you\b|\bspeaking of\b|\b(?:ever )?since you\b"
    r"|\b(?:before|previously|earlier),? (?:you|right|and)\b|\bbefore[.,!?]"
    r"|\bas (?:you said|always|ever|last time)\b|\byour usual\b|\bused to\b"
    # Korean.
    r"|기억(?:나|이 ?나|해|하|에|했)|지난(?:번|주|달|해|여름|겨울|봄|가을)|저번"
    r"|예전에|그때|그 때|전에 |말했|말씀하|얘기했|이야기했|얘기해 ?[줬주]|말해 ?[줬주]"
    r"|작년|재작년|생각나|떠올|그랬었|했었"
    # Japanese.
    r"|覚えて|おぼえて|思い出|前に|この前|こないだ|この間|以前|先日|あの時|あのとき"
    r"|その時|言ってい|言ってた|話してくれ|教えてくれ|去年|昨年|先週|先月|そういえば"
    # Chinese, simplified and traditional.
    r"|记得(?!要)|記得(?!要)|回忆|回憶|想起|上次|上回|之前|以前|那次|那时|那時|那天"
    r"|当时|當時|曾经|曾經|去年|前年|有一次|过去|上(?:个|周|學|学)|提到过|提過|说过|說過"
    r"|告诉过|告訴過|前(?:几|些|阵)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\blast (?:time|week|weekend|month|year|night|term|semester|summer|winter|spring"
    r"|autumn|fall|christmas)\b|\b(?:days|weeks|months|years|while) ago\b",
    re.IGNORECASE,
)
"""A time gone by, which claims a memory where the sentence is about the person too."""
_TOGETHER = re.compile(r"\b(?:you|your|yours|we|our|us|it)\b", re.IGNORECASE)
_ASKS_HOW = re.compile(
    r"(?:记得|記得)[^。！？!?]{0,12}(?:怎么|什么|哪|多少|為什麼|为什么)"
    r"|(?:记得|記得)你们?可以"
)
_SENTENCE = re.compile(r"[^.!?。！？…\n]*[.!?。！？…\n]*")


def passage(text: str) -> str:
    """The sentences that claim a memory, each with the one behind it; "" if none do."""
    sentences = [found for found in _SENTENCE.findall(text) if found.strip()]
    claims = [claims_memory(sentence) for sentence in sentences]
    return " ".join(
        sentence.strip()
        for number, sentence in enumerate(sentences)
        if claims[number] or (number and claims[number - 1])
    )


def claims_memory(sentence: str) -> bool:
    """Whether a sentence says that something is remembered."""
    if _BEFORE.search(sentence) and _TOGETHER.search(sentence):
        return True
    return _CLAIM.search(sentence) is not None and not _ASKS_HOW.search(sentence)
