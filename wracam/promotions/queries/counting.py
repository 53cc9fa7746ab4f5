"""What is used and held of a promotion's limits for everybody, its budget and its gifts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from wracam.foundation.questions import ask
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.standings import counters
from wracam.promotions.queries.reading import DATABASE
from wracam.vouchers import queries as vouchers


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterNow:
    """One counter: `what` is `uses`, `budget` or `gift:<sku>`; amounts are uses, minor units or pieces.

    `used` counts what is held by reservations under way too.
    """

    what: str
    used: int
    maximum: int

    @property
    def percent(self) -> int:
        """How much is used up, 0 to 100."""
        return min(100, self.used * 100 // self.maximum) if self.maximum else 100


def counters_now(promotion: Promotion, *, zone: ZoneInfo, now: datetime) -> list[CounterNow]:
    """Return the counters that all customers share, in the order of the promotion's body."""
    found = list(counters(promotion, None, now.astimezone(zone).date()))
    [rows] = ask(DATABASE, [vouchers.used_question(keys=[one.key for one in found], now=now)])
    used = dict(rows)
    return [CounterNow(what=one.what, used=used.get(one.key, 0), maximum=one.maximum) for one in found]
