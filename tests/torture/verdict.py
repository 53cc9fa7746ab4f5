"""The count afterwards, from the tables themselves and apart from the product's own code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.operations.running import SECONDS_MAX, eventually
from tests.torture.senders import SOURCE, Ledger
from tests.torture.world import World

SETTLING_SECONDS_MAX = max(120, SECONDS_MAX)
EVENTS = "SELECT source_id, data FROM event WHERE source = %s"
UNREAD = """
    SELECT e.id FROM event e
    WHERE e.name = 'torture.tick' AND NOT EXISTS (SELECT FROM torture_seen s WHERE s.event_id = e.id)
"""
TWICE = "SELECT event_id FROM torture_seen GROUP BY 1 HAVING count(*) > 1"
GONE = "SELECT event_id FROM torture_seen s WHERE NOT EXISTS (SELECT FROM event e WHERE e.id = s.event_id)"
ORDERS = "SELECT external_id, total_minor, payment_status FROM shop_order WHERE source = 'api'"
POINTS = """
    SELECT substr(i.value, 5), coalesce(sum(b.active + b.pending + b.held - b.debt), 0)
    FROM customer_identity i
    LEFT JOIN loyalty_member m ON m.customer_id = i.customer_id
    LEFT JOIN point_balance b ON b.member_id = m.id
    WHERE i.kind = 'shop_account' AND i.value LIKE 'api:%' GROUP BY 1
"""
GRANTED_TWICE = "SELECT order_id FROM loyalty_earning WHERE order_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1"


@dataclass(frozen=True)
class Verdict:
    """What was found wrong, by kind, with examples; empty when all is well."""

    wrong: dict[str, list[str]]
    events: int
    orders: int
    points: int

    @property
    def is_clean(self) -> bool:
        return not self.wrong

    @property
    def complaints(self) -> list[str]:
        return [f"{len(found)} {what} ({', '.join(found[:3])})" for what, found in self.wrong.items()]


@dataclass
class Findings:
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def note(self, what: str, found: Any) -> None:
        if found := sorted(str(one) for one in found):
            self.wrong[what] = found


def judge(world: World, ledger: Ledger, *, patience_seconds: float = SETTLING_SECONDS_MAX) -> Verdict:
    """Wait until everything was delivered, then compare what is stored with what was sent and acknowledged."""
    eventually(lambda: _is_settled(world, ledger), seconds=patience_seconds, pause=0.5)
    findings = Findings()
    with psycopg.connect(world.url) as connection:
        events = _judge_events(connection, ledger, findings)
        orders = _judge_orders(connection, ledger, findings)
        findings.note("customers with wrong points", _wrong_points(connection, ledger))
        points = sum(_points(connection).values())
    checked = world.installation.wracam("ledger", "verify")
    if checked.returncode != 0:
        findings.note("invariants of the ledger broken", (checked.stdout + checked.stderr).splitlines())
    return Verdict(wrong=findings.wrong, events=events, orders=orders, points=points)


def _judge_events(connection: psycopg.Connection, ledger: Ledger, findings: Findings) -> int:
    rows = connection.execute(EVENTS, [SOURCE]).fetchall()
    times = Counter(row[0] for row in rows)
    findings.note("events acknowledged but lost", ledger.acknowledged_events - times.keys())
    findings.note("events stored twice", [one for one, count in times.items() if count > 1])
    findings.note("events stored but never sent", times.keys() - ledger.events.keys())
    known = [(one, data) for one, data in rows if one in ledger.events]
    findings.note("events stored otherwise", [one for one, data in known if ledger.events[one]["data"] != data])
    findings.note("events never handled", _ids(connection, UNREAD))
    findings.note("events handled twice", _ids(connection, TWICE))
    findings.note("events handled but not stored", _ids(connection, GONE))
    return len(rows)


def _judge_orders(connection: psycopg.Connection, ledger: Ledger, findings: Findings) -> int:
    rows = connection.execute(ORDERS).fetchall()
    times = Counter(row[0] for row in rows)
    findings.note("orders acknowledged but lost", ledger.acknowledged_orders - times.keys())
    findings.note("orders stored twice", [one for one, count in times.items() if count > 1])
    findings.note("orders stored but never sent", times.keys() - ledger.orders.keys())
    stored = {row[0]: (row[1], row[2]) for row in rows}
    due = {one: (order.total * 100, order.last["payment_status"]) for one, order in ledger.orders.items()}
    findings.note(
        "orders not in their last state", [one for one in stored.keys() & due.keys() if stored[one] != due[one]]
    )
    findings.note("orders granted twice", _ids(connection, GRANTED_TWICE))
    return len(rows)


def _points(connection: psycopg.Connection) -> dict[str, int]:
    return {account: int(points) for account, points in connection.execute(POINTS).fetchall()}


def _wrong_points(connection: psycopg.Connection, ledger: Ledger) -> list[str]:
    """Return the accounts whose points are not a point for every złoty of their orders."""
    due: Counter[str] = Counter()
    for order in ledger.orders.values():
        due[order.account] += order.points_due
    found = _points(connection)
    return [
        f"{account}: {found.get(account, 0)} instead of {due[account]}"
        for account in due.keys() | found.keys()
        if found.get(account, 0) != due[account]
    ]


def _is_settled(world: World, ledger: Ledger) -> bool:
    try:
        with psycopg.connect(world.url) as connection:
            return not _ids(connection, UNREAD) and not _wrong_points(connection, ledger)
    except psycopg.OperationalError:
        return False


def _ids(connection: psycopg.Connection, query: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(query).fetchall()]
