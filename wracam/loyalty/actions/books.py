"""Closing the books: each ended day is computed from the ledger and stored; computing again gives the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from wracam.foundation.locks import lock_many
from wracam.foundation.transactions import action
from wracam.loyalty import models
from wracam.loyalty.contracts import BookDay
from wracam.loyalty.core import calendar
from wracam.loyalty.queries import books as queries
from wracam.shops import queries as shops
from wracam.shops.contracts import Shop

DAYS_AGAIN = 2
"""How many closed days are computed again each time, for transfers that were committed after their midnight."""
BATCH_SIZE = 1_000


def close_books(*, now: datetime) -> int:
    """Close every ended day of every shop that is not closed yet; return how many days were written."""
    return sum(_close(shop, _open_from(shop.id), now) for shop in shops.shops())


def rebuild_books(*, shop_id: int, now: datetime) -> int:
    """Compute every day of a shop anew from its first transfer; return how many days were written."""
    shop = shops.shop(shop_id)
    return _close(shop, None, now) if shop else 0


def _open_from(shop_id: int) -> date | None:
    """Return the first day to compute: some closed days again, or everything when nothing is closed."""
    last = models.BookDay.objects.filter(shop_id=shop_id).order_by("-day").values_list("day", flat=True).first()
    return last - timedelta(days=DAYS_AGAIN - 1) if last else None


def _close(shop: Shop, first: date | None, now: datetime) -> int:
    last = calendar.local_day(now, shop.zone) - timedelta(days=1)
    begun = queries.first_day(shop_id=shop.id, zone=shop.zone)
    if begun is None:
        return 0
    first = max(first, begun) if first else begun
    if first > last:
        return 0
    with action():
        lock_many("loyalty.books", [shop.id])
        openings = _closings(shop.id, first - timedelta(days=1)) if first > begun else {}
        computed = queries.from_ledger(shop_id=shop.id, zone=shop.zone, first=first, last=last, openings=openings)
        models.BookDay.objects.filter(shop_id=shop.id, day__gte=first).delete()
        models.BookDay.objects.bulk_create([_row(shop.id, one) for one in computed], batch_size=BATCH_SIZE)
    return len(computed)


def _closings(shop_id: int, day: date) -> dict[queries.Book, int]:
    rows = models.BookDay.objects.filter(shop_id=shop_id, day=day)
    return {(row.program, row.point_kind): row.closing for row in rows}


def _row(shop_id: int, one: BookDay) -> models.BookDay:
    flow = one.flow
    return models.BookDay(
        shop_id=shop_id, program=one.program, point_kind=one.point_kind, day=one.day, opening=one.opening,
        issued=flow.issued, corrected=flow.corrected, spent=flow.spent, expired=flow.expired, reversed=flow.reversed,
        moved=flow.moved, closing=one.closing, sales_minor=one.sales_minor, value_points=one.value_points,
        value_minor=one.value_minor, used_bp=one.used_bp, new_used_bp=one.new_used_bp, worth_minor=one.worth_minor,
        liability_minor=one.liability_minor,
    )  # fmt: skip
