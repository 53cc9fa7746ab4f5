"""What an order may still keep of its points, given the refunds in force; and how the difference is taken.

The answer is a function of the earning as posted and of the *set* of refunds, so neither the order in which
notices arrive nor their number matters: a second notice finds nothing to do, a withdrawn one gives back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from wracam.loyalty.contracts import Lot, Share
from wracam.loyalty.core import lots as core_lots
from wracam.loyalty.core.ledger import Taken
from wracam.loyalty.core.program import Shortage


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """One refund in force: units by line, the money of those units, and the whole money returned."""

    units: tuple[tuple[UUID, int], ...]
    units_minor: int
    total_minor: int

    @property
    def loose_minor(self) -> int:
        """Money returned without naming units."""
        return max(0, self.total_minor - self.units_minor)


def kept(shares: Sequence[Share], refunds: Sequence[Refund], order_minor: int, *, is_cancelled: bool) -> int:
    """Return how many of the points in *shares* the order may keep.

    Units that came back lose their line's points in proportion, rounded so that all units together lose exactly
    all (what stays is rounded down). Money returned without units takes the same part of what the remaining units
    hold as it is of their value. Points of no line (a bonus for the whole order) go with the last money.
    """
    if is_cancelled:
        return 0
    back: dict[UUID, int] = {}
    for refund in refunds:
        for line_id, quantity in refund.units:
            back[line_id] = back.get(line_id, 0) + quantity
    unit_money = sum(refund.units_minor for refund in refunds)
    loose = sum(refund.loose_minor for refund in refunds)
    remaining_minor = max(0, order_minor - unit_money)
    if order_minor > 0 and remaining_minor - loose <= 0:
        return 0
    by_lines = sum(_kept_of_line(share, back) for share in shares if share.line_id is not None)
    whole = sum(share.points for share in shares if share.line_id is None)
    if not loose or not remaining_minor:
        return by_lines + whole
    return (by_lines * (remaining_minor - loose)) // remaining_minor + whole


def _kept_of_line(share: Share, back: dict[UUID, int]) -> int:
    if share.line_id is None or share.quantity <= 0:
        return share.points
    left = max(0, share.quantity - back.get(share.line_id, 0))
    return share.points * left // share.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """How points are taken back: from the earning's own pending lots, from active lots, and what could not be."""

    from_pending: tuple[Taken, ...]
    from_active: tuple[Taken, ...]
    owed: int
    forgiven: int
    """Let go: by the policy, or because they had expired."""
    lapsed: int = 0
    """The part of `forgiven` that had expired."""


def plan_take_back(
    points: int, own: Sequence[Lot], active: Sequence[Lot], shortage: Shortage, lapsed: int = 0
) -> TakeBack:
    """Plan to take *points*: own pending lots, own active lots, other active lots by expiry; then the policy.

    *active* are the member's spendable lots in the order of their use, the earning's own among them. Of the earning's
    points *lapsed* have expired: the member lost them already, so they are let go before anything else is touched.
    """
    pending = core_lots.take([lot for lot in own if not lot.is_active], points)
    rest = points - _sum(pending)
    mine = core_lots.take([lot for lot in own if lot.is_active], rest)
    rest -= _sum(mine)
    gone = min(rest, lapsed)
    own_ids = {lot.id for lot in own}
    others = core_lots.take([lot for lot in active if lot.id not in own_ids], rest - gone)
    short = rest - gone - _sum(others)
    clamps = shortage is Shortage.CLAMP
    return TakeBack(
        from_pending=pending, from_active=mine + others, owed=0 if clamps else short,
        forgiven=gone + (short if clamps else 0), lapsed=gone,
    )  # fmt: skip


def _sum(taken: Sequence[Taken]) -> int:
    return sum(part.points for part in taken)
