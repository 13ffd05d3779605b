"""Calls are kept with their turn, for so long, in bounds, and never in its way."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright._impl._driver import compute_driver_executable

from chatapp.conversations.models import Conversation
from chatapp.memories import calls, copying
from chatapp.memories.models import TurnCall, TurnRecord
from memory.observe import Seen, Watched
from tests.conversations.tree import say

pytestmark = pytest.mark.django_db
HALF = TurnCall.Half.ANSWER
NASTY = '{"query": "it\'s $HOME `id` \\\\ \\"quoted\\" \\n 한국어", "limit": 3}'
ODD = "\u2028\u2029\x85\x0b\x1c end"
"""Signs that end a line for some, and none for others."""
NODE = str(compute_driver_executable()[0])


def seen(body: str = "{}", url: str = "http://localhost/v1/recall") -> Seen:
    attempt: Any = ("memory", "POST", url, body.encode())
    with calls.watched() as told, Watched(*attempt, secret="k" * 20) as call:
        call.answered(200)
        call.received(b'{"items": []}')
    return told[0]


def kept(conversation: Conversation, *told: Seen) -> list[TurnCall]:
    generation = say(conversation, "Hi.").generation
    calls.keep(generation.pk, HALF, told)
    return list(TurnCall.objects.filter(record__generation=generation))


def test_a_call_is_kept_with_what_was_sent_and_came(conversation: Conversation) -> None:
    (call,) = kept(conversation, seen('{"a": 1}'))
    assert (call.method, call.status, call.error) == ("POST", 200, "")
    assert (call.request, call.response) == ('{"a": 1}', '{"items": []}')
    assert abs(call.began_at - timezone.now()) < timedelta(minutes=1)


def test_a_turn_keeps_only_so_many(conversation: Conversation) -> None:
    assert len(kept(conversation, *[seen()] * (calls.MOST + 5))) == calls.MOST


def test_nothing_is_collected_when_nothing_is_kept(settings: Any) -> None:
    settings.INSPECTOR_DAYS = 0
    with pytest.raises(IndexError):
        seen()


def test_a_fault_while_keeping_them_ends_no_turn(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(calls, "_row", broken)
    assert kept(conversation, seen()) == []


def test_old_ones_are_swept_and_the_record_stays(
    conversation: Conversation, settings: Any
) -> None:
    old, new = kept(conversation, seen(), seen())
    age = timedelta(days=settings.INSPECTOR_DAYS, minutes=1)
    TurnCall.objects.filter(pk=old.pk).update(began_at=timezone.now() - age)
    assert calls.sweep() == 1
    assert list(TurnCall.objects.all()) == [new]
    assert TurnRecord.objects.exists()


def test_a_copied_curl_line_sends_the_very_body_whatever_is_in_it(
    conversation: Conversation,
) -> None:
    (call,) = kept(conversation, seen(NASTY))
    request = copying.request_of(call, "https://site.test")
    assert request is not None
    assert request.url == "https://site.test/v1/recall"
    line = copying.as_curl(request)
    said = subprocess.run(
        ["bash", "-c", "curl() { printf '%s\\0' \"$@\"; }\n" + line],
        env={"MAAS_API_KEY": "filled in", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    ).stdout.decode()
    arguments = said.split("\0")
    assert "Authorization: Bearer filled in" in arguments
    sent = arguments[arguments.index("--data-raw") + 1]
    assert copying.pretty(NASTY) == sent


def test_the_copied_python_is_python_with_the_same_body(
    conversation: Conversation,
) -> None:
    (call,) = kept(conversation, seen(NASTY))
    request = copying.request_of(call, "https://site.test")
    assert request is not None
    script = copying.as_python(request)
    compile(script, "copied", "exec")
    assert "os.environ['MAAS_API_KEY']" in script


# Playwright brings a Node of its own.
@pytest.mark.parametrize("module", [[], ["--input-type=module"]], ids=["cjs", "mjs"])
def test_the_copied_javascript_sends_the_very_body_as_script_and_as_module(
    conversation: Conversation, module: list[str]
) -> None:
    body = json.dumps({"query": json.loads(NASTY)["query"] + ODD}, ensure_ascii=False)
    (call,) = kept(conversation, seen(body))
    request = copying.request_of(call, "https://site.test")
    assert request is not None
    pretend = (
        "globalThis.fetch = async (url, given) => {"
        " console.log(given.headers.Authorization); console.log(given.body);"
        " return { status: 200, text: async () => 'answered' }; };\n"
    )
    told = subprocess.run(
        [NODE, *module, "-e", pretend + copying.as_javascript(request)],
        env={"MAAS_API_KEY": "filled in"},
        capture_output=True,
        check=True,
    ).stdout.decode()
    key, sent, answer, _ = told.split("\n")
    assert (key, answer) == ("Bearer filled in", "200 answered")
    assert json.loads(sent) == json.loads(body)


def test_a_body_that_was_cut_is_not_offered_as_a_copy(
    conversation: Conversation,
) -> None:
    (call,) = kept(conversation, seen())
    call.request_size = 999
    assert copying.request_of(call, "https://site.test") is None
