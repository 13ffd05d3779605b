"""A call of a turn as something to paste: curl, Python, JavaScript.

The key is a variable of the shell or the environment, never a value: what is copied
runs once that is set. A body that was cut can not be sent again, so it is not offered.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pprint import pformat
from urllib.parse import urlsplit

from django.conf import settings

from chatapp.memories.models import TurnCall

KEYS = {"memory": "MAAS_API_KEY", "model": "OPENAI_API_KEY"}
WORKSPACE = "MAAS_WORKSPACE_ID"
IN_PROCESS = ("localhost", "scripted.localhost")
"""Hosts of the two stand-ins when they are called without a network."""


@dataclass(frozen=True)
class Request:
    """A call made ready to be repeated. `headers` name variables as `$NAME`."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str


def request_of(call: TurnCall, site: str) -> Request | None:
    """The call to repeat; None when its body is not whole, or nobody listens.

    `site` is this site's own address, with no slash at its end: there the embedded
    memory service answers.
    """
    url = call.url
    parts = urlsplit(url)
    if parts.hostname in IN_PROCESS:
        if call.service == "model":
            return None  # the scripted model has no address of its own
        if settings.EMBEDDED_MAAS:
            url = f"{site}{parts.path}"
    if len(call.request.encode()) < call.request_size:
        return None
    headers = [("Authorization", f"Bearer ${KEYS[call.service]}")]
    if call.service == "memory":
        own = settings.EMBEDDED_MAAS  # there is nothing to know about this one
        workspace = settings.MAAS_WORKSPACE_ID if own else f"${WORKSPACE}"
        headers.append(("X-Workspace-Id", workspace))
    if call.request:
        headers.append(("Content-Type", "application/json"))
    return Request(call.method, url, tuple(headers), call.request)


def variables(request: Request) -> tuple[str, ...]:
    """What has to be set before a copy runs."""
    return tuple(name for _, value in request.headers if (name := _variable(value)))


def as_curl(request: Request) -> str:
    """One command for a POSIX shell."""
    lines = [f"curl -sS -X {request.method} {_quoted(request.url)}"]
    for name, value in request.headers:
        header = f"{name}: {value}"
        # In double quotes the shell puts the variable's value there.
        lines.append(f'-H "{header}"' if _variable(value) else f"-H {_quoted(header)}")
    if request.body:
        lines.append(f"--data-raw {_quoted(pretty(request.body))}")
    return " \\\n  ".join(lines)


def as_python(request: Request) -> str:
    """A script for httpx."""
    headers = "".join(
        f"        {name!r}: {_python(value)},\n" for name, value in request.headers
    )
    value = _json(request.body)
    if value is not None:
        literal = pformat(value, width=76, sort_dicts=False)
        body = f"    json={_further(literal, '    ')},\n"
    else:
        body = f"    content={request.body!r},\n" if request.body else ""
    return (
        "import os\n\nimport httpx  # pip install httpx\n\n"
        "answer = httpx.request(\n"
        f"    {request.method!r},\n    {request.url!r},\n"
        f"    headers={{\n{headers}    }},\n{body}    timeout=30,\n)\n"
        "print(answer.status_code, answer.text)"
    )


def as_javascript(request: Request) -> str:
    """For Node 18 or newer: a script, a module, or typed in."""
    headers = "".join(
        f"    {json.dumps(name)}: {_javascript(value)},\n"
        for name, value in request.headers
    )
    if _json(request.body) is not None:
        value = _further(pretty(request.body), "  ")
        body = f"  body: JSON.stringify({value}),\n"
    else:
        body = f"  body: {json.dumps(request.body)},\n" if request.body else ""
    return (
        f"fetch({json.dumps(request.url)}, {{\n"
        f"  method: {json.dumps(request.method)},\n"
        f"  headers: {{\n{headers}  }},\n{body}}}).then(async (answer) =>\n"
        "  console.log(answer.status, await answer.text()),\n);"
    )


def pretty(body: str) -> str:
    """JSON in lines; anything else as it is."""
    value = _json(body)
    return body if value is None else json.dumps(value, ensure_ascii=False, indent=2)


def _further(text: str, by: str) -> str:
    """The text further in, behind its first line.

    Only at line feeds: a string in it may hold other signs that end a line.
    """
    return text.replace("\n", f"\n{by}")


def _json(body: str) -> object:
    """What the body says as JSON; None for anything else."""
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value


def _variable(value: str) -> str:
    """The variable that a header's value ends with, "" for none."""
    return value.rpartition("$")[2] if "$" in value else ""


def _quoted(text: str) -> str:
    """For a POSIX shell: nothing inside single quotes means anything."""
    return "'" + text.replace("'", "'\\''") + "'"


def _python(value: str) -> str:
    name = _variable(value)
    before = value.removesuffix(f"${name}")
    if not name:
        return repr(value)
    return f'f"{before}{{os.environ[{name!r}]}}"' if before else f"os.environ[{name!r}]"


def _javascript(value: str) -> str:
    name = _variable(value)
    before = value.removesuffix(f"${name}")
    if not name:
        return json.dumps(value)
    return f"`{before}${{process.env.{name}}}`" if before else f"process.env.{name}"
