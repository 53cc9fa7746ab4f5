"""What the sample shop's pages read of themselves."""

from __future__ import annotations

from wracam.demo.contracts import StorefrontKeys
from wracam.demo.models import DemoLife, DemoStorefront
from wracam.foundation import secrets
from wracam.shops import queries as shop_queries

STOREFRONT_SEAL = "demo.storefront"


def storefront_keys(origin: str) -> StorefrontKeys | None:
    """Return the keys for a web address, or None if the pages were never opened there."""
    row = DemoStorefront.objects.filter(origin=origin).first()
    if row is None:
        return None
    server = secrets.open_sealed(row.server_key_sealed, aad=STOREFRONT_SEAL)
    return StorefrontKeys(shop_id=row.shop_id, publishable=row.publishable_key, server=server)


def demo_shop_id() -> int | None:
    """Return the sample shop, or None where there is none."""
    return DemoLife.objects.values_list("shop_id", flat=True).first()


def member_secret(shop_id: int) -> str | None:
    """Return the secret with which the sample shop vouches for its customers."""
    return shop_queries.member_secret(shop_id)
