"""Rubbish to every public door: a clear error, no 5xx, and nothing half stored."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.rubbish.battery import BODIES, NAMES, ORDER, broken_orders
from wracam.commerce.queries import orders_of
from wracam.connectors.csv_files import actions as imports
from wracam.customers import queries as customers
from wracam.customers.contracts import IdentityKind
from wracam.faces.api import openapi
from wracam.foundation import clock
from wracam.shops.contracts import SYSTEM

UNKNOWN_ID = "019234aa-7c1e-7d3b-9f52-0b6a1c2d3e4f"
TYPES = ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "a/b;c=\x7f")
WRITING = [
    (method.upper(), path)
    for path, methods in openapi.document()["paths"].items()
    for method in methods
    if method in {"post", "put", "patch"}
]
WRITING_PARAMETERS = [pytest.param(*one, id=f"{one[0]} {one[1]}") for one in WRITING]


def filled(path: str, value: str = UNKNOWN_ID) -> str:
    return re.sub(r"{[^}]+}", value, path)


def assert_clear(response: Any, what: str) -> None:
    """Success, or a problem document below 500."""
    assert response.status_code < 500, (what, response.content[:500])
    if response.status_code >= 400 and response.headers["Content-Type"] == "application/problem+json":
        document = json.loads(response.content)
        assert document["code"] and document["detail"], what


@pytest.mark.parametrize(("method", "path"), WRITING_PARAMETERS)
def test_no_body_breaks_a_door_of_the_api(api: Client, method: str, path: str):
    for body in BODIES:
        for kind in TYPES if body == b"{}" else TYPES[:1]:
            response = api.generic(method, filled(path), body, kind)

            assert_clear(response, f"{method} {path} {kind} {body[:40]!r}")
            if kind == "application/json" and response.status_code >= 400:
                assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", sorted(path for path in openapi.document()["paths"] if "{" in path))
def test_no_name_in_an_address_breaks_a_door(api: Client, path: str):
    for name in (*NAMES, "..", "%2e%2e%2f", "0", "-1", "9" * 40, UNKNOWN_ID.upper(), UNKNOWN_ID + "0"):
        for method in openapi.document()["paths"][path]:
            response = api.generic(
                method.upper(), filled(path, name.replace("/", "%2F")[:3_000]), b"{}", "application/json"
            )

            assert_clear(response, f"{method} {path} {name[:30]!r}")


@pytest.mark.parametrize(
    "path",
    sorted(path for path, methods in openapi.document()["paths"].items() if "get" in methods and "{" not in path),
)
def test_no_query_breaks_a_list(api: Client, path: str):
    parameters = [one["name"] for one in openapi.document()["paths"][path]["get"].get("parameters", [])]
    for name in (*parameters, "limit", "cursor", "unheard_of"):
        for value in (*NAMES, "-1", "0", "9" * 30, "2026-99-99", "null", "[]", "a&b", "1e999", "true"):
            response = api.get(path, {name: value[:2_000]})

            assert_clear(response, f"{path} {name}={value[:30]!r}")


def test_no_value_in_an_order_breaks_the_door_or_is_half_stored(api: Client, zielnik: Any):
    outcomes: dict[int, int] = {}
    for what, body in broken_orders():
        response = api.post("/v1/orders", body, content_type="application/json")

        assert_clear(response, what)
        outcomes[response.status_code] = outcomes.get(response.status_code, 0) + 1

    assert outcomes.get(422, 0) > 100
    assert sum(outcomes.values()) > 500
    good = api.post("/v1/orders", json.dumps(ORDER | {"id": "R-2"}), content_type="application/json")
    assert good.status_code == 200
    ania = customers.find(shop_id=zielnik.id, kind=IdentityKind.EMAIL, value="ania@example.com")
    assert ania is not None
    assert len(orders_of(ania)) >= 1


def test_a_name_in_any_script_comes_back_as_it_was(api: Client):
    for number, name in enumerate(NAMES[:12]):
        body = ORDER | {"id": f"N-{number}", "customer": {"email": f"n{number}@example.com", "last_name": name}}

        assert api.post("/v1/orders", json.dumps(body), content_type="application/json").status_code == 200
        found = api.get("/v1/customers/lookup", {"kind": "email", "value": f"n{number}@example.com"})
        assert name in found.content.decode(), name


def hooks() -> list[str]:
    """Every address under `/hooks/`."""

    def walk(patterns: Any, prefix: str) -> list[str]:
        found: list[str] = []
        for pattern in patterns:
            text = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found += walk(pattern.url_patterns, text)
            elif isinstance(pattern, URLPattern) and text.startswith("hooks/"):
                found.append("/" + text)
        return found

    return walk(get_resolver().url_patterns, "")


@pytest.mark.parametrize("address", hooks())
def test_no_body_breaks_a_hook(db: None, address: str):
    client = Client()
    for token in ("made-up", "x" * 500, "żółw", "%00"):
        path = re.sub(r"<(?:[a-z]+:)?[a-z_]+>", token, address)
        for body in BODIES:
            for kind in ("application/json",):
                assert client.post(path, body, kind).status_code < 500, (path, body[:40])
        for method in ("GET", "PUT", "DELETE", "OPTIONS", "TRACE"):
            assert client.generic(method, path).status_code < 500


FILES: dict[str, bytes] = {
    "empty.csv": b"",
    "spaces.csv": b" \n \n",
    "nul.csv": b"\x00" * 1_000,
    "binary.csv": bytes(range(256)) * 40,
    "one_line.csv": b"a" * 5_000_000,
    "quotes.csv": b'"' * 10_001,
    "columns.csv": b";".join(b"c%d" % number for number in range(20_000)) + b"\n",
    "no_rows.csv": "Numer zamówienia;E-mail;Data;Wartość\n".encode(),
    "formula.csv": b'Order ID,Email,Date,Total\n=1+1,"=HYPERLINK(""http://x"")",2026-01-01,10\n+7,@SUM(A1),2026-01-02,-5\n',
    "dates.csv": b"Order ID,Email,Date,Total\n1,a@example.com,0000-00-00,10\n2,a@example.com,99999999,10\n3,x,32.13.2026,1e999\n",
    "scripts.csv": "Order ID,Email,Date,Total\n1,王@例え.jp,2026-01-01,٣٫٥\n2,👩‍👩‍👧@x.pl,2026-01-01,NaN\n".encode(),
    "utf16.csv": "Order ID,Email,Date,Total\n1,a@example.com,2026-01-01,10\n".encode("utf-16"),
    "no_workbook.xlsx": b"PK\x03\x04" + b"\x00" * 200,
    "text.xlsx": b"Order ID,Email\n",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_no_file_breaks_the_import(zielnik: Any, tmp_path: Path, settings: Any, name: str):
    settings.MEDIA_ROOT = tmp_path / "files"
    file = tmp_path / name
    file.write_bytes(FILES[name])

    try:
        started = imports.start_import(file=file, shop_id=zielnik.id, actor=SYSTEM, now=clock.now())
    except ValueError as refusal:
        assert str(refusal).strip()
        return
    report = imports.run(import_id=started.id, now=clock.now())

    assert str(report.state) in {"done", "failed"}
