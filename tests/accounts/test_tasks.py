"""The nightly job does what the command does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from procrastinate.contrib.django import app

from chatapp.accounts import tasks
from chatapp.accounts.models import User


@pytest.mark.django_db(transaction=True)
def test_the_night_removes_guests_who_did_not_come_back() -> None:
    long_ago = timezone.now() - timedelta(days=99)
    User.objects.create(username="g", is_guest=True, last_seen_at=long_ago)
    User.objects.create(username="ana", last_seen_at=long_ago)
    async_to_sync(tasks.remove_guests.func)(timestamp=0)
    assert [user.username for user in User.objects.all()] == ["ana"]


def test_the_worker_knows_the_job_and_its_hour() -> None:
    (nightly,) = [
        job
        for job in app.periodic_registry.periodic_tasks.values()
        if job.task.name == "remove_guests"
    ]
    assert nightly.cron == "17 3 * * *"
