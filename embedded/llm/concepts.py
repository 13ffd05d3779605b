"""Words and simple concepts: how the scripted model sees that two texts are related.

No embeddings, no statistics: a stem list, stop words, and a table of everyday topics.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9/']+|[\uac00-\ud7af]{2,}|[\u3040-\u30ff\u4e00-\u9fff]{2,}")
_STOP = set(
    [
        "a",
        "about",
        "again",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "anything",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "don't",
        "ever",
        "every",
        "feel",
        "feels",
        "felt",
        "for",
        "from",
        "get",
        "gets",
        "go",
        "going",
        "gone",
        "good",
        "got",
        "had",
        "has",
        "have",
        "having",
        "hello",
        "her",
        "here",
        "hey",
        "hi",
        "him",
        "his",
        "how",
        "i",
        "i'm",
        "if",
        "in",
        "into",
        "is",
        "it",
        "it's",
        "its",
        "just",
        "know",
        "last",
        "learner",
        "lesson",
        "let",
        "let's",
        "lets",
        "like",
        "likes",
        "little",
        "long",
        "lot",
        "make",
        "many",
        "maybe",
        "me",
        "mean",
        "more",
        "most",
        "much",
        "my",
        "need",
        "needs",
        "never",
        "new",
        "next",
        "no",
        "not",
        "now",
        "of",
        "ok",
        "on",
        "one",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "people",
        "person",
        "please",
        "really",
        "remember",
        "say",
        "she",
        "so",
        "some",
        "something",
        "soon",
        "still",
        "sure",
        "take",
        "talk",
        "tell",
        "than",
        "thank",
        "thanks",
        "that",
        "that's",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "things",
        "think",
        "thinks",
        "this",
        "time",
        "to",
        "today",
        "tomorrow",
        "tonight",
        "too",
        "us",
        "user",
        "user's",
        "usually",
        "very",
        "want",
        "wants",
        "was",
        "way",
        "we",
        "well",
        "went",
        "day",
        "days",
        "evening",
        "morning",
        "night",
        "nights",
        "week",
        "weekend",
        "were",
        "what",
        "what's",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "will",
        "with",
        "would",
        "yes",
        "yesterday",
        "yet",
        "you",
        "your",
    ]
)
CONCEPTS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "music": "music listen listening song songs playlist playlists jazz album band "
        "record records piano guitar concert radio sing singing vinyl choir 음악 재즈 "
        "노래 音楽 ジャズ 曲",
        "food": "food eat eating cook cooking dinner lunch breakfast recipe hungry meal "
        "snack restaurant bake baking peanut peanuts allergic allergy vegetarian vegan "
        "spicy coffee tea soup supper dish 음식 요리 저녁 料理 ご飯",
        "sleep": "sleep sleeping asleep insomnia nap awake dream dreams 잠 睡眠",
        "mood": "sad tired worn exhausted anxious worried lonely stressed stress upset "
        "overwhelmed nervous scared depressed angry drained burnt happy excited proud "
        "mood 피곤 힘들 疲れ",
        "work": "work working job boss colleague colleagues office shift shifts career "
        "nurse manager salary hospital company 회사 일 仕事 会社",
        "film": "film films movie movies cinema series director watch watching 영화 映画",
        "reading": "book books novel read reading author library 책 本",
        "wedding": "wedding married marry marrying marries engaged bride 결혼 結婚",
        "pets": "cat cats dog dogs pet pets puppy kitten vet 고양이 강아지 猫 犬",
        "sport": "sport sports run running gym swim swimming football tennis yoga "
        "marathon climbing cycling 운동 運動",
        "travel": "travel trip holiday holidays vacation flight journey abroad visit "
        "여행 旅行",
        "home": "home live lives living flat apartment house moved move moving city "
        "neighbourhood 집 家",
        "name": "name called call names 이름 名前",
        "father": "father dad daddy papa father's dad's 아버지 아빠 父",
        "mother": "mother mum mom mama mother's 어머니 엄마 母",
        "study": "study studying exam exams school university course degree ccna test "
        "시험 공부 試験 勉強",
        "photo": "photo photos picture pictures photograph",
        "birthday": "birthday birthdays 생일 誕生日",
        "health": "doctor illness ill sick health allergy allergic pain headache",
    }.items()
}
_LEISURE = frozenset({"music", "film", "reading"})
_EVENING = re.compile(
    r"\b(tonight|this evening|an evening|evening off)\b", re.IGNORECASE
)


def words_of(text: str) -> frozenset[str]:
    """The words that carry meaning, lower case, plural and tense endings cut off."""
    found = set()
    for word in _WORD.findall(text.lower().replace("’", "'")):
        if word in _STOP or (len(word) < 2 and not word.isdigit()):
            continue
        found.add(_stem(word))
    return frozenset(found)


def concepts_of(text: str) -> frozenset[str]:
    """The everyday topics that the text touches."""
    low = text.lower().replace("’", "'")
    plain = set(_WORD.findall(low))
    plain |= {word.removesuffix("'s") for word in plain}
    return frozenset(
        name
        for name, members in CONCEPTS.items()
        if plain & members or any(w in low for w in members if not w.isascii())
    )


def evening_concepts(text: str) -> frozenset[str]:
    """What an open question about the evening is about: music, films, books."""
    return _LEISURE if _EVENING.search(text) else frozenset()


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] in "ey" else word
