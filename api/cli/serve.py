"""``simpul serve``: one process with pages, REST, feeds, projector and couriers."""

import gc
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import uvicorn

from api import logs
from api.app import create_app
from api.cli.console import console
from api.settings import Settings
from api.wiring import Hub, open_hub
from domain.kernel.errors import Refused

BACKLOG = 128
SWITCH = 0.0005
"""Seconds that a thread may keep the interpreter while others want it. Who answers a request gives it up at every
statement: with Python's own 5 ms each of them could wait so long for the projector.
"""


def run(data: Path, host: str | None, port: int | None) -> None:
    """Serve until SIGINT or SIGTERM, then stop cleanly."""
    settings = Settings(data=data)
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update=given)
    serve(settings, lambda at: console.print(f"Simpul: {at}", highlight=False))


def serve(settings: Settings, tell: Callable[[str], None]) -> None:
    """The same with these settings; ``tell`` gets the address once the hub is there."""
    logs.configure(settings.log)
    sys.setswitchinterval(SWITCH)
    with listen(settings.host, settings.port) as listening, open_hub(settings) as hub:
        hub.start()
        ready = server(hub)
        gc.freeze()  # what is there now stays: it is not searched for cycles under the clerks
        tell(address(listening))
        ready.run(sockets=[listening])


class Server(uvicorn.Server):
    """Stops on a signal and returns, so that the hub is closed; the library would die of the signal."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self.handle_exit)
        yield


def server(hub: Hub) -> Server:
    """The HTTP server of a hub; our own log tells requests, without personal data."""
    config = uvicorn.Config(
        create_app(hub), log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5
    )
    return Server(config)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Refused: ``not-loopback`` until login exists, ``port-in-use``."""
    if not _is_loopback(host):
        raise Refused("not-loopback", host=host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise Refused("port-in-use", host=host, port=port) from error
    listening.listen(BACKLOG)
    return listening


def address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
