"""`{% words "js/page.js" %}`: what a page's scripts say, in the page's language."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from chatapp.language.script_words import words_of
from chatapp.language.sentences import told

register = template.Library()

register.filter("told", told)


@register.simple_tag
def words(*scripts: str) -> SafeString:
    """The sentences of these modules and of what they import; empty in English.

    A block of data that no browser runs; static/js/phrase.js reads it.
    """
    if get_language() == settings.LANGUAGE_CODE:
        return SafeString('<script type="application/json" class="words">{}</script>')
    block = json_script(words_of(scripts))
    return SafeString(block.replace("<script ", '<script class="words" ', 1))
