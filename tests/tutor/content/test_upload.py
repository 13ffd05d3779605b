"""Uploads are bounded, whatever a zip says of itself."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tutor.content import upload
from tutor.content.problems import Report
from tutor.content.upload import Files, unpack


def zipped(members: dict[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def taken(*files: tuple[str, bytes]) -> tuple[Files, list[str]]:
    report = Report()
    given = [SimpleUploadedFile(name, data) for name, data in files]
    return unpack(given, report), [str(problem) for problem in report]


def test_a_zip_and_files_beside_it_are_read() -> None:
    packed = zipped(
        {"c/course.toml": b"a = 1\r\n", "c/__MACOSX/x.toml": b"", "c/p.png": b"x"}
    )
    files, told = taken(("course.zip", packed))
    assert (files.texts, told) == ({"course.toml": "a = 1\n"}, [])
    assert files.left_out == ["c/p.png"]
    files, _ = taken(
        ("a.toml", b"\xef\xbb\xbfx = 1"), ("b.json", b"{}"), ("c.exe", b"")
    )
    assert files.texts == {"a.toml": "x = 1", "b.json": "{}"}
    assert files.left_out == ["c.exe"]


@pytest.mark.parametrize(
    "name",
    ["../../etc/x.toml", "/etc/x.toml", "a/../../x.toml", "C:/x.toml", "..\\x.toml"],
)
def test_a_name_that_leads_out_of_the_zip_is_refused(name: str) -> None:
    files, told = taken(("c.zip", zipped({name: b"a = 1"})))
    assert files.texts == {}
    assert "leads out" in told[0]


def test_a_bomb_is_read_no_further_than_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = zipped({"bomb.toml": b"0" * 50_000_000})
    assert len(packed) < 60_000
    files, told = taken(("bomb.zip", packed))
    assert files.texts == {}
    assert files.size == 0
    assert "512 kB at most" in told[0]
    monkeypatch.setattr(upload, "MOST_TEXT", 1_000)
    many = zipped({f"{n}.toml": b"a" * 300 for n in range(100)})
    files, told = taken(("many.zip", many))
    assert len(files.texts) == 3
    assert len(told) == 1


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MOST_FILES", 3)
    files, told = taken(("c.zip", zipped({f"{n}.toml": b"" for n in range(4)})))
    assert files.texts == {}
    assert "more than 3 files" in told[0]


def test_a_link_in_a_zip_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        member = zipfile.ZipInfo("link.toml")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    files, told = taken(("c.zip", packed.getvalue()))
    assert files.texts == {}
    assert told == ["link.toml: This is a link and not a file."]


def test_what_is_no_text_is_told_with_its_line() -> None:
    _, told = taken(("a.toml", b"a = 1\nb = \xff\n"), ("b.toml", b"\n\n\x00"))
    assert told == [
        "a.toml:2: This is no text in UTF-8.",
        "b.toml:3: There is a zero byte in this text.",
    ]


def test_a_name_that_occurs_twice_is_told() -> None:
    _, told = taken(("a.toml", b""), ("a.toml", b"x = 1"))
    assert told == ["a.toml: This name occurs twice in the upload."]


def damaged() -> dict[str, bytes]:
    sound = zipped({"course.toml": b"title = 'x'\n" * 50})
    encrypted = bytearray(zipped({"course.toml": b"x"}, how=zipfile.ZIP_STORED))
    encrypted[6] |= 1  # the flag in the local header, and in the central directory
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    strange = bytearray(sound)
    strange[8] = strange[strange.index(b"PK\x01\x02") + 10] = 99
    return {
        "empty": b"",
        "no zip at all": b"hello",
        "cut off": sound[: len(sound) // 2],
        "no end": sound[:-10],
        "turned bytes": sound[:45] + bytes(b ^ 0x55 for b in sound[45:60]) + sound[60:],
        "a password": bytes(encrypted),
        "an unknown method": bytes(strange),
        "only zlib": zlib.compress(b"x" * 1000),
        "a zip in a zip": zipped({"inner.zip": sound}),
    }


@pytest.mark.parametrize("name", damaged())
def test_a_damaged_zip_is_told_and_breaks_nothing(name: str) -> None:
    files, told = taken(("c.zip", damaged()[name]))
    assert files.texts == {}
    assert told or files.left_out == ["inner.zip"]


def test_a_large_upload_is_refused_before_it_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upload, "MOST_BYTES", 10)
    files, told = taken(("c.toml", b"x" * 11))
    assert files.texts == {}
    assert "MB at most" in told[0]
