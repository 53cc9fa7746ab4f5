"""One address, two programs: each request meets the one that serves it, also behind a proxy."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.hot.calling import call
from wracam.config import hot
from wracam.foundation import clock, processes
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, KeyKind

MEMBER = "01936f2e-8a6b-7c3d-9e4f-0123456789ab"
PROXY = Path(__file__).resolve().parents[2] / "docs" / "operate" / "proxy.md"
REQUESTS = {
    ("POST", "/v1/carts/evaluate"): True,
    ("OPTIONS", "/v1/carts/evaluate"): True,
    ("POST", "/v1/carts/reserve"): False,
    ("POST", "/v1/events"): True,
    ("POST", "/v1/events/"): True,
    ("OPTIONS", "/v1/events"): True,
    ("GET", "/v1/events"): False,
    ("HEAD", "/v1/events"): False,
    ("DELETE", "/v1/events"): False,
    ("POST", "/v1/events/1"): False,
    ("GET", f"/v1/events/{MEMBER}/chain"): False,
    ("GET", f"/v1/loyalty/members/{MEMBER}/balances"): True,
    ("GET", f"/v1/loyalty/members/{MEMBER.upper()}/balances"): False,
    ("GET", "/v1/loyalty/members/ania/balances"): False,
    ("GET", f"/v1/loyalty/members/{MEMBER}"): False,
    ("OPTIONS", f"/v1/loyalty/members/{MEMBER}/balances"): False,
    ("POST", f"/v1/loyalty/members/{MEMBER}/balances"): False,
    ("GET", "/console/"): False,
}


@pytest.fixture
def front(monkeypatch) -> Any:
    """The program of `wracam web`, which elsewhere ties its life to its parent's when it is imported."""
    monkeypatch.setattr(processes, "die_with_parent", lambda *_: None)
    return importlib.import_module("wracam.config.front")


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_hot_requests_go_to_the_hot_program_and_the_rest_to_django(front, monkeypatch, method, path):
    def saying(name: str) -> Any:
        def program(environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [])
            return [name.encode()]

        return program

    monkeypatch.setattr(hot, "application", saying("hot"))
    monkeypatch.setattr(front, "django", saying("django"))

    answer = call(path, method=method, program=front.application)[2]

    assert answer == (b"hot" if REQUESTS[method, path] else b"django")


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_the_proxies_of_the_documentation_send_the_same_requests_there(method, path):
    assert _nginx_is_hot(method, path) is REQUESTS[method, path]
    assert _caddy_is_hot(method, path) is REQUESTS[method, path]


@pytest.mark.django_db(transaction=True)
def test_events_are_sent_and_listed_at_one_address(front):
    shop = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=clock.now())
    scopes = ["events:read", "events:write"]
    key = shops.create_key(
        shop_id=shop.id, kind=KeyKind.SERVER, name="test", scopes=scopes, actor=SYSTEM, now=clock.now()
    ).secret
    sent = {"events": [{"id": "1", "name": "calculator.used", "data": {"plant": "monstera"}}]}

    taken = call(key=key, body=msgspec.json.encode(sent), program=front.application)
    listed = call(key=key, method="GET", program=front.application)
    deleted = call(key=key, method="DELETE", program=front.application)

    assert (taken[0], taken[2]["results"][0]["status"]) == (200, "recorded")
    assert listed[0] == 200
    assert taken[2]["results"][0]["event_id"] in [item["id"] for item in listed[2]["items"]]
    assert (deleted[0], deleted[2]["code"]) == (405, "method_not_allowed")


def _nginx_is_hot(method: str, path: str) -> bool:
    """Read the `map` as nginx does: the first regular expression that is found decides."""
    patterns = re.findall(r'^\s+"~(\S+ \S+)"\s+8801;$', PROXY.read_text(), re.MULTILINE)
    assert len(patterns) == 2
    return any(re.search(pattern, f"{method} {path}") for pattern in patterns)


def _caddy_is_hot(method: str, path: str) -> bool:
    """Read the named matchers as Caddy does: all lines of one must hold."""
    matchers = re.findall(r"@\w+ \{\n\s+method (.+)\n\s+path_regexp (.+)\n\s+\}", PROXY.read_text())
    assert len(matchers) == 2
    return any(method in methods.split() and bool(re.search(pattern, path)) for methods, pattern in matchers)
