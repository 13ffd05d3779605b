"""Days that a text names, resolved against the time it was said; never invented.

English, Korean, Japanese and Chinese. What is ambiguous resolves to each reading
("Friday" is this one or the next): a model's date is believed when it is one of them,
and dropped otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

_RELATIVE = (
    (-2, r"\bday before yesterday\b|그저께|그제|一昨日|おととい|前天"),
    (-1, r"\byesterday\b|\blast night\b|어제|昨日|きのう|昨夜|昨天|昨晚"),
    (
        0,
        r"\btoday\b|\btonight\b|\bthis (?:morning|afternoon|evening)\b|오늘|今日|今夜|今晚|今天",
    ),
    (1, r"\btomorrow\b|내일|明日|あした|明天"),
    (2, r"\bday after tomorrow\b|모레|明後日|あさって|后天|後天"),
)
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
]
_CJK_DAYS = {
    **dict(zip("월화수목금토일", range(7), strict=True)),
    **dict(zip("月火水木金土日", range(7), strict=True)),
    **dict(zip("一二三四五六天", range(7), strict=True)),
}
_MONTH = "|".join(rf"{month[:3]}(?:{month[3:]})?" for month in _MONTHS)
_ENGLISH_DAY = re.compile(
    rf"\b(?P<m>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>\d{{4}}))?\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{_MONTH})\b\.?"
    r"(?:,? (?P<y2>\d{4}))?",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)")
_CJK_DAY = re.compile(
    r"(?:(?P<y>\d{4})\s?[년年]\s?)?(?P<m>\d{1,2})\s?[월月]\s?(?P<d>\d{1,2})\s?[일日号號]"
)
_WEEKDAY = re.compile(
    rf"\b(?P<en>{'|'.join(_WEEKDAYS)})s?\b|(?P<cjk>[월화수목금토일月火水木金土日])(?:요일|曜)"
    r"|(?:周|星期|礼拜|禮拜)(?P<zh>[一二三四五六日天])",
    re.IGNORECASE,
)
_IN_DAYS = re.compile(
    r"\bin (?P<n>\d{1,3}) (?P<en>day|week)s?\b|(?P<n2>\d{1,3})\s?(?P<ko>일|주) ?(?:뒤|후)"
    r"|(?P<n3>\d{1,3})\s?(?P<ja>日|週間|天|周)\s?(?:後|后)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d-])((?:19|20)\d{2})(?![\d-])")


def days_in(text: str, at: datetime) -> set[date]:
    """Every day that the text may mean when it is said at `at`."""
    return {
        *written(text, at),
        *_relative(text, at.date()),
        *_weekdays(text, at.date()),
    }


def written(text: str, at: datetime) -> set[date]:
    """The days that are written out, a missing year being this one or a neighbour."""
    found: set[date] = set()
    for match in [*_ISO.finditer(text), *_CJK_DAY.finditer(text)]:
        year = match["y"]
        found |= _of(int(match["m"]), int(match["d"]), year, at.year)
    for match in _ENGLISH_DAY.finditer(text):
        name = (match["m"] or match["m2"])[:3].lower()
        month = next(n for n, m in enumerate(_MONTHS, start=1) if m.startswith(name))
        day = int(match["d"] or match["d2"])
        found |= _of(month, day, match["y"] or match["y2"], at.year)
    return found


def resolved(value: object, text: str, at: datetime) -> date | None:
    """The date that a model gave, if the text names it; None otherwise."""
    if not isinstance(value, str) or not _ISO.fullmatch(value.strip()):
        return None
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        return None
    return day if day in days_in(text, at) else None


def invents(content: str, source: str, at: datetime) -> bool:
    """Whether the content names a day or a year that the source does not."""
    known = days_in(source, at)
    for match in [*_ISO.finditer(content), *_CJK_DAY.finditer(content)]:
        if not known & _of(int(match["m"]), int(match["d"]), match["y"], at.year):
            return True
    if any(not known & days for days in _english_days(content, at.year)):
        return True
    years = {int(year) for year in _YEAR.findall(source)} | {day.year for day in known}
    return any(int(year) not in years for year in _YEAR.findall(content))


def _english_days(text: str, year: int) -> Iterator[set[date]]:
    for match in _ENGLISH_DAY.finditer(text):
        name = (match["m"] or match["m2"])[:3].lower()
        month = next(n for n, m in enumerate(_MONTHS, start=1) if m.startswith(name))
        day = int(match["d"] or match["d2"])
        yield _of(month, day, match["y"] or match["y2"], year)


def _of(month: int, day: int, year: str | None, this: int) -> set[date]:
    years = [int(year)] if year else [this - 1, this, this + 1]
    found = set()
    for one in years:
        try:
            found.add(date(one, month, day))
        except ValueError:
            continue
    return found


def _relative(text: str, today: date) -> Iterator[date]:
    for days, pattern in _RELATIVE:
        if re.search(pattern, text, re.IGNORECASE):
            yield today + timedelta(days=days)
    for match in _IN_DAYS.finditer(text):
        number = int(match["n"] or match["n2"] or match["n3"])
        unit = (match["en"] or match["ko"] or match["ja"]).lower()
        yield today + timedelta(days=number * (1 if unit in "day일日天" else 7))


def _weekdays(text: str, today: date) -> Iterator[date]:
    """The last such day, the next one, and those of the weeks around."""
    for match in _WEEKDAY.finditer(text):
        name = match["en"]
        sign = match["cjk"] or match["zh"]
        sign = "天" if match["zh"] == "日" else sign
        number = _WEEKDAYS.index(name.lower()) if name else _CJK_DAYS[sign]
        ahead = (number - today.weekday()) % 7
        yield from (today + timedelta(days=ahead + 7 * week) for week in (-2, -1, 0, 1))
