"""What promotions cost and brought, counted from carts that were committed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wracam.foundation.bulk import fetch

RESULTS = """
SELECT promotion, count(*), sum(discount_minor), sum(total_minor)
FROM cart_commit_offer
WHERE shop_id = %s AND currency = %s AND committed_at >= %s AND committed_at < %s
GROUP BY promotion ORDER BY promotion"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionResults:
    """What one promotion did in a time: orders it took part in, its discounts, and what these orders came to.

    Amounts are minor units of the shop's currency. An order counts for every promotion it had, so that the sums of
    several promotions cannot be added up.
    """

    key: str
    orders: int
    discount_minor: int
    revenue_minor: int


def results(*, shop_id: int, currency: str, since: datetime, until: datetime) -> list[PromotionResults]:
    """Return what each promotion of a shop did from *since* up to, without, *until*, in the order of their keys."""
    return [
        PromotionResults(key=key, orders=orders, discount_minor=int(discount), revenue_minor=int(total))
        for key, orders, discount, total in fetch(RESULTS, shop_id, currency, since, until)
    ]
