"""Times are told on the person's clock, and say UTC while nobody knows which that is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Engine
from django.test import Client, RequestFactory
from django.utils import timezone

from chatapp.accounts import zones
from chatapp.accounts.middleware import ZoneMiddleware
from chatapp.accounts.models import User

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def told(template: str, **values: object) -> str:
    """What a template makes of these values."""
    engine = Engine(
        builtins=["chatapp.accounts.templatetags.zones"],
        libraries={"tz": "django.templatetags.tz"},
    )
    return engine.from_string(template).render(Context(values, use_tz=True))


@pytest.mark.parametrize(
    "name", ["Asia/Seoul", "America/Argentina/Ushuaia", "Asia/Calcutta", "UTC"]
)
def test_a_name_of_the_database_is_a_zone(name: str) -> None:
    found = zones.named(name)
    assert found
    assert found.key == name


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Base", "localtime", "America/Argentina", "../../etc/passwd", "/etc/x"]
    + ["Europe/Berlin\n", "Etc/Unknown", "x" * 70, "a/" + "b" * 70, "Europe/\0"],
)
def test_what_is_no_zone_is_none_and_no_error(name: str) -> None:
    assert zones.named(name) is None


def test_a_moment_is_told_on_the_clock_in_force_and_without_a_label() -> None:
    with timezone.override(zones.named("Asia/Seoul")):
        assert told('{{ at|date:"j F, H:i" }}', at=NOON) == "29 March, 21:00"


def test_a_moment_says_that_it_is_utc_while_the_zone_is_not_known() -> None:
    with timezone.override(zones.UNKNOWN):
        assert told('{{ at|date:"j F, H:i" }}', at=NOON) == "29 March, 12:00 UTC"
        assert told('{{ at|date:"c" }}', at=NOON) == "2026-03-29T12:00:00+00:00"
        assert told('{{ on|date:"j F" }}', on=date(2026, 3, 29)) == "29 March"
        assert told('{{ at|date:"j F" }}', at=None) == ""
        beside = told('{{ at|same_zone:"j F" }} to {{ at|date:"j F" }}', at=NOON)
        assert beside == "29 March to 29 March UTC"


def test_a_person_who_chose_utc_is_told_no_label() -> None:
    with timezone.override(zones.named("UTC")):
        assert told('{{ at|date:"H:i" }}', at=NOON) == "12:00"


def test_what_a_template_takes_to_utc_itself_is_its_own() -> None:
    with timezone.override(zones.UNKNOWN):
        assert told('{% load tz %}{{ at|utc|date:"H:i" }}', at=NOON) == "12:00"


def test_the_hour_that_a_spring_night_leaves_out_is_left_out() -> None:
    with timezone.override(zones.named("Europe/Berlin")):
        before, after = NOON - 11 * HOUR - HOUR, NOON - 11 * HOUR
        assert told('{{ at|date:"H:i" }}', at=before) == "01:00"
        assert told('{{ at|date:"H:i" }}', at=after) == "03:00"


def test_a_zone_is_asked_for_when_a_time_is_shown_and_once() -> None:
    asked: list[int] = []
    berlin = zones.named("Europe/Berlin")
    assert berlin

    def ask() -> ZoneInfo:
        asked.append(1)
        return berlin

    with timezone.override(zones.AskedZone(ask)):
        assert not asked
        assert timezone.localtime(NOON).hour == 14
        assert timezone.localdate(NOON + 10 * HOUR) == date(2026, 3, 30)
        naive = datetime(2026, 7, 1, 12)
        assert timezone.make_aware(naive).utcoffset() == 2 * HOUR
        assert zones.label() == "Europe/Berlin"
        assert zones.is_known()
    assert len(asked) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("site")
class TestThePerson:
    """Whose zone it is."""

    def zone_of(self, user: User, cookie: str) -> str:
        """What a page of this person tells, in a browser that says `cookie`."""
        request = RequestFactory().get("/")
        request.COOKIES["zone"] = cookie
        request.user = user
        seen = []

        def view(_request: object) -> None:
            seen.append(zones.label())

        ZoneMiddleware(view)(request)  # type: ignore[arg-type]  # answers nothing
        assert str(timezone.get_current_timezone()) == "UTC"  # the thread is kept
        return seen[0]

    def test_it_is_kept_when_the_browser_names_it_first(self, ana: User) -> None:
        assert self.zone_of(ana, "Asia/Seoul") == "Asia/Seoul"
        assert User.objects.get().zone == "Asia/Seoul"

    def test_another_browser_does_not_change_it(self, ana: User) -> None:
        User.objects.update(zone="Europe/Berlin")
        ana.refresh_from_db()
        assert self.zone_of(ana, "Asia/Seoul") == "Europe/Berlin"
        assert User.objects.get().zone == "Europe/Berlin"

    def test_nonsense_is_no_zone(self, ana: User) -> None:
        assert self.zone_of(ana, "../Seoul") == "UTC"
        assert User.objects.get().zone == ""

    def test_a_choice_is_taken_and_nonsense_refused(
        self, client: Client, ana: User
    ) -> None:
        client.force_login(ana)
        client.post("/time-zone/", {"zone": "Pacific/Chatham"})
        assert User.objects.get().zone == "Pacific/Chatham"


def test_every_choice_is_a_zone() -> None:
    for area, names in zones.choices():
        assert names, area
        assert all(zones.named(name) for name in names[:3])
