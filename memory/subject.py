"""Whom a statement is about: the one who said it, or somebody they talk of.

"My sister is allergic to nuts" is no allergy of the person. What is told of somebody
else may be kept as a fact of the person's life ("User's sister ..."), never as a fact
about the person.
"""

from __future__ import annotations

import re

_KIN = (
    r"(?:mother|father|mum|mom|dad|sister|brother|wife|husband|partner|boyfriend"
    r"|girlfriend|daughter|son|kid|child|grandmother|grandfather|grandma|grandpa|aunt"
    r"|uncle|cousin|nephew|niece|friend|roommate|flatmate|twin|boss|neighbou?r|ex|teacher"
    r"|colleague|coworker|classmate|mate)"
)
_OTHER = re.compile(
    rf"^\W*(?:(?:and|but|so|well|oh|also|because) )*(?:my (?:\w+ ){{0,2}}{_KIN}\b(?!['\u2019]s)"
    r"|(?:he|she|they)\b|his\b|her\b|their\b)"
    r"|^\W*(?:우리 |내 |제 )?(?:\S{0,4} ?)?(?:엄마|어머니|아빠|아버지|언니|누나|오빠|형|동생|남편|아내"
    r"|남친|여친|남자친구|여자친구|친구|사촌|이모|고모|삼촌|할머니|할아버지|룸메|룸메이트|상사|선배|후배)"
    r"(?:가|이|는|은|도)"
    r"|^\W*(?:うちの|私の|僕の|俺の)?(?:母|父|姉|兄|妹|弟|夫|妻|旦那|彼氏|彼女|友達|友人|親友|祖母|祖父|上司"
    r"|先輩|後輩|同僚|ルームメイト|いとこ)(?:が|は|も)"
    r"|^\W*我?(?:的)?(?:妈妈|爸爸|姐姐|哥哥|妹妹|弟弟|老公|老婆|男朋友|女朋友|朋友|同事|室友|表哥|奶奶|爷爷)",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:i|i['\u2019]m|me|my|mine|myself|we|us|our)\b|나는|나도|내가|저는|제가|나한테|저한테"
    r"|우리|私|僕|俺|うち|自分|我",
    re.IGNORECASE,
)
_NOT_KIN = re.compile(rf"^\W*my (?:\w+ ){{0,2}}{_KIN}\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[^,;，、；]+")
_OWNER = re.compile(
    r"^(?:user|learner)['\u2019]s\b|^(?:사용자|학습자)의|^(?:ユーザー|学習者)の"
)


def is_others(quote: str) -> bool:
    """Whether every clause of the quote is about somebody else than its speaker."""
    clauses = [clause for clause in _CLAUSE.findall(quote) if clause.strip()]
    return bool(clauses) and all(
        _OTHER.search(clause) and not _speaks_of_self(clause) for clause in clauses
    )


def _speaks_of_self(clause: str) -> bool:
    rest = _NOT_KIN.sub("", clause)
    rest = _OTHER.sub("", rest, count=1) if rest == clause else rest
    return _OWN.search(rest) is not None


def claims_for_person(content: str, person: str) -> bool:
    """Whether the content states something of the person themselves."""
    names = {
        "User": ("사용자", "ユーザー", "用户"),
        "Learner": ("학습자", "学習者", "学习者"),
    }
    begins = content.startswith((person, *names.get(person, ())))
    return begins and _OWNER.match(content.casefold()) is None
