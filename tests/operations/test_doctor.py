"""The doctor says what is configured, what answers and what to do, and never a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import Settings

from chatapp import wiring
from chatapp.operations.doctor import Finding, examine
from chatapp.operations.local_models import LocalModel, find
from chatapp.operations.services import without_secrets
from tests.fakes.llm import FaultyModel, refused, streamed
from tests.fakes.maas import FakeMaas, error
from tests.fakes.server import NOTHING, Answer, FakeServer

pytestmark = pytest.mark.django_db(transaction=True)
RECALL = "/v1/memory/recall"


@pytest.fixture
def model(settings: Settings) -> Iterator[FaultyModel]:
    """A model server on loopback that the settings point at."""
    with FaultyModel() as server:
        settings.SCRIPTED_MODEL = False
        settings.OPENAI_BASE_URL = server.base_url
        settings.OPENAI_API_KEY = "sk-very-secret"
        settings.CHAT_MODEL = "small"
        yield server


@pytest.fixture
def maas(settings: Settings) -> Iterator[FakeMaas]:
    """A memory service on loopback that the settings point at."""
    with FakeMaas() as server:
        settings.EMBEDDED_MAAS = False
        for name, value in server.env.items():
            setattr(settings, name, value)
        answer = {"items": [], "memory_session_id": "doctor"}
        server.always(RECALL, Answer(200, answer))
        yield server


async def examined() -> dict[str, Finding]:
    return {finding.part: finding for finding in await examine()}


def beat(seconds_ago: float) -> None:
    """A worker gave its last sign of life so long ago."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


@pytest.fixture(autouse=True)
def _key_of_this_database() -> None:
    """Another test's database may have been emptied since this process made its key."""
    wiring.site_key.cache_clear()


@pytest.fixture
def worker() -> None:
    """A worker that lives."""
    beat(0)


@pytest.mark.usefixtures("worker")
async def test_everything_embedded_is_well() -> None:
    found = await examined()
    assert {part: f.said for part, f in found.items() if not f.well} == {}
    assert "PostgreSQL" in found["Database"].said
    assert found["Memory"].configured.startswith("embedded")
    assert found["Model"].configured == "embedded: scripted demo model"
    assert all(f.seconds >= 0 and not f.advice for f in found.values())


async def test_real_services_are_named_and_asked(
    model: FaultyModel, maas: FakeMaas
) -> None:
    model.next(streamed("ok"))
    found = await examined()
    assert found["Model"].well, found["Model"].said
    assert found["Model"].configured == f"real: small at {model.base_url}"
    assert found["Memory"].well, found["Memory"].said
    assert found["Memory"].configured.startswith("real")
    assert len(maas.asked(RECALL)) == 1


@pytest.mark.parametrize("status", [401, 404])
async def test_a_model_that_refuses_is_a_matter_of_key_and_name(
    model: FaultyModel, status: int
) -> None:
    model.every_reply = refused(status, "no")
    found = (await examined())["Model"]
    assert not found.well
    assert "OPENAI_API_KEY" in found.advice


async def test_a_model_server_that_is_away_is_a_matter_of_the_address(
    model: FaultyModel,
) -> None:
    model.switch_off()
    found = (await examined())["Model"]
    assert not found.well
    assert "OPENAI_BASE_URL" in found.advice


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (error(400), "MAAS_API_KEY"),
        (error(402), "billing"),
        (error(403), "MAAS_WORKSPACE_ID"),
        (Answer(200, b"<html>"), "MAAS_BASE_URL"),
    ],
    ids=["bad key", "blocked", "forbidden", "garbage"],
)
async def test_each_answer_of_the_memory_service_has_its_advice(
    maas: FakeMaas, answer: Answer, advice: str
) -> None:
    maas.always(RECALL, answer)
    found = (await examined())["Memory"]
    assert not found.well
    assert advice in found.advice


async def test_a_channel_layer_that_is_away_is_a_matter_of_redis(
    settings: Settings,
) -> None:
    with FakeServer() as gone:
        url = gone.url.replace("http", "redis")
    settings.REDIS_URL = url
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": url}]},
        }
    }
    found = (await examined())["Channels"]
    assert not found.well
    assert "REDIS_URL" in found.advice


def test_a_worker_is_well_while_it_gives_signs_of_life() -> None:
    from asgiref.sync import async_to_sync

    look = async_to_sync(examined)
    beat(2)
    assert look()["Worker"].well
    beat(9)
    assert "9 s old" in look()["Worker"].said


async def test_no_key_is_ever_shown(model: FaultyModel, maas: FakeMaas) -> None:
    telling = {"error": {"message": "bad key sk-very-secret"}}
    model.every_reply = Answer(401, telling)
    maas.always(
        RECALL, Answer(403, {"error": "no", "message": maas.env["MAAS_API_KEY"]})
    )
    text = str(await examined())
    assert "sk-very-secret" not in text
    assert maas.env["MAAS_API_KEY"] not in text


def test_addresses_are_shown_without_password_and_query() -> None:
    shown = without_secrets("postgresql://u:pw@db.example:6543/site?password=pw")
    assert shown == "postgresql://db.example:6543/site"


def test_a_local_model_server_is_found_with_the_two_variables() -> None:
    with FakeServer() as server:
        server.queue("/v1/models", Answer(200, {"data": [{"id": "llama"}]}))
        port = int(server.url.rsplit(":", 1)[1])
        (found,) = find({"Ollama": port}, but_not=0)
    assert found == LocalModel("Ollama", f"http://127.0.0.1:{port}/v1", "llama")
    assert found.variables == (
        f"OPENAI_BASE_URL=http://127.0.0.1:{port}/v1",
        "CHAT_MODEL=llama",
    )


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>hello"),
        Answer(200, {"data": []}),
        Answer(200, {"data": [{"id": 7}]}),
        Answer(404, {}),
        NOTHING,
    ],
    ids=["page", "no models", "odd", "not found", "silent"],
)
def test_what_is_no_model_server_is_passed_over(answer: Answer) -> None:
    with FakeServer() as server:
        server.always("/v1/models", answer)
        port = int(server.url.rsplit(":", 1)[1])
        assert find({"something": port}, but_not=0) == []
        assert find({"ourselves": port}, but_not=port) == []
