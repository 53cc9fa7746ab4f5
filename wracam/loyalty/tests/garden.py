"""What the tests of loyalty talk about: the shop zielnik, its programme, and orders of ania, bartek and celina."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from wracam.commerce import actions as commerce
from wracam.commerce.contracts import (
    LineSnapshot,
    OrderSnapshot,
    OrderStatus,
    PaymentStatus,
    RefundLineSnapshot,
    RefundSnapshot,
)
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.definitions import actions as definitions
from wracam.events import actions as events
from wracam.loyalty import queries
from wracam.loyalty.contracts import Balance, Member
from wracam.shops.contracts import SYSTEM

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MONSTERA = LineSnapshot(
    external_id="1", sku="MON-1", name="Monstera", quantity=2, total_minor=12_000, categories=("Rośliny",)
)
POT = LineSnapshot(external_id="2", sku="DON-9", name="Doniczka", quantity=1, total_minor=3_000)
PER_ZLOTY: Mapping[str, Any] = {"give": {"kind": "per_amount", "points": 1, "per": "1.00"}}


def publish(kind: str, key: str, body: Mapping[str, Any], *, now: datetime = NOON) -> None:
    """Bring a definition into force, whatever was in force before."""
    definitions.save_draft(kind=kind, key=key, name=key, body=dict(body), expected_revision=None, actor=SYSTEM, now=now)
    definitions.publish(kind=kind, key=key, expected_revision=None, actor=SYSTEM, now=now)


def open_program(*rules: Mapping[str, Any], now: datetime = NOON, **settings: Any) -> None:
    """Publish the programme `klub` with these settings and rules (1 point per 1 zł by default)."""
    publish("program", "klub", {"name": "Klub Zielnik", **settings}, now=now)
    for number, rule in enumerate(rules or (PER_ZLOTY,), start=1):
        publish("earning_rule", f"rule_{number}", rule, now=now)


def person(name: str = "ania", *, is_guest: bool = False) -> PersonSnapshot:
    return PersonSnapshot(
        identities=(Identity(kind=IdentityKind.EMAIL, value=f"{name}@zielnik.example"),),
        modified_at=NOON - 100 * DAY,
        first_name=name.title(),
        is_guest=is_guest,
        registered_at=None if is_guest else NOON - 100 * DAY,
    )


def order(shop_id: int, number: int = 1, *, day: int = 0, who: str = "ania", **changes: Any) -> OrderSnapshot:
    """Return a paid order over 150 zł (two Monsteras for 120, a pot for 30), *day* days after noon of 1 May."""
    moment = NOON + day * DAY
    basic = OrderSnapshot(
        shop_id=shop_id,
        source="woocommerce",
        external_id=str(number),
        number=f"Z/{number}",
        modified_at=moment,
        placed_at=moment,
        paid_at=moment,
        status=OrderStatus.PROCESSING,
        payment_status=PaymentStatus.PAID,
        currency="PLN",
        total_minor=15_000,
        person=person(who),
        lines=(MONSTERA, POT),
    )
    return replace(basic, **changes)


def refund(number: int, total_minor: int, *lines: tuple[str, int, int], day: int = 1) -> RefundSnapshot:
    return RefundSnapshot(
        external_id=str(number),
        refunded_at=NOON + day * DAY,
        total_minor=total_minor,
        lines=tuple(RefundLineSnapshot(line_external_id=a, quantity=b, total_minor=c) for a, b, c in lines),
    )


def tell(*snapshots: OrderSnapshot, now: datetime | None = None) -> list[UUID]:
    """Let the shop tell us of orders, and points follow; return the customers."""
    moment = now or max(one.modified_at for one in snapshots)
    taken = commerce.take_orders(snapshots, now=moment)
    events.deliver_all(now=moment)
    return [one.customer_id for one in taken if one.customer_id]


def member_of(customer_id: UUID) -> Member:
    member = queries.member_of(customer_id=customer_id)
    assert member is not None
    return member


def balance_of(customer_id: UUID) -> Balance:
    return queries.balance(member_of(customer_id).id)


def assert_books_are_right() -> None:
    broken = [finding for finding in queries.verify() if not finding.is_met]
    assert broken == []
