"""The OpenAPI document: whole, valid, and about the paths that are there."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from jsonschema_rs import Draft202012Validator

from embedded.maas import api
from embedded.maas.openapi import OPERATIONS, document
from embedded.maas.urls import urlpatterns

NOT_AN_OPERATION = {"/v1/openapi.json"}
DOCUMENT = document("http://maas")


def test_every_path_of_the_service_is_described() -> None:
    served = {
        "/" + str(entry.pattern).replace("<str:", "{").replace(">", "}")
        for entry in urlpatterns
        if entry.callback is not api.unknown_path
    }
    assert served - NOT_AN_OPERATION == set(DOCUMENT["paths"])


def schemas() -> list[Any]:
    """Each schema with its example, as the document pairs them."""
    contents = []
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            answers = operation["responses"].values()
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            contents += [each["content"] for each in (*answers, *bodies)]
    return [content["application/json"] for content in contents]


def test_every_example_fits_its_schema() -> None:
    assert len(schemas()) > 40
    for each in schemas():
        whole = {**each["schema"], "components": DOCUMENT["components"]}
        Draft202012Validator(whole).validate(each["example"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.name)
def test_every_operation_says_what_may_go_wrong(operation: Any) -> None:
    described = DOCUMENT["paths"][operation.path][operation.method]
    assert {"200", "400", "402", "429", "500"} <= set(described["responses"])
    assert "Retry-After" in described["responses"]["429"]["headers"]
    if operation.keyed:
        assert "403" in described["responses"]
        assert described["security"] == [{"bearer": []}, {"header": []}]
        names = [each["name"] for each in described["parameters"]]
        assert "X-Workspace-Id" in names


async def test_it_is_served_without_a_key(http: httpx.AsyncClient) -> None:
    got = await http.get("/v1/openapi.json", headers={"host": "localhost:8123"})
    assert got.status_code == 200
    assert got.headers["content-type"] == "application/json"
    assert got.json() == document("http://localhost:8123")
    wrong = await http.post("/v1/openapi.json")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD")
