"""The views: one HTTP request, one sync function on one database connection.

Whatever goes wrong is answered in the documented shape; only an error of our own is
a 500, and it is logged.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from channels.db import database_sync_to_async
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from embedded.maas import anchors, atoms, feedback, ingest, recall
from embedded.maas.access import Credentials, authorise, credentials
from embedded.maas.body import MAX_BODY_BYTES, Body, as_id
from embedded.maas.errors import BadRequest, MaasError, MethodNotAllowed, NotFound
from embedded.maas.onboarding import checkout
from embedded.maas.openapi import document

logger = logging.getLogger(__name__)

Operation = Callable[..., dict[str, Any]]
View = Callable[..., Coroutine[Any, Any, HttpResponse]]
WITHOUT_BODY = {"DELETE"}


def answering(view: View) -> View:
    """Every outcome of a view in the documented shape, with the right status."""

    @csrf_exempt
    @wraps(view)
    async def answer(request: HttpRequest, **path: str) -> HttpResponse:
        try:
            return await view(request, **path)
        except MaasError as error:
            return failure(error)
        except Exception:
            logger.exception("%s %s failed", request.method, request.path)
            return failure(MaasError())

    return answer


def endpoint(**operations: Operation) -> View:
    """A view that runs the operation named like the request's method, for a key."""

    async def view(request: HttpRequest, **path: str) -> HttpResponse:
        operation = operations.get(request.method or "")
        if operation is None:
            raise MethodNotAllowed(headers={"Allow": ", ".join(operations)})
        shown = credentials(request.headers)
        raw = b"{}" if request.method in WITHOUT_BODY else _body(request)
        return _json(200, await _on_a_connection(operation, shown, raw, path))

    return answering(view)


@answering
async def create_checkout_session(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/billing/maas/checkout-session`: needs no key, it leads to one."""
    if request.method != "POST":
        raise MethodNotAllowed(headers={"Allow": "POST"})
    body = Body.parse(_body(request))
    create = database_sync_to_async(checkout.create_session, thread_sensitive=False)
    return _json(200, await create(request, body))


@answering
async def openapi(request: HttpRequest) -> HttpResponse:
    """`GET /v1/openapi.json`: this service, described for programs."""
    if request.method not in {"GET", "HEAD"}:
        raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
    return _json(200, document(checkout.origin(request)))


async def unknown_path(request: HttpRequest, **path: str) -> HttpResponse:
    """404 in the documented shape for every other path below /v1."""
    return failure(NotFound("no such path"))


def failure(error: MaasError) -> HttpResponse:
    """The documented form of an error."""
    response = _json(error.status, {"error": error.code, "message": str(error)})
    for name, value in error.headers.items():
        response[name] = value
    return response


def _serve(
    operation: Operation, shown: Credentials, raw: bytes, path: dict[str, str]
) -> dict[str, Any]:
    problem = None
    try:
        body = Body.parse(raw)
    except BadRequest as error:
        # Said only to callers who may call: the key comes first.
        body, problem = Body({}), error
    access = authorise(shown, as_id(body.values.get("anchor_id")))
    if problem:
        raise problem
    return operation(access, body, **path)


# Not thread sensitive: requests run side by side, each on its own pooled connection.
_on_a_connection = database_sync_to_async(_serve, thread_sensitive=False)


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig as exc:
        msg = f"the body is larger than {MAX_BODY_BYTES} bytes"
        raise BadRequest(msg) from exc


def _json(status: int, values: dict[str, Any]) -> HttpResponse:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, status=status, content_type="application/json")


create_anchor = endpoint(POST=anchors.create_anchor)
store_atom = endpoint(POST=atoms.store_atom)
delete_atom = endpoint(DELETE=atoms.delete_atom)
recall_anchor = endpoint(POST=recall.recall)
give_feedback = endpoint(POST=feedback.give_feedback)
ingest_memory = endpoint(POST=ingest.ingest)
recall_memory = endpoint(POST=recall.recall_person)
hydrate_memory = endpoint(POST=recall.hydrate)
