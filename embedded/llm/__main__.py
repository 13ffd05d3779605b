"""`python -m embedded.llm --port N`: the scripted model over HTTP."""

from __future__ import annotations

import argparse

import uvicorn

from embedded.llm.behave import Behaviour
from embedded.llm.model import ScriptedModel
from embedded.llm.server import ScriptedServer


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m embedded.llm", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--control", action="store_true", help="open /_control/")
    parser.add_argument("--tokens-per-second", type=float, default=None)
    parser.add_argument("--api-key", default=None, help="refuse every other key")
    parser.add_argument(
        "--behaviour", type=Behaviour, choices=list(Behaviour), default=None
    )
    options = parser.parse_args()
    model = ScriptedModel(
        tokens_per_second=options.tokens_per_second,
        behaviour=options.behaviour,
        api_key=options.api_key,
    )
    uvicorn.run(
        ScriptedServer(model, control=options.control),
        host=options.host,
        port=options.port,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
