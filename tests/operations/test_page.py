"""What every page may say about the site."""

from __future__ import annotations

from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from chatapp.accounts.models import SiteSwitch
from chatapp.operations.page import Site, replies_enabled, site


def shown() -> Site:
    return site(RequestFactory().get("/"))["site"]


def test_stand_ins_are_labelled_as_such(settings: Settings) -> None:
    settings.SCRIPTED_MODEL = settings.EMBEDDED_MAAS = True
    assert shown()["model_is_scripted"]
    assert shown()["memory_is_embedded"]
    assert shown()["model_name"] == ""


def test_a_real_model_is_named(settings: Settings) -> None:
    settings.SCRIPTED_MODEL = False
    settings.CHAT_MODEL = "large"
    assert shown()["model_name"] == "large"


def test_replies_are_on_until_somebody_says_no(settings: Settings, db: None) -> None:
    settings.REPLIES_ENABLED = True
    assert replies_enabled()
    SiteSwitch.objects.create(replies_enabled=False)
    assert not replies_enabled()
    assert not shown()["replies_enabled"]


def test_the_setting_alone_can_switch_replies_off(settings: Settings) -> None:
    settings.REPLIES_ENABLED = False
    assert not replies_enabled()


def test_a_page_that_does_not_ask_costs_no_query(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        shown()
