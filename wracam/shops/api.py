"""The API's keys, and the shop as the program behind a key sees it."""

from __future__ import annotations

from datetime import datetime

from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.ports import Key, register_key_reader
from wracam.faces.api.problems import not_found
from wracam.faces.api.values import Answer
from wracam.foundation import clock
from wracam.shops import actions, queries
from wracam.shops.actions.keys import USE_NOTED_EVERY
from wracam.shops.contracts import KeyKind

router = Router(tags=["Shop"])
_noted_at: dict[int, datetime] = {}


class ShopAnswer(Answer):
    """The shop that the key belongs to, and what the key may do."""

    key: str
    name: str
    currency: str
    language: str
    time_zone: str
    url: str
    key_name: str
    scopes: list[str]


@router.endpoint("GET", "/shop", scope="shop:read")
def show_shop(request: ApiRequest) -> ShopAnswer:
    """Show the shop and the key.

    The first call to make: it tells whether the key works, for which shop, and with which scopes.
    """
    shop = queries.shop(request.auth.shop_id)
    if shop is None:
        raise not_found("shop of this key")
    return ShopAnswer(
        key=shop.key,
        name=shop.name,
        currency=shop.currency,
        language=shop.language,
        time_zone=shop.time_zone,
        url=shop.url,
        key_name=request.auth.name,
        scopes=sorted(request.auth.scopes),
    )


def read_key(secret: str) -> Key | None:
    """Return the key behind *secret* and note its use, at most once in a while per process."""
    access = queries.key_of(secret)
    if access is None:
        return None
    now = clock.now()
    noted = _noted_at.get(access.key_id)
    if noted is None or now - noted > USE_NOTED_EVERY:
        actions.note_key_use(key_id=access.key_id, now=now)
        _noted_at[access.key_id] = now
    return Key(
        id=access.key_id,
        shop_id=access.shop_id,
        name=access.name,
        is_publishable=access.kind is KeyKind.PUBLISHABLE,
        scopes=access.scopes,
        origins=access.origins,
    )


register_key_reader(read_key)
