"""The content of courses, read once: built-in ones from files, imported from rows."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from tutor.content.course import CourseContent
from tutor.content.formats import reread
from tutor.content.problems import Report
from tutor.content.reading import Draft, read
from tutor.models import Course

BUILTIN = Path(__file__).parent.parent / "courses"


def content(course: Course) -> CourseContent:
    """What a course teaches, as last seeded or imported."""
    if course.files:
        return imported(tuple(sorted(course.files.items()))).content
    return builtin(course.slug).content


def builtin_slugs() -> list[str]:
    """The names of the folders of our own courses."""
    return sorted(folder.name for folder in BUILTIN.iterdir() if folder.is_dir())


def builtin_files(slug: str) -> dict[str, str]:
    """The texts of one of our own courses by file name."""
    found = sorted((BUILTIN / slug).glob("*.toml"))
    return {file.name: file.read_text(encoding="utf-8") for file in found}


@lru_cache(maxsize=16)
def builtin(slug: str) -> Draft:
    """One of our own courses; a file with an error in it stops the site here."""
    report = Report()
    draft = read(builtin_files(slug), report)
    if len(report):
        msg = "\n".join(str(problem) for problem in report)
        raise ValueError(msg)
    return draft


@lru_cache(maxsize=64)
def imported(files: tuple[tuple[str, str], ...]) -> Draft:
    """An imported course; it was checked when it was taken in."""
    return reread(dict(files))
