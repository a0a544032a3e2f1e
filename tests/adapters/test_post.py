"""A post's laws: patience has an end, answers have a length, and HTTP says who is to blame."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from adapters.clock import stopwatch
from adapters.post import Post, Reply
from domain.kernel.ports import DestinationFault, NotSent, Unanswered

Talk = Callable[[socket.socket, Event], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def peer(talk: Talk) -> Iterator[str]:
    """A server that reads a request and then talks as it likes; connections are kept until the end."""
    over = Event()

    def serve(listening: socket.socket) -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                talk(connection, over)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve, args=(listening,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def request(connection: socket.socket) -> bytes:
    """The head and body of one request; nothing when the sender has left."""
    read = connection.recv(65536)
    while read and not read.endswith(b"hello"):
        read += connection.recv(65536)
    return read


def saying(answer: bytes) -> Talk:
    """Reads one request, answers, hangs up."""

    def talk(connection: socket.socket, _: Event) -> None:
        request(connection)
        connection.sendall(answer)

    return talk


def dripping(answer: bytes) -> Talk:
    """A byte every twentieth of a second: never silent, never done."""

    def talk(connection: socket.socket, over: Event) -> None:
        request(connection)
        for byte in answer:
            try:
                connection.sendall(bytes([byte]))
            except OSError:
                return
            if over.wait(0.05):
                return

    return talk


def send(url: str, *, timeout: float = 5.0, longest: int = 1000) -> Reply:
    post = Post(url, timeout=timeout, longest=longest)
    try:
        return post.send("/x", b"hello", {"Content-Type": "text/plain"})
    finally:
        post.close()


def test_a_good_answer_is_handed_on() -> None:
    with peer(saying(OK)) as url:
        reply = send(url)
    assert (reply.status_code, reply.content, reply.headers["content-length"]) == (200, b"ok", "2")


def test_an_office_that_nobody_answers_at_has_got_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent, match="no-connection"):
        send(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    "slow",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000, id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"z" * 500, id="body"),
    ],
)
def test_a_peer_that_drips_bytes_is_left_at_the_deadline(slow: bytes) -> None:
    with peer(dripping(slow)) as url:
        begin = stopwatch()
        with pytest.raises(Unanswered, match="no-answer-in-time"):
            send(url, timeout=0.3)
        assert stopwatch() - begin < 2.0


def test_silence_is_left_at_the_deadline() -> None:
    def silent(connection: socket.socket, over: Event) -> None:
        over.wait(5)

    with peer(silent) as url:
        begin = stopwatch()
        with pytest.raises(Unanswered, match="no-answer-in-time"):
            send(url, timeout=0.3)
        assert stopwatch() - begin < 2.0


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", b"not http at all\r\n\r\n"],
    ids=["nothing", "half", "no-http"],
)
def test_a_broken_answer_says_nothing_about_what_was_done(answer: bytes) -> None:
    with peer(saying(answer)) as url, pytest.raises(Unanswered, match="connection-broken"):
        send(url)


def test_an_answer_without_end_is_cut_off() -> None:
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"z" * 5000
    with peer(saying(long)) as url, pytest.raises(Unanswered, match="answer-too-long"):
        send(url, longest=1000)
    with peer(saying(long)) as url:
        assert len(send(url, longest=5000).content) == 5000, "control: just long enough"


def status(line: str, *headers: str) -> Talk:
    head = "\r\n".join((f"HTTP/1.1 {line}", "Content-Length: 0", *headers))
    return saying(f"{head}\r\n\r\n".encode())


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("429 Too Many Requests", NotSent),
        ("503 Service Unavailable", NotSent),
        ("502 Bad Gateway", Unanswered),
        ("504 Gateway Timeout", Unanswered),
        ("301 Moved", DestinationFault),
        ("400 Bad Request", DestinationFault),
        ("401 Unauthorized", DestinationFault),
        ("403 Forbidden", DestinationFault),
        ("404 Not Found", DestinationFault),
        ("413 Too Large", DestinationFault),
    ],
)
def test_a_status_says_who_is_to_blame(line: str, problem: type[Exception]) -> None:
    with peer(status(line)) as url, pytest.raises(problem, match=f"http-{line[:3]}"):
        send(url)


def test_an_internal_error_is_for_the_ministrys_own_client_to_read() -> None:
    with peer(status("500 Internal Server Error")) as url:
        assert send(url).status_code == 500


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (("Retry-After: 120",), 120.0),
        (
            ("Date: Tue, 24 Nov 2026 05:00:00 GMT", "Retry-After: Tue, 24 Nov 2026 05:01:30 GMT"),
            90.0,
        ),
        (("Retry-After: Tue, 24 Nov 2026 05:01:30 GMT",), None),
        (("Retry-After: soon",), None),
        ((), None),
    ],
)
def test_the_wish_to_wait_is_read_in_both_forms(headers: tuple[str, ...], seconds: float | None) -> None:
    with peer(status("503 Away", *headers)) as url, pytest.raises(NotSent) as refused:
        send(url)
    assert refused.value.after == seconds


def test_one_connection_carries_many_letters() -> None:
    connections = []

    def talk(connection: socket.socket, _: Event) -> None:
        connections.append(connection)
        while request(connection):
            connection.sendall(OK)

    with peer(talk) as url:
        post = Post(url, timeout=5.0)
        for _ in range(5):
            post.send("/x", b"hello", {})
        post.close()
    assert len(connections) == 1


def test_an_address_that_is_no_address_is_our_fault() -> None:
    with pytest.raises(DestinationFault, match="address-not-http"):
        send("ftp://127.0.0.1:1")
