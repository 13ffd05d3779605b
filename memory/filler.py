"""Messages that say nothing worth keeping: greetings, thanks, "ok", laughter, emoji.

The documentation's "Do not store" list, in English, Korean, Japanese and Chinese. Every
word of the message must be filler: "I'm fine, but my sister is ill" is not. What is not
recognised is merely looked at by the model.
"""

from __future__ import annotations

import re
import unicodedata

_ENGLISH = frozenset(
    """
    hi hello hey hiya yo howdy gm gn good morning afternoon evening night bye goodbye
    cya see you u ya later soon then there everyone all again ok okay okey okie k kk
    yes yeah yea yep yup no nope nah sure fine right alright great cool nice awesome
    perfect lovely sweet amazing wow whoa oh ooh ah aha aw hm hmm mm mhm uh um eh well
    so very much really indeed exactly true agreed interesting please pls thanks thank
    thx ty cheers welcome np problem worries course of lol lmao rofl xd continue go on
    next carry got it gotcha i understood understand makes sense that s is sounds
    goodnight
    """.split()  # noqa: SIM905 - quotes around each would hide the words
)
_KOREAN = frozenset(
    """
    안녕 안녕하세요 안녕히 계세요 가세요 하이 좋은 아침 잘자 잘자요 주무세요 잘가 반가워
    반가워요 반갑습니다 네 네네 넵 넵넵 넹 예 예예 응 응응 웅 어 음 아 오 와 우와 아니 아니요 아뇨 고마워
    고마워요 고맙습니다 감사 감사해요 감사합니다 정말 진짜 너무 대박 헐 좋아 좋아요 좋네
    좋네요 그래 그래요 그렇구나 그렇군요 그러게 그러게요 알겠어 알겠어요 알겠습니다 알았어
    알았어요 맞아 맞아요 오케이 계속 계속해 계속해줘 계속해주세요 수고 수고하세요
    """.split()  # noqa: SIM905 - quotes around each would hide the words
)
_UNSPACED = """
    こんにちは こんばんは おはよう おはようございます おやすみ おやすみなさい はい ええ うん
    いえ いいえ ううん ありがとう ありがとうございます ありがとうございました どうも すみません
    了解 了解です 了解しました りょうかい 承知しました わかった わかりました 分かった 分かりました
    なるほど そう そうか そっか そうですか そうですね そうなんだ そうなんですね ですね だね
    すごい すごいですね いいね いいですね オーケー オッケー へえ へー ふーん ああ あー おお 続けて
    続けてください お願いします よろしく よろしくお願いします またね じゃあね じゃあ また バイバイ
    さようなら 大丈夫 大丈夫です ね よ 笑 草
    你好 您好 你们好 大家好 嗨 哈喽 早 早安 早上好 下午好 晚上好 晚安 再见 拜拜 谢谢 谢谢你
    谢谢您 多谢 感谢 非常感谢 好 好的 好吧 好啊 好呀 行 可以 嗯 哦 噢 啊 是 是的 对 对的 没错
    不 不是 不用 不客气 没事 没关系 知道了 明白 明白了 懂了 了解 收到 继续 请继续 请 真的 太好了
    不错 厉害 哈 呵 嘿 吧 呢 啦 了
""".split()  # noqa: SIM905 - quotes around each would hide the words
# The longest first and no way back: linear, whatever it is given.
_RUN = re.compile(f"(?:{'|'.join(sorted(_UNSPACED, key=len, reverse=True))})++")
_LAUGH = re.compile(r"(?:b?w?a?(?:ha)+h?|(?:he){2,}h?|lo+l|w+)")
_LETTERS = re.compile("[\u3131-\u318e]+")
"""Korean letters outside a syllable: laughter and tears, wherever they stand."""
_LONG = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W_]+")


def is_trivial(text: str) -> bool:
    """Whether the text is nothing but greetings, acknowledgements and filler."""
    # Before NFKC, which would make syllables of them.
    plain = unicodedata.normalize("NFKC", _LETTERS.sub(" ", text)).casefold()
    return all(_is_filler(word) for word in _WORD.findall(plain))


def _is_filler(word: str) -> bool:
    short = _LONG.sub(r"\1", word)
    return (
        word in _ENGLISH
        or short in _ENGLISH
        or word in _KOREAN
        or _LAUGH.fullmatch(word) is not None
        or _RUN.fullmatch(word) is not None
    )
