"""A person has two names for the memory service, which nothing ties together."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from chatapp.accounts.models import SiteSwitch, User


def test_a_person_has_two_unrelated_pseudonyms() -> None:
    user = User(username="ana", email="ana@example.com")
    assert user.chat_external_id.startswith("u-")
    assert user.tutor_external_id.startswith("l-")
    assert user.chat_external_id[2:] != user.tutor_external_id[2:]
    assert "ana" not in user.chat_external_id + user.tutor_external_id
    assert user.display_name == "ana"


@pytest.mark.django_db
def test_there_is_one_switch() -> None:
    SiteSwitch.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteSwitch.objects.create(id=2)
