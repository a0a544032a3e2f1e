"""A simulated ministry as a process: it says where it listens, and stops when it is told to."""

import argparse
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

GRACE = 1
"""Seconds for answers under way when it must stop."""


class Server(uvicorn.Server):
    """Ends with exit code 0 on SIGTERM and SIGINT; the library would raise the signal again."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield

    def stop_with(self, stream: int) -> None:
        """Stop when the other end of this file descriptor is closed, so also when its owner dies."""

        def watch() -> None:
            with open(stream, "rb", closefd=False) as end:
                while end.read(4096):
                    pass
            self.should_exit = True

        Thread(target=watch, name="stop-with-stdin", daemon=True).start()


def serve(app: ASGIApp, *, host: str, port: int, stop_with_stdin: bool = False) -> None:
    """Listen on ``port`` (0: a free one), print the address as the first line, serve until stopped."""
    with socket.create_server((host, port)) as listening:
        sys.stdout.write(f"http://{host}:{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        # Broken answers are this program's trade: the library need not report them.
        config = uvicorn.Config(
            app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE
        )
        server = Server(config)
        if stop_with_stdin:
            server.stop_with(sys.stdin.fileno())
        server.run(sockets=[listening])


def arguments(what: str, more: Callable[[argparse.ArgumentParser], None] | None = None) -> argparse.Namespace:
    """The command line that every simulator takes."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder of what was accepted")
    parser.add_argument("--stop-with-stdin", action="store_true", help="stop when standard input ends")
    if more:
        more(parser)
    return parser.parse_args()
