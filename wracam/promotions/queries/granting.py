"""What committed carts grant with their orders, for the features that give it; and promotions as members read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from wracam.definitions.contracts import UnknownDefinitionError
from wracam.foundation.bulk import fetch
from wracam.kernel.language import Words
from wracam.promotions.contracts import CommittedGrants, Grants, Quote
from wracam.promotions.core.body.promotion import CURRENCY_DEFAULT
from wracam.promotions.core.grants import grants_of
from wracam.promotions.queries.live import compiled_version

_COLUMNS = "c.id, c.shop_id, c.order_name, c.customer_id, c.is_refunded, c.grants::text"


def grants_of_commit(commit_id: UUID) -> CommittedGrants | None:
    """Return what one committed cart grants, None when nothing."""
    rows = fetch(f"SELECT {_COLUMNS} FROM cart_commit AS c WHERE c.id = %s AND c.grants IS NOT NULL", commit_id)  # noqa: S608
    return _of(rows[0]) if rows else None


def grants_of_orders(names: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], CommittedGrants]:
    """Return what was granted with these orders, each a shop and its name (id or number) of the order.

    Where a name was committed more than once, the first commit counts.
    """
    if not names:
        return {}
    rows = fetch(
        f"""SELECT {_COLUMNS} FROM unnest(%s::int[], %s::text[]) AS named(shop_id, name)
            JOIN cart_commit AS c ON c.shop_id = named.shop_id AND c.order_name = named.name
            WHERE c.grants IS NOT NULL ORDER BY c.committed_at DESC, c.id DESC""",  # noqa: S608 the columns are constant
        [shop_id for shop_id, _ in names],
        [name for _, name in names],
    )
    return {(one.shop_id, one.order): one for one in map(_of, rows)}


def grants_of_quote(quote: Quote) -> Grants:
    """Return what a cart would grant; the versions are known when it is committed."""
    return grants_of(quote, {})


def promotion_titles(version_ids: Collection[UUID]) -> dict[UUID, Words]:
    """Return the titles of these versions of promotions as customers read them."""
    found = {}
    for version_id in set(version_ids):
        try:
            found[version_id] = compiled_version(version_id, CURRENCY_DEFAULT).label
        except UnknownDefinitionError:
            continue
    return found


def _of(row: tuple[UUID, int, str, UUID | None, bool, str]) -> CommittedGrants:
    commit_id, shop_id, order, customer_id, is_refunded, grants = row
    return CommittedGrants(
        commit_id=commit_id,
        shop_id=shop_id,
        order=order,
        customer_id=customer_id,
        is_refunded=is_refunded,
        grants=msgspec.json.decode(grants, type=Grants),
    )
