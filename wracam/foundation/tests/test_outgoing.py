"""Guarded calls: where they may go, how long and how large they may be."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from wracam.foundation import addresses, outgoing
from wracam.foundation.outgoing import Failure, OutgoingError

FORBIDDEN_URLS = [
    "https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.1/", "https://0x7f.0x0.0x0.0x1/", "https://0177.0.0.1/", "https://017700000001/",
    "https://127.255.255.254/", "https://0/", "https://0.0.0.0/", "https://0.0.0.1/", "https://localhost/",
    "https://LOCALHOST/", "https://10.0.0.1/", "https://10.255.255.255/", "https://012.0.0.1/", "https://0xa000001/",
    "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.0.1/", "https://192.168.1/",
    "https://3232235521/", "https://100.64.0.1/", "https://100.100.100.200/", "https://169.254.169.254/",
    "https://169.254.169.254:443/latest/meta-data/", "https://2852039166/", "https://0xa9fea9fe/",
    "https://0251.0376.0251.0376/", "https://169.254.170.2/", "https://192.0.0.192/", "https://192.0.0.1/",
    "https://192.0.2.1/", "https://192.88.99.1/", "https://198.18.0.1/", "https://198.51.100.7/",
    "https://203.0.113.9/", "https://224.0.0.1/", "https://239.255.255.250/", "https://240.0.0.1/",
    "https://255.255.255.255/", "https://168.63.129.16/", "https://[::]/", "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/", "https://[::127.0.0.1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://[::ffff:10.0.0.1]/", "https://[::ffff:169.254.169.254]/", "https://[::ffff:a9fe:a9fe]/",
    "https://[64:ff9b::127.0.0.1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/", "https://[2002:a9fe:a9fe::1]/", "https://[2001:0:7f00:1::]/", "https://[fc00::1]/",
    "https://[fd00::1]/", "https://[fd00:ec2::254]/", "https://[fd20:ce::254]/", "https://[fe80::1]/",
    "https://[fec0::1]/", "https://[ff02::1]/", "https://[100::1]/", "https://[2001:db8::1]/", "https://[3fff::1]/",
    "https://[5f00::1]/",
]  # fmt: skip
MISWRITTEN_URLS = [
    "", "zielnik.pl", "//zielnik.pl/", "ftp://zielnik.pl/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_",
    "https://", "https:///etc", "https://ania@zielnik.pl/", "https://ania:secret@zielnik.pl/", "https://zielnik.pl/#x",
    "https://zielnik.pl:99999/", "https://zielnik.pl:port/", "https://[::1/", "https://zielnik.pl/a b",
    "https://zielnik.pl/\r\nX: y", "https://zielnik.pl/" + "a" * 2_000, "http://zielnik.pl/", "http://127.0.0.1/",
]  # fmt: skip


def test_there_are_at_least_sixty_spellings():
    assert len(set(FORBIDDEN_URLS)) >= 60


@pytest.mark.parametrize("url", FORBIDDEN_URLS)
def test_no_spelling_reaches_an_inner_address(url, monkeypatch):
    def never(*arguments: object, **named: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "create_connection", never)

    with pytest.raises(OutgoingError) as caught:
        outgoing.send("GET", url, allowed=[], timeout_seconds=2)

    assert caught.value.failure in {Failure.NOT_ALLOWED, Failure.UNRESOLVABLE, Failure.BAD_URL}


@pytest.mark.parametrize("url", MISWRITTEN_URLS)
def test_a_miswritten_address_is_refused_in_a_sentence(url):
    with pytest.raises(OutgoingError) as caught:
        outgoing.send("GET", url, allowed=[])

    assert caught.value.failure is Failure.BAD_URL
    assert outgoing.url_problem(url, allowed=[]) == str(caught.value)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.0.6.139", "2001:4860:4860::8888", "2a00:1450:4001::1"])
def test_public_addresses_are_allowed(address):
    assert addresses.refusal("zielnik.pl", address, []) is None


@pytest.mark.parametrize(
    ("host", "address", "allowed", "is_refused"),
    [
        ("erp.local", "10.0.0.5", ["erp.local"], False),
        ("erp.local", "10.0.0.5", ["10.0.0.0/24"], False),
        ("erp.local", "10.0.1.5", ["10.0.0.0/24"], True),
        ("erp.local", "169.254.169.254", ["erp.local", "0.0.0.0/0"], True),
        ("erp.local", "::ffff:169.254.169.254", ["erp.local"], True),
        ("erp.local", "fd00:ec2::254", ["erp.local", "::/0"], True),
        ("evil.erp.local", "10.0.0.5", ["erp.local"], True),
    ],
)
def test_the_operator_opens_hosts_and_networks_but_never_metadata(host, address, allowed, is_refused):
    assert (addresses.refusal(host, address, allowed) is not None) is is_refused


def test_one_inner_address_among_public_ones_refuses_the_host(monkeypatch):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **named: answers)

    with pytest.raises(OutgoingError) as caught:
        outgoing.send("GET", "https://zielnik.pl/", allowed=[])

    assert caught.value.failure is Failure.NOT_ALLOWED


class _Shop(BaseHTTPRequestHandler):
    """A shop that redirects, drips and talks too much."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, body[::-1])

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/hello")
            self.end_headers()
        elif self.path == "/large":
            self._answer(200, b"x" * 50_000)
        elif self.path == "/drip":
            self._drip()
        else:
            self._answer(200, self.headers["Host"].encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_allowed_host_is_called_with_its_body(shop):
    answer = outgoing.send("POST", f"{shop}/", body=b"abc", allowed=["127.0.0.1"])

    assert (answer.status, answer.body, answer.is_success) == (200, b"cba", True)


def test_the_host_header_keeps_the_name_while_the_checked_address_is_called(shop, monkeypatch):
    port = int(shop.rpartition(":")[2])
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    resolved: list[str] = []

    def resolve(host: str, *arguments: object, **named: object) -> object:
        resolved.append(host)
        return answers

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **named: real(host, *rest, **named) if host == "127.0.0.1" else resolve(host),
    )

    answer = outgoing.send("GET", f"http://erp.local:{port}/", allowed=["erp.local"])

    assert answer.body == f"erp.local:{port}".encode()
    assert resolved == ["erp.local"]


def test_a_redirect_is_an_answer_and_not_followed(shop):
    answer = outgoing.send("GET", f"{shop}/redirect", allowed=["127.0.0.1"])

    assert (answer.status, answer.is_success) == (302, False)


def test_an_answer_that_is_too_large_is_cut_off(shop):
    with pytest.raises(OutgoingError) as caught:
        outgoing.send("GET", f"{shop}/large", allowed=["127.0.0.1"], response_bytes_max=10_000)

    assert caught.value.failure is Failure.TOO_LARGE


def test_a_dripping_answer_ends_with_the_time_of_the_call(shop):
    started = time.monotonic()

    with pytest.raises(OutgoingError) as caught:
        outgoing.send("GET", f"{shop}/drip", allowed=["127.0.0.1"], timeout_seconds=0.5)

    assert caught.value.failure is Failure.TIMEOUT
    assert time.monotonic() - started < 2


def test_a_closed_port_is_unreachable(shop):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(OutgoingError) as caught:
        outgoing.send("GET", f"http://127.0.0.1:{port}/", allowed=["127.0.0.1"])

    assert caught.value.failure is Failure.UNREACHABLE
