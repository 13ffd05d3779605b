"""Files of long conversations: written by a job, told of on the way, their owner's alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from chatapp.accounts.models import User
from chatapp.conversations import export, export_files, export_tasks
from chatapp.conversations.models import Conversation, ExportedFile
from tests.conversations.tree import say

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _three_messages_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "LONG", 3)


@pytest.fixture
def long(conversation: Conversation) -> Conversation:
    say(conversation, "One.", "First.")
    say(conversation, "Two.", "**Second.**")
    return conversation


@pytest.fixture
def owner(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("kind", list(export.WRITERS))
def test_a_long_conversation_s_file_is_prepared_and_fetched(
    owner: Client, long: Conversation, kind: str
) -> None:
    asked = owner.post(f"/c/{long.pk}/exports/{kind}/", headers=HTMX)
    assert "Waits for its turn" in page(asked)
    file = ExportedFile.objects.get()
    assert ProcrastinateJob.objects.filter(args__file_id=str(file.pk)).count() == 1
    assert export_files.write(file.pk)
    told = page(owner.get(f"/c/{long.pk}/exports/"))
    assert f"/exports/{file.pk}/" in told
    assert "delay:1s" not in told
    fetched: Any = owner.get(f"/exports/{file.pk}/")
    assert "attachment" in fetched["Content-Disposition"]
    assert "Second." in page(fetched)
    assert len(fetched.content) == ExportedFile.objects.get().size


def test_a_short_conversation_needs_no_job(
    owner: Client, conversation: Conversation
) -> None:
    say(conversation, "One.")
    answered: Any = owner.get(f"/c/{conversation.pk}/export.md")
    assert "attachment" in answered["Content-Disposition"]
    assert "Prepare" not in page(owner.get(f"/c/{conversation.pk}/keep/"))


def test_the_direct_address_of_a_long_one_leads_to_where_it_is_prepared(
    owner: Client, long: Conversation
) -> None:
    answered: Any = owner.get(f"/c/{long.pk}/export.html", follow=True)
    assert "Prepare" in page(answered)
    assert not ExportedFile.objects.exists()


def test_a_second_press_begins_nothing_again(owner: Client, long: Conversation) -> None:
    for _ in range(2):
        owner.post(f"/c/{long.pk}/exports/md/", headers=HTMX)
    assert ProcrastinateJob.objects.filter(task_name="write_export").count() == 1
    first = ExportedFile.objects.get().pk
    export_files.write(first)
    owner.post(f"/c/{long.pk}/exports/md/", headers=HTMX)
    assert ExportedFile.objects.get().pk != first


def test_nobody_else_reaches_the_file_or_its_progress(
    long: Conversation, make_person: Callable[[str], User]
) -> None:
    file = export_tasks.prepare(long, "md")
    export_files.write(file.pk)
    other = Client()
    other.force_login(make_person("noor"))
    assert other.get(f"/exports/{file.pk}/").status_code == 404
    assert other.get(f"/c/{long.pk}/exports/").status_code == 404
    assert other.post(f"/c/{long.pk}/exports/md/").status_code == 404
    assert Client().get(f"/exports/{file.pk}/").status_code == 302


def test_the_page_tells_how_far_a_file_is(
    owner: Client, long: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_files, "TOLD_EVERY_S", 0)
    seen: list[str] = []
    written, media = export.WRITERS["md"]

    def slowly(told: export.Whole) -> Any:
        for piece in written(told):
            seen.append(page(owner.get(f"/c/{long.pk}/exports/")))
            yield piece

    monkeypatch.setattr(export, "WRITERS", {**export.WRITERS, "md": (slowly, media)})
    export_files.write(export_tasks.prepare(long, "md").pk)
    assert "3 of 5 messages" in seen[3]
    assert 'max="5" value="3"' in seen[3]
    assert "hx-get" in seen[3]


def test_what_was_asked_for_anew_meanwhile_is_not_written_over(
    long: Conversation,
) -> None:
    old = export_tasks.prepare(long, "md")
    ExportedFile.objects.all().delete()
    new = export_tasks.prepare(long, "md")
    assert not export_files.write(old.pk)
    assert ExportedFile.objects.get().pk == new.pk
    assert ExportedFile.objects.get().state == ExportedFile.State.WRITING


async def test_a_file_that_can_not_be_written_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    given_up: list[uuid.UUID] = []

    async def broken(pk: uuid.UUID, language: str) -> None:
        raise ValueError(language)

    async def give_up(pk: uuid.UUID) -> None:
        given_up.append(pk)

    monkeypatch.setattr(export_tasks, "_write", broken)
    monkeypatch.setattr(export_tasks, "_give_up", give_up)
    pk = uuid.uuid4()
    await export_tasks.write_export(str(pk), "en")
    assert given_up == [pk]
    assert "can not be written" in caplog.text


def test_a_failed_file_can_be_tried_again(owner: Client, long: Conversation) -> None:
    export_files.give_up(export_tasks.prepare(long, "md").pk)
    assert "could not be written" in page(owner.get(f"/c/{long.pk}/keep/"))
    told = page(owner.post(f"/c/{long.pk}/exports/md/", headers=HTMX))
    assert "could not be written" not in told


def test_few_files_are_made_at_once_for_one_person(
    owner: Client, long: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_files, "AT_ONCE", 1)
    export_tasks.prepare(long, "md")
    refused = owner.post(f"/c/{long.pk}/exports/html/", headers=HTMX)
    assert refused.status_code == 429
    assert ExportedFile.objects.count() == 1


def test_a_file_is_kept_for_a_day(owner: Client, long: Conversation) -> None:
    file = export_tasks.prepare(long, "md")
    export_files.write(file.pk)
    assert export_files.remove_expired() == 0
    ExportedFile.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert owner.get(f"/exports/{file.pk}/").status_code == 404
    assert export_files.remove_expired() == 1


def test_a_file_is_in_the_language_of_whom_it_is_for(long: Conversation) -> None:
    file = export_tasks.prepare(long, "md")
    job = ProcrastinateJob.objects.get(task_name="write_export")
    assert job.args == {"file_id": str(file.pk), "language": "en"}
