"""The address of the caller behind proxies, and what a liar can do about it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hot.calling import call
from wracam.config import hot, proxies
from wracam.foundation.configuration import ConfigurationError

TRUSTED = proxies.networks(["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"])


@pytest.mark.parametrize(
    ("peer", "header", "expected"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "2001:db8::5, 2001:db9::7", "2001:db9::7"),
        ("127.0.0.1", "10.0.0.8", "10.0.0.8"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7, <script>", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_caller_is_the_first_address_from_the_right_that_is_no_proxy_of_ours(peer, header, expected):
    assert proxies.caller(peer, header, TRUSTED) == expected


def test_headers_of_a_stranger_change_nothing_and_reach_nobody(monkeypatch):
    monkeypatch.setattr(proxies, "_trusted", lambda: TRUSTED)
    stranger = {"REMOTE_ADDR": "203.0.113.9", "wsgi.url_scheme": "http",
                "HTTP_X_FORWARDED_FOR": "10.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}  # fmt: skip

    proxies.resolve(stranger)

    assert stranger == {"REMOTE_ADDR": "203.0.113.9", "wsgi.url_scheme": "http"}


def test_a_trusted_proxy_says_who_calls_and_that_the_way_was_encrypted(monkeypatch):
    monkeypatch.setattr(proxies, "_trusted", lambda: TRUSTED)
    environ = {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
               "HTTP_X_FORWARDED_FOR": "203.0.113.7", "HTTP_X_FORWARDED_PROTO": "https"}  # fmt: skip

    proxies.resolve(environ)

    assert environ == {"REMOTE_ADDR": "203.0.113.7", "wsgi.url_scheme": "https"}


def test_the_hot_program_reads_the_headers(monkeypatch):
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(proxies, "resolve", seen.append)

    call("/v1/events", method="GET", program=hot.application)

    assert len(seen) == 1


def test_a_setting_that_is_no_address_is_named():
    with pytest.raises(ConfigurationError, match="trusted_proxies: 'proxy.example'"):
        proxies.networks(["proxy.example"])
