"""Opening the sample shop's pages at a web address: the two keys that a real shop would be given in the console."""

from __future__ import annotations

from datetime import datetime

from wracam.demo.contracts import SHOP_KEY, StorefrontKeys
from wracam.demo.models import DemoStorefront
from wracam.demo.queries import STOREFRONT_SEAL, storefront_keys
from wracam.foundation import locks, secrets, transactions
from wracam.shops import actions as shops
from wracam.shops import queries as shop_queries
from wracam.shops.contracts import SYSTEM, KeyKind

ORIGINS_MAX = 8
PUBLIC_SCOPES = ("shop:read", "carts:evaluate")
SERVER_SCOPES = ("*",)


class NoStorefrontError(LookupError):
    """This installation has no sample shop, or its pages were opened at too many addresses already."""


def open_storefront(*, origin: str, now: datetime) -> StorefrontKeys:
    """Return the keys of the sample shop's pages at *origin* (`http://127.0.0.1:8800`), making them the first time.

    Raises `NoStorefrontError`.
    """
    keys = _opened(origin, now)
    if keys is None:
        raise NoStorefrontError(NoStorefrontError.__doc__)
    return keys


def _opened(origin: str, now: datetime) -> StorefrontKeys | None:
    with transactions.action():
        locks.lock_space("demo.storefront")
        known = storefront_keys(origin)
        shop = shop_queries.shop_by_key(SHOP_KEY)
        if known is not None or shop is None or DemoStorefront.objects.count() >= ORIGINS_MAX:
            return known
        public = shops.create_key(
            shop_id=shop.id, kind=KeyKind.PUBLISHABLE, name="Sample shop: pages", scopes=PUBLIC_SCOPES,
            origins=(origin,), actor=SYSTEM, now=now,
        )  # fmt: skip
        server = shops.create_key(
            shop_id=shop.id, kind=KeyKind.SERVER, name="Sample shop: server", scopes=SERVER_SCOPES, actor=SYSTEM,
            now=now,
        )  # fmt: skip
        if shop_queries.member_secret(shop.id) is None:
            shops.rotate_member_secret(shop_id=shop.id, actor=SYSTEM, now=now)
        DemoStorefront.objects.create(
            origin=origin, shop_id=shop.id, publishable_key=public.secret,
            server_key_sealed=secrets.seal(server.secret, aad=STOREFRONT_SEAL),
        )  # fmt: skip
        return StorefrontKeys(shop_id=shop.id, publishable=public.secret, server=server.secret)
