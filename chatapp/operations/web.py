"""The web server: uvicorn with the site's ASGI application and our limits.

Called by `manage.py web`, which the supervisor starts; also fine behind a proxy.
"""

from __future__ import annotations

import math
import resource
import socket
import time
from types import FrameType

import uvicorn

from chatapp.conversations.draining import DRAIN
from chatapp.conversations.runner import RUNNER
from chatapp.operations import interpreter

GRACE_S = 5  # for requests; replies have had their time before (`Server`)
LAST_WORDS_S = 0.5
"""Pages are told of a reply's end behind it, when it is written."""
SOCKET_FRAME_BYTES = 64 * 1024  # pages send small commands; messages come by POST
KEEP_ALIVE_S = 30


def serve(listening: socket.socket) -> None:
    """Answer requests on `listening` until SIGTERM or SIGINT."""
    _allow_many_pages()
    interpreter.serve()
    config = uvicorn.Config(
        "chatapp.asgi:application",
        loop="auto",  # uvloop where it is installed
        ws="websockets-sansio",
        # Compressing each token's frame costs more than it saves.
        ws_per_message_deflate=False,
        ws_max_size=SOCKET_FRAME_BYTES,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        access_log=False,
        server_header=False,
        log_config=None,  # the site's own LOGGING
    )
    Server(config).run(sockets=[listening])


def _allow_many_pages() -> None:
    """Each open page is a file to the system, which usually allows 1,024 at first."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Server(uvicorn.Server):
    """Goes on serving while replies are running; told to stop twice, it stops at once.

    uvicorn by itself closes every socket first, and people would see nothing of the
    end of a reply that they wait for.
    """

    _wrote_at = -math.inf

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT."""
        if DRAIN.begun:
            super().handle_exit(sig, frame)
            return
        DRAIN.begin()
        self._captured_signals.append(sig)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to stop."""
        if DRAIN.begun:
            now = time.monotonic()
            if RUNNER.writes():
                self._wrote_at = now
            told = now - self._wrote_at >= LAST_WORDS_S
            self.should_exit |= told or DRAIN.left_s <= 0
        return await super().on_tick(counter)
