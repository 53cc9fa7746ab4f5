"""The API's keys, and the shop a key belongs to."""

from __future__ import annotations

from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.ports import Key, register_key_reader
from wracam.faces.api.problems import not_found
from wracam.faces.api.values import Answer
from wracam.foundation.clock import now
from wracam.shops import actions, queries
from wracam.shops.contracts import KeyKind, Shop
from wracam.shops.ports import register_scope

router = Router(tags=["Shop"])
register_scope("shop:read", pl="czytanie danych sklepu", en="read the shop's settings", is_public=True)


class ShopAnswer(Answer):
    """A sales channel: how it counts, speaks and keeps time."""

    key: str
    name: str
    currency: str
    language: str
    time_zone: str
    url: str


def read_key(secret: str) -> Key | None:
    """Return the key behind *secret* and note its use."""
    access = queries.key_of(secret)
    if access is None:
        return None
    actions.note_key_use(key_id=access.key_id, now=now(), last_used_at=access.last_used_at)
    return Key(
        id=access.key_id,
        shop_id=access.shop_id,
        name=access.name,
        is_publishable=access.kind is KeyKind.PUBLISHABLE,
        scopes=access.scopes,
        origins=access.origins,
    )


register_key_reader(read_key)


@router.endpoint("GET", "/shop", scope="shop:read")
def show_shop(request: ApiRequest) -> ShopAnswer:
    """The shop of the key."""
    known = queries.shop(request.auth.shop_id)
    if known is None:
        raise not_found("shop")
    return _answer(known)


def _answer(known: Shop) -> ShopAnswer:
    return ShopAnswer(
        key=known.key,
        name=known.name,
        currency=known.currency,
        language=known.language,
        time_zone=known.time_zone,
        url=known.url,
    )
