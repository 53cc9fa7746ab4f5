"""What the tests of promotions talk about: the shop zielnik, its promotions, and carts of ania and bartek."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from wracam.customers import actions as customers
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.definitions import actions as definitions
from wracam.definitions.contracts import LiveVersion
from wracam.promotions.contracts import Cart, CartLine
from wracam.shops.contracts import SYSTEM

NOON = datetime(2026, 5, 4, 10, tzinfo=UTC)
"""A Monday, 12:00 in Warsaw."""
DAY = timedelta(days=1)
FREE_DELIVERY: Mapping[str, Any] = {
    "title": {"pl": "Darmowa dostawa", "en": "Free delivery"},
    "needs": [{"measure": "items_total", "at_least": "100.00"}],
    "effects": [{"kind": "percent", "on": "shipping", "percent": "100"}],
}
SECOND_HALF: Mapping[str, Any] = {
    "title": {"pl": "Drugie nasiona za pół ceny", "en": "Second seeds at half price"},
    "effects": [{"kind": "nth_unit", "group": 2, "percent": "50", "units": {"categories": ["Nasiona"]}}],
}
TEN_OFF: Mapping[str, Any] = {
    "title": {"pl": "10 zł na zakupy", "en": "10 zł off"},
    "effects": [{"kind": "amount", "on": "order", "amount": "10.00"}],
}


def publish(kind: str, key: str, body: Mapping[str, Any], *, now: datetime = NOON, **when: Any) -> LiveVersion:
    """Bring a definition into force, whatever was in force before."""
    definitions.save_draft(kind=kind, key=key, name=key, body=dict(body), expected_revision=None, actor=SYSTEM, now=now)
    return definitions.publish(kind=kind, key=key, expected_revision=None, actor=SYSTEM, now=now, **when)


def promote(key: str, body: Mapping[str, Any], **changes: Any) -> LiveVersion:
    """Publish a promotion with some parts changed."""
    return publish("promotion", key, {**body, **changes})


def customer(shop_id: int, name: str = "ania") -> UUID:
    """Make a customer known to the shop."""
    person = PersonSnapshot(
        identities=(Identity(kind=IdentityKind.EMAIL, value=f"{name}@zielnik.example"),),
        modified_at=NOON - 100 * DAY,
        first_name=name.title(),
        registered_at=NOON - 100 * DAY,
    )
    found = customers.identify(shop_id=shop_id, person=person, source="api", now=NOON)
    assert found is not None
    return found


def line(sku: str = "MON-1", unit_minor: int = 6_000, quantity: int = 1, **changes: Any) -> CartLine:
    """Return a line; its id is its SKU unless another is given."""
    return CartLine(
        **{"id": sku, "sku": sku, "quantity": quantity, "unit_minor": unit_minor, "tax_rate_bp": 2300, **changes}
    )


def cart(*lines: CartLine, shipping_minor: int = 1_299, **changes: Any) -> Cart:
    """Return a cart of the shop; a Monstera for 60 zł if nothing is said."""
    return Cart(
        currency="PLN",
        lines=lines or (line(),),
        shipping_minor=shipping_minor,
        shipping_method="inpost",
        shipping_tax_rate_bp=2300,
        **changes,
    )
