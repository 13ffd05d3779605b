"""Finds a model server on this machine that speaks OpenAI's HTTP API."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

USUAL_PORTS = {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080, "vLLM": 8000}
TIMEOUT_S = 0.7
MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class LocalModel:
    """A server and the first model it offers."""

    name: str
    base_url: str
    model: str

    @property
    def variables(self) -> tuple[str, str]:
        """The two settings that would make the site use it."""
        return f"OPENAI_BASE_URL={self.base_url}", f"CHAT_MODEL={self.model}"


def find(ports: dict[str, int], *, but_not: int) -> list[LocalModel]:
    """The servers that answer on `ports`; `but_not` is our own port."""
    with ThreadPoolExecutor(max_workers=len(ports) or 1) as threads:
        looks = [
            threads.submit(_look, name, port)
            for name, port in ports.items()
            if port != but_not
        ]
    return [found for look in looks if (found := look.result()) is not None]


def _look(name: str, port: int) -> LocalModel | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    # Anything may listen on such a port: what does not answer like this is not meant.
    with suppress(
        OSError, http.client.HTTPException, ValueError, LookupError, TypeError
    ):
        connection.request("GET", "/v1/models")
        answer = connection.getresponse()
        if answer.status == http.client.OK:
            offered = json.loads(answer.read(MOST_BYTES))["data"][0]["id"]
            if isinstance(offered, str):
                return LocalModel(name, f"http://127.0.0.1:{port}/v1", offered)
    connection.close()
    return None
