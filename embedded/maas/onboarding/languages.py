"""In which language a page is: the one a link chose, else the browser's first known."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from embedded.maas.onboarding.english import ENGLISH
from embedded.maas.onboarding.japanese import JAPANESE
from embedded.maas.onboarding.korean import KOREAN
from embedded.maas.onboarding.wording import Wording


@dataclass(frozen=True)
class Language:
    """A language by its code and its own name, and what the pages say in it."""

    code: str
    name: str
    wording: Wording


LANGUAGES = (
    Language("en", "English", ENGLISH),
    Language("ko", "한국어", KOREAN),
    Language("ja", "日本語", JAPANESE),
)
_BY_CODE = {language.code: language for language in LANGUAGES}


def language_of(request: HttpRequest) -> Language:
    """`?lang=` if it is one of ours, else Accept-Language, else English."""
    chosen = _BY_CODE.get(request.GET.get("lang", ""))
    if chosen:
        return chosen
    for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        accepted = _BY_CODE.get(tag.partition("-")[0])
        if accepted:
            return accepted
    return LANGUAGES[0]
