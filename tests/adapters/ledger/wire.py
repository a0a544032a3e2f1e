"""A wire between a ledger and its PostgreSQL that loses an answer: the server has given it, the hub never gets it."""

import socket
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from threading import Event, Thread

from psycopg.conninfo import conninfo_to_dict, make_conninfo

READY = b"Z\0\0\0\5I"
"""ReadyForQuery outside a transaction: what was asked is done, and whatever it wrote is committed."""
CHUNK = 65536


class Wire:
    """Listens on loopback and carries what is said to the server at ``at`` and back."""

    def __init__(self, at: str) -> None:
        self._at = at
        self._words = b""
        self.lost = Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._connections: list[tuple[socket.socket, socket.socket]] = []
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def address(self) -> str:
        host, port = self._listening.getsockname()
        return make_conninfo(self._at, host=host, port=port, sslmode="disable", gssencmode="disable")

    def lose_the_answer_to(self, words: bytes) -> None:
        """Cut the connection that says these words, once the server has answered."""
        self._words = words

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for ends in self._connections:
            _cut(*ends)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listening.accept()
                self._connections.append((client, _server(self._at)))
                self._threads.append(Thread(target=self._carry, args=self._connections[-1]))
                self._threads[-1].start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        said, answer, doomed = b"", b"", False
        with client, server, DefaultSelector() as selector, suppress(OSError):
            for end in (client, server):
                selector.register(end, EVENT_READ)
            while True:
                for key, _ in selector.select():
                    end = client if key.fileobj is client else server
                    if not (data := end.recv(CHUNK)):
                        return
                    if end is client:
                        words = self._words
                        said = said[-len(words) :] + data if words else b""
                        doomed = doomed or (bool(words) and words in said)
                        server.sendall(data)
                    elif not doomed:
                        client.sendall(data)
                    elif (answer := answer + data).endswith(READY):
                        self._words = b""
                        self.lost.set()
                        return


def _server(at: str) -> socket.socket:
    place = conninfo_to_dict(at)
    host, port = str(place.get("host") or "127.0.0.1"), int(place.get("port") or 5432)
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{host}/.s.PGSQL.{port}")
    return server


def _cut(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):  # closed by the other side already
            end.shutdown(socket.SHUT_RDWR)
