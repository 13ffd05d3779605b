"""The scripted model as the openai SDK sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import openai
import pytest

from embedded.llm.model import ScriptedModel
from embedded.llm.transport import ScriptedTransport


@pytest.fixture(name="model")
def _model() -> ScriptedModel:
    return ScriptedModel(tokens_per_second=0)


@pytest.fixture(name="client")
async def _client(model: ScriptedModel) -> AsyncIterator[openai.AsyncOpenAI]:
    http = httpx2.AsyncClient(transport=ScriptedTransport(model))
    async with openai.AsyncOpenAI(
        api_key="any", base_url="http://model.test/v1", http_client=http, max_retries=0
    ) as client:
        yield client
