"""The HTTP server around the API: uvicorn on a socket of ours, stopped by us."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from patchgui.ssm.errors import AgentError, PortInUse

HOST = "127.0.0.1"
"""The agent listens on loopback only."""

_BACKLOG = 1024


def listen(port: int) -> socket.socket:
    """Return a listening socket on ``port``, 0 for any that is free.

    Raises:
        PortInUse: something else listens there.
        AgentError: this user may not listen there.
    """
    # asyncio turns Nagle's delay off (40 ms an answer) only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"Port {port} on {HOST} is in use by another program.",
                hint="Give another one with --port, or leave it out: then any free port is taken.",
            ) from error
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise AgentError(f"The agent cannot listen on port {port}: {reason}.", hint="Give another --port.") from error
    listener.setblocking(False)
    return listener


class ApiServer(uvicorn.Server):
    """Serves until it is told to stop; tells when it has started. Signals are the agent's, not the server's."""

    def __init__(self, app: ASGIApp, protocol: type[asyncio.Protocol] | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=protocol or "auto",
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                loop="asyncio",
                server_header=False,
                date_header=False,
                # A console polls every few hundred milliseconds; the next start need not wait for a new connection.
                timeout_keep_alive=75,
                timeout_graceful_shutdown=2,
            )
        )
        self.has_started = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self.has_started.set()

    def stop(self) -> None:
        """Finish what is being answered, then end."""
        self.should_exit = True
