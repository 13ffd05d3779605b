"""The scripted model as a process of its own, over real HTTP."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

HELLO: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "You are Des Quaye.\nRules."},
    {"role": "user", "content": "Hello!"},
]


@pytest.fixture(name="url", scope="module")
def _url() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "embedded.llm", "--port", str(port), "--control"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}/v1/models")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + 30
    with httpx2.Client(trust_env=False) as client:
        while True:
            try:
                client.get(url).raise_for_status()
            except httpx2.ConnectError:
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.05)
            else:
                return


class Server:
    """A client of the SDK, and the control door."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.AsyncClient(base_url=url, trust_env=False)
        self.openai = openai.AsyncOpenAI(
            api_key="any",
            base_url=f"{url}/v1",
            max_retries=0,
            http_client=httpx2.AsyncClient(trust_env=False),
        )

    async def queue(self, order: object) -> httpx2.Response:
        return await self.http.post("/_control/queue", json=order)

    async def history(self) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = (await self.http.get("/_control/history")).json()
        return calls


@pytest.fixture(name="server")
async def _server(url: str) -> Any:
    server = Server(url)
    await server.http.post("/_control/reset")
    yield server
    await server.http.aclose()
    await server.openai.close()


async def test_a_reply_streams_over_http(server: Server) -> None:
    stream = await server.openai.chat.completions.create(
        model="any", messages=HELLO, stream=True
    )
    text = ""
    async for chunk in stream:
        text += chunk.choices[0].delta.content or ""
    (call,) = await server.history()
    assert call["finished"]
    assert call["sent"] == text
    assert call["messages"] == HELLO


async def test_the_history_shows_that_the_client_left(server: Server) -> None:
    stream = await server.openai.chat.completions.create(
        model="any", messages=HELLO, stream=True
    )
    await anext(stream)
    await stream.close()
    for _ in range(50):
        (call,) = await server.history()
        if call["closed_early"]:
            break
        await asyncio.sleep(0.02)
    assert call["closed_early"]
    assert not call["finished"]


async def test_a_queued_order_is_carried_out_once(server: Server) -> None:
    await server.queue({"behaviour": "status", "status": 429, "retry_after": "3"})
    with pytest.raises(openai.RateLimitError):
        await server.openai.chat.completions.create(model="any", messages=HELLO)
    answer = await server.openai.chat.completions.create(model="any", messages=HELLO)
    assert answer.choices[0].message.content


async def test_a_cut_answer_breaks_the_connection(server: Server) -> None:
    await server.queue([{"behaviour": "cut_half_way"}])
    stream = await server.openai.chat.completions.create(
        model="any", messages=HELLO, stream=True
    )
    with pytest.raises(openai.APIConnectionError):
        async for _ in stream:
            pass


async def test_a_stream_that_never_starts_is_silent(server: Server) -> None:
    await server.queue({"behaviour": "never_starts"})
    stream = await server.openai.chat.completions.create(
        model="any", messages=HELLO, stream=True, timeout=httpx2.Timeout(0.2)
    )
    with pytest.raises(openai.APITimeoutError):
        await anext(stream)


@pytest.mark.parametrize(
    "order", [{}, {"behaviour": "nap"}, 7, {"behaviour": "raw", "x": 1}]
)
async def test_what_is_no_order_is_refused(server: Server, order: object) -> None:
    assert (await server.queue(order)).status_code == 400
