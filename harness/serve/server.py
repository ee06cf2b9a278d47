"""One process that serves one store until it is stopped."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from starlette.types import ASGIApp

from harness.errors import StageError, Terminated


def listen(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 takes any free one. Raises StageError when the port is taken."""
    # With the protocol named, asyncio switches off Nagle's algorithm: else an answer waits 40 ms for an ACK.
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
        found.listen(128)
    except OSError as error:
        found.close()
        raise StageError(
            f"port {port} of 127.0.0.1: {error.strerror}; another one: --port N, any free one: --port 0"
        ) from None
    return found


def serve(app: ASGIApp, where: socket.socket, ready: Callable[[], None], ending: Callable[[], None]) -> None:
    """Answer until Ctrl-C, which ends it quietly. Raises Terminated after SIGTERM.

    `ready` is called when it listens, `ending` before it waits for answers that are being given.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            ending()
            await super().shutdown(sockets=sockets)

    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    signal.signal(signal.SIGTERM, _terminate)  # uvicorn hands it on when all is closed
    try:
        Server(config).run(sockets=[where])
    except KeyboardInterrupt as stop:
        if isinstance(stop, Terminated):
            raise
    finally:
        where.close()


def _terminate(number: int, frame: object) -> None:
    raise Terminated
