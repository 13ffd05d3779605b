"""Everything that the pages say is there in Korean and Japanese."""

from __future__ import annotations

import gettext
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from chatapp.language.catalogue import Catalogue, Key
from chatapp.language.extracting import extract, of_python, of_script

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z0-9.]+?[sdf]|%\(\w+\)[sdf]|%%|\{\w*\}|<[^<>]+>")
TRANSLATED = re.compile(r"[가-힣ぁ-ゖァ-ヺ一-鿿]")
SIGNS_ALONE = re.compile(r"[^A-Za-z]*(?:MB)?|.*\.json")
"""What has no words besides placeholders, units and names of files."""


@pytest.fixture(name="keys", scope="module")
def _keys() -> dict[Key, str]:
    return extract()


def folder(code: str) -> Path:
    """Where a language's catalogue is."""
    return Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES"


@pytest.fixture(name="catalogue", scope="module", params=LANGUAGES)
def _catalogue(request: pytest.FixtureRequest) -> Catalogue:
    return Catalogue.read(folder(request.param) / "django.po", request.param)


def test_every_sentence_of_the_pages_is_translated(
    keys: dict[Key, str], catalogue: Catalogue
) -> None:
    missing = [key.text for key in keys if not catalogue.sentences.get(key)]
    assert not missing, "run `python manage.py messages`, then translate these"


def test_nothing_is_kept_that_no_page_says(
    keys: dict[Key, str], catalogue: Catalogue
) -> None:
    assert not catalogue.sentences.keys() - keys.keys()


def test_placeholders_and_markup_come_through_a_translation(
    catalogue: Catalogue,
) -> None:
    for key, said in catalogue.sentences.items():
        wanted = Counter(PLACEHOLDER.findall(key.plural or key.text))
        assert not said or Counter(PLACEHOLDER.findall(said)) == wanted, key.text


def test_a_translation_is_in_the_letters_of_its_language(catalogue: Catalogue) -> None:
    for key, said in catalogue.sentences.items():
        if not said:
            continue  # the test above says so
        if not re.search(r"\w", PLACEHOLDER.sub("", said)):
            continue  # a sign, such as a stroke for "of"
        bare = PLACEHOLDER.sub("", key.text)
        if not SIGNS_ALONE.fullmatch(bare) and re.search(r"[A-Za-z]{2,}", bare):
            assert TRANSLATED.search(said) or said == key.text == "pasted.json", (
                key.text
            )


def test_a_translation_breaks_no_attribute(catalogue: Catalogue) -> None:
    """They stand in attributes, too: a straight quote is there only where it was."""
    for key, said in catalogue.sentences.items():
        assert ('"' in said) <= ('"' in key.text), key.text


def test_one_register_is_kept(catalogue: Catalogue) -> None:
    """Korean ends sentences in 해요체, Japanese in です・ます: never plain or 합쇼체."""
    plain = {"ko": r"(?:니다|한다|했다|이다)\.", "ja": r"(?:である|だ|した|する)。"}
    for key, said in catalogue.sentences.items():
        found = re.search(plain[catalogue.language], said)
        assert not found or "ました。" in said or "でした。" in said, key.text


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_compiled_is_what_is_written(code: str) -> None:
    compiled = (folder(code) / "django.mo").read_bytes()
    catalogue = Catalogue.read(folder(code) / "django.po", code)
    assert compiled == catalogue.mo(), "run `python manage.py messages`"


def test_gettext_itself_reads_what_was_compiled() -> None:
    keys = {Key("One"): "하나", Key("%(n)s atom", "%(n)s atoms"): "기억 %(n)s개"}
    keys[Key("Sent", "", "a letter")] = "보낸 편지"
    read = gettext.GNUTranslations(io.BytesIO(Catalogue("ko", keys).mo()))
    assert read.gettext("One") == "하나"
    for n in (1, 2):
        assert read.ngettext("%(n)s atom", "%(n)s atoms", n) == "기억 %(n)s개"
    assert read.pgettext("a letter", "Sent") == "보낸 편지"
    assert read.gettext("Sent") == "Sent"


def test_a_written_catalogue_reads_back_the_same(tmp_path: Path) -> None:
    keys = {Key('A "quote"\nand \\ more'): "인용 “둘”", Key("x", "xs", "c"): "엑스"}
    path = tmp_path / "django.po"
    path.write_text(Catalogue("ko", keys).po(dict.fromkeys(keys, "a.html")))
    assert Catalogue.read(path, "ko").sentences == keys


def test_a_catalogue_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    path.write_text("msgid no quotes\n")
    with pytest.raises(ValueError, match="no line"):
        Catalogue.read(path, "ko")


def test_python_s_calls_are_found_also_over_several_lines() -> None:
    source = "_('One' ' line')\nngettext('%(n)s a', '%(n)s as', n)\npgettext('c', 'S')"
    found = [Key("One line"), Key("%(n)s a", "%(n)s as"), Key("S", "", "c")]
    assert list(of_python(source)) == found


def test_scripts_sentences_are_found() -> None:
    source = 'say(phrase("It\\"s %(n)s."), 1); phraseOf(n, "%(n)s a", "%(n)s as")'
    assert set(of_script(source)) == {Key('It"s %(n)s.'), Key("%(n)s a", "%(n)s as")}
