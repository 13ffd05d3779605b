"""The scripted model in process, behind the openai SDK."""

from __future__ import annotations

import asyncio
import json
import time

import httpx2
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from embedded.llm.behave import Behaviour, Order
from embedded.llm.model import ScriptedModel
from embedded.llm.transport import ScriptedTransport
from embedded.llm.wire import MODEL_ID
from tests.embedded.llm.prompts import CHARACTER_TYPES, atoms_schema, turn_to_read

HELLO: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "You are Des Quaye.\nRules."},
    {"role": "user", "content": "Hello!"},
]


async def test_a_reply_streams_in_pieces_and_ends_with_usage(
    client: openai.AsyncOpenAI, model: ScriptedModel
) -> None:
    stream = await client.chat.completions.create(
        model="any",
        messages=HELLO,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    assert chunks[0].choices[0].delta.role == "assistant"
    pieces = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert len(pieces) > 20
    assert chunks[-2].choices[0].finish_reason == "stop"
    usage = chunks[-1].usage
    assert usage is not None
    assert usage.completion_tokens == -(-len("".join(pieces)) // 4)
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert {chunk.model for chunk in chunks} == {MODEL_ID}
    assert model.history[0].finished
    assert model.history[0].sent == "".join(pieces)


async def test_without_streaming_the_same_text_comes_whole(
    client: openai.AsyncOpenAI, model: ScriptedModel
) -> None:
    answer = await client.chat.completions.create(model="any", messages=HELLO)
    stream = await client.chat.completions.create(
        model="any", messages=HELLO, stream=True
    )
    parts = [c.choices[0].delta.content or "" async for c in stream if c.choices]
    assert answer.choices[0].message.content == "".join(parts)
    assert answer.usage is not None
    assert not [call for call in model.history if call.closed_early]


async def test_no_usage_chunk_unless_asked(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="any", messages=HELLO, stream=True
    )
    assert all([chunk.usage is None async for chunk in stream])


async def test_the_limit_of_tokens_cuts_the_reply(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(
        model="any", messages=HELLO, max_completion_tokens=5
    )
    assert answer.choices[0].finish_reason == "length"
    assert len(answer.choices[0].message.content or "") == 20


async def test_the_pace_holds_and_the_first_token_comes_at_once() -> None:
    paces: list[float] = []

    async def sleep(seconds: float) -> None:
        paces.append(seconds)

    model = ScriptedModel(tokens_per_second=40, sleep=sleep)
    http = httpx2.AsyncClient(transport=ScriptedTransport(model))
    async with openai.AsyncOpenAI(
        api_key="k", base_url="http://m/v1", http_client=http
    ) as client:
        stream = await client.chat.completions.create(
            model="any", messages=HELLO, stream=True
        )
        seen = 0
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                seen += 1
                assert len(paces) == seen - 1
    assert set(paces) == {1 / 40}


async def test_closing_the_stream_stops_the_generation_at_once() -> None:
    model = ScriptedModel(tokens_per_second=50)
    http = httpx2.AsyncClient(transport=ScriptedTransport(model))
    async with openai.AsyncOpenAI(
        api_key="k", base_url="http://m/v1", http_client=http
    ) as client:
        stream = await client.chat.completions.create(
            model="any", messages=HELLO, stream=True
        )
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                break
        began = time.perf_counter()
        await stream.close()
        assert time.perf_counter() - began < 0.2
        call = model.history[0]
        assert call.closed_early
        sent = call.sent
        await asyncio.sleep(0.1)
        assert call.sent == sent
        assert not call.finished


async def test_the_models_are_listed(client: openai.AsyncOpenAI) -> None:
    assert [entry.id async for entry in client.models.list()] == [MODEL_ID]


async def test_the_extraction_call_answers_by_its_schema(
    client: openai.AsyncOpenAI,
) -> None:
    answer = await client.chat.completions.create(
        model="any",
        messages=[{"role": "user", "content": turn_to_read("I love jazz.")}],
        response_format={
            "type": "json_schema",
            "json_schema": {
                "name": "memory_atoms",
                "strict": True,
                "schema": dict(atoms_schema(CHARACTER_TYPES)),
            },
        },
    )
    assert json.loads(answer.choices[0].message.content or "") == {
        "atoms": [
            {
                "type": "preference",
                "content": "User loves jazz.",
                "confidence": 0.9,
                "quote": "I love jazz.",
                "speaker": "user",
            }
        ]
    }


async def test_another_schema_gets_its_smallest_instance(
    client: openai.AsyncOpenAI,
) -> None:
    schema: dict[str, object] = {
        "type": "object",
        "properties": {
            "title": {"type": "string", "minLength": 3},
            "tags": {"type": "array", "items": {"type": "string"}},
            "kind": {"enum": ["a", "b"]},
        },
        "required": ["title", "tags", "kind"],
    }
    answer = await client.chat.completions.create(
        model="any",
        messages=HELLO,
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "title", "schema": schema},
        },
    )
    assert json.loads(answer.choices[0].message.content or "") == {
        "title": "xxx",
        "tags": [],
        "kind": "a",
    }


async def test_a_wrong_request_gets_an_error_in_openai_s_shape(
    client: openai.AsyncOpenAI,
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model="any", messages=[])
    assert caught.value.param == "messages"
    with pytest.raises(openai.NotFoundError):
        await client.embeddings.create(model="any", input="text")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, openai.AuthenticationError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
async def test_an_ordered_status_is_answered(
    client: openai.AsyncOpenAI,
    model: ScriptedModel,
    status: int,
    error: type[openai.APIStatusError],
) -> None:
    model.enqueue(Order(Behaviour.STATUS, status=status, retry_after="7"))
    with pytest.raises(error) as caught:
        await client.chat.completions.create(model="any", messages=HELLO, stream=True)
    assert caught.value.response.headers["retry-after"] == "7"
    answer = await client.chat.completions.create(model="any", messages=HELLO)
    assert answer.choices[0].message.content


async def test_an_html_page_is_no_json(
    client: openai.AsyncOpenAI, model: ScriptedModel
) -> None:
    model.enqueue(Behaviour.HTML_PAGE)
    raw = await client.chat.completions.with_raw_response.create(
        model="any", messages=HELLO
    )
    assert raw.http_response.headers["content-type"] == "text/html"
    assert raw.http_response.content.startswith(b"<!doctype html>")


async def test_a_stream_cut_half_way_breaks_the_connection(
    client: openai.AsyncOpenAI, model: ScriptedModel
) -> None:
    model.enqueue(Behaviour.CUT_HALF_WAY)
    stream = await client.chat.completions.create(
        model="any", messages=HELLO, stream=True
    )
    text = ""
    with pytest.raises(openai.APIConnectionError):
        async for chunk in stream:
            text += chunk.choices[0].delta.content or ""
    assert text
    assert text == model.history[0].sent
    assert not model.history[0].finished


@pytest.mark.parametrize(
    ("behaviour", "some"),
    [(Behaviour.NEVER_STARTS, False), (Behaviour.STALL_MID_STREAM, True)],
)
async def test_silence_lasts_until_the_read_time_out(
    client: openai.AsyncOpenAI, model: ScriptedModel, behaviour: Behaviour, some: bool
) -> None:
    model.enqueue(behaviour)
    stream = await client.chat.completions.create(
        model="any", messages=HELLO, stream=True, timeout=httpx2.Timeout(0.1)
    )
    text = ""
    with pytest.raises(openai.APITimeoutError):
        async for chunk in stream:
            text += chunk.choices[0].delta.content or ""
    assert bool(text) is some
    assert model.history[0].closed_early


async def test_a_key_that_is_not_the_one_asked_for_is_refused() -> None:
    model = ScriptedModel(tokens_per_second=0, api_key="the-key")
    http = httpx2.AsyncClient(transport=ScriptedTransport(model))
    async with openai.AsyncOpenAI(
        api_key="another", base_url="http://m/v1", http_client=http
    ) as client:
        with pytest.raises(openai.AuthenticationError):
            await client.chat.completions.create(model="any", messages=HELLO)


@pytest.mark.parametrize("value", ["fast", "-1", "inf", "nan"])
def test_nonsense_in_the_pace_variable_fails_loudly(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SCRIPTED_TOKENS_PER_SECOND", value)
    with pytest.raises(ValueError, match="SCRIPTED_TOKENS_PER_SECOND"):
        ScriptedModel()


def test_the_pace_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIPTED_TOKENS_PER_SECOND", "12.5")
    assert ScriptedModel().tokens_per_second == 12.5
