"""How a refusal opens, in four languages: such an answer reinforces nothing.

A character who says no in other words ("I can't come on Sunday") refuses nothing here.
"""

from __future__ import annotations

import re

_REFUSAL = re.compile(
    r"\W*(?:"
    # English: an excuse, perhaps, and then "I can't" with what assistants say after it.
    r"(?:(?:i['\u2019]?m |i am )?(?:so |very |really |terribly )?sorry\W+"
    r"|i apologi[sz]e\W+|unfortunately\W+|as an ai\b[^.!?\n]{0,40}?\W)?"
    r"(?:but )?i(?:['\u2019]m| am)?(?: just)?"
    r" (?:can['\u2019]?t|can ?not|won['\u2019]?t|not able to|unable to)"
    r" (?:help(?! but\b| \w+ing\b)|assist|comply|continue|provide|fulfill?|engage"
    r"|discuss|create|write|generate|support|do (?:that|this)|answer (?:that|this))\b"
    r"|(?:죄송|미안)[^.!?\n]{0,40}(?:수(?:가|는)? 없|어렵습니다|못 (?:해|합|드))"
    r"|(?:도와|답변|대답|제공)[^.!?\n]{0,8}수(?:가|는)? 없"
    r"|(?:申し訳|恐れ入り|すみません|ごめんなさい)[^。！？\n]{0,40}"
    r"(?:でき(?:ません|ない)|できかね|いたしかね|お答えし(?:ません|かね))"
    r"|(?:お手伝い|お答え|対応)[^。！？\n]{0,8}できません"
    r"|(?:非常|很|真的)?(?:抱歉|对不起|對不起|遗憾|不好意思)[^。！？\n]{0,20}"
    r"(?:无法|無法|不能|没办法)"
    r"|我(?:无法|無法|不能)(?:帮|提供|回答|协助|讨论|满足)"
    r")",
    re.IGNORECASE,
)


def refuses(text: str) -> bool:
    """Whether the text opens like a refusal."""
    return _REFUSAL.match(text) is not None
