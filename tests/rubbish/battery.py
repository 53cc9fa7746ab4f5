"""Rubbish as it comes: bodies that are no JSON, JSON that is no order, and orders that cannot be."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

NAMES = (
    "Zażółć gęślą jaźń", "Ünïcödé", "Владимир", "Ελένη", "محمد", "שרה", "नमस्ते", "王小明", "さくら", "김철수", "ไทย", "ქართული",
    "👩‍👩‍👧‍👦🌱", "a" * 10_000, "\u202eodwrócone", "e" + "\u0301" * 500, "\ufeffBOM", "\u200b", " ", "'; DROP TABLE staff; --",
    "<script>alert(1)</script>", "{{ 7*7 }}", "${jndi:ldap://x}", "=HYPERLINK(\"http://x\")", "../../etc/passwd", "%00", "NULL",
)  # fmt: skip
AMOUNTS: tuple[Any, ...] = (
    "0", "-0", "-1", "00000.10", "1e3", "1E400", "NaN", "Infinity", "-Infinity", "12,30", "1 000", "0x10", "٣", "1.",
    ".5", "", "9" * 13, "9" * 14, "9" * 400, "0.00001", 12.3, 12, True, None, [], {},
)  # fmt: skip
CURRENCIES = ("PLN", "pln", "ZZZ", "EURO", "", "€", "P", "JPY", "KWD", "\u0130ST", 985, None)
MOMENTS = (
    "2026-05-04T10:00:00Z", "2026-05-04T10:00:00", "2026-02-30T10:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z", "2026-05-04T25:00:00Z", "2016-12-31T23:59:60Z",
    "2026-05-04T10:00:00+99:99", "2026-05-04", "yesterday", "1777888800", 1_777_888_800, 1e300, None,
)  # fmt: skip
WHOLE = (0, -1, 1, 2**31, 2**63, 2**64, 10**30, 1.5, "1", None, True)
ANYTHING: tuple[Any, ...] = (None, True, 0, -1, 1.5, "", "x", [], {}, [[]], {"a": {"b": 1}})
BODIES = (
    b"", b" ", b"{", b"}", b"[]", b"{}", b"null", b"1", b'"text"', b"\x00", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}",
    b'{"id": "1", "id": "2"}', b'{"id": "\\u0000"}', b'{"id": "\\ud800"}', b'{"id": NaN}', b'{"id": 1e999}', b"[" * 200_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b'{"id": ' + b"9" * 100_000 + b"}", b'{"id": "' + b"x" * 10_000_000 + b'"}',
    b"id=1&total=2", b"<order/>", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b'{"__proto__": {"x": 1}}', b"\r\n" * 1_000, b"{'id': 1}",
)  # fmt: skip
ORDER: dict[str, Any] = {
    "id": "R-1",
    "total": "142.99",
    "currency": "PLN",
    "number": "R/1",
    "status": "delivered",
    "payment_status": "paid",
    "placed_at": "2026-05-04T10:00:00+02:00",
    "paid_at": "2026-05-04T10:01:00+02:00",
    "delivered_at": "2026-05-06T10:00:00+02:00",
    "modified_at": "2026-05-07T10:00:00+02:00",
    "tax": "10.00",
    "shipping": "12.99",
    "discount": "0",
    "customer": {"account_id": "7", "email": "ania@example.com", "first_name": "Ania", "country": "PL"},
    "lines": [{"id": "1", "sku": "M-1", "name": "Monstera", "quantity": 2, "total": "130.00", "tax": "9.00"}],
    "refunds": [{"id": "z", "refunded_at": "2026-05-07T10:00:00+02:00", "total": "65.00", "lines": [{"line_id": "1", "quantity": 1, "total": "65.00"}]}],
    "coupon_codes": ["WIOSNA10"],
}  # fmt: skip


def broken_orders() -> Iterator[tuple[str, bytes]]:
    """Yield (what is wrong, body): each value of the order in turn replaced by everything it should not be."""
    for path, value in _leaves(ORDER):
        for strange in _strange(path[-1], value):
            body = copy.deepcopy(ORDER)
            _put(body, path, strange)
            yield f"{'.'.join(map(str, path))}={str(strange)[:40]!r}", json.dumps(body).encode()


def _strange(name: object, value: object) -> tuple[Any, ...]:
    if name == "currency":
        return CURRENCIES
    if str(name).endswith("_at"):
        return MOMENTS
    if isinstance(value, int):
        return WHOLE
    if isinstance(value, str) and value.replace(".", "").isdigit():
        return AMOUNTS
    return (*NAMES, *ANYTHING)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield (*path, name), child
        yield from _leaves(child, (*path, name))


def _put(body: Any, path: tuple[Any, ...], value: Any) -> None:
    for step in path[:-1]:
        body = body[step]
    body[path[-1]] = value
