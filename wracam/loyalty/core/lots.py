"""Which lots points are taken from: the one that expires first, never-expiring last, earlier earned among equals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from wracam.loyalty.contracts import Lot
from wracam.loyalty.core.ledger import Taken

_NEVER = datetime.max.replace(tzinfo=UTC)


def spendable(lots: Iterable[Lot], now: datetime) -> list[Lot]:
    """Return the active lots with something left that have not expired at *now*, in the order of their use."""
    usable = [
        lot for lot in lots if lot.is_active and lot.remaining > 0 and (lot.expires_at is None or lot.expires_at > now)
    ]
    return sorted(usable, key=lambda lot: (lot.expires_at or _NEVER, lot.earned_at, lot.id))


def take(lots: Sequence[Lot], points: int) -> tuple[Taken, ...]:
    """Take up to *points* from *lots* in their order; the parts sum to the smaller of points and what is there."""
    taken = []
    for lot in lots:
        part = min(lot.remaining, points)
        if part > 0:
            taken.append(Taken(lot_id=lot.id, points=part))
            points -= part
    return tuple(taken)


def give_back(taken: Sequence[Taken], points: int) -> tuple[Taken, ...]:
    """Return up to *points* to the lots they were taken from, the last taken first, as negative parts."""
    returned = []
    for part in reversed(taken):
        amount = min(part.points, points)
        if amount > 0:
            returned.append(Taken(lot_id=part.lot_id, points=-amount))
            points -= amount
    return tuple(returned)
