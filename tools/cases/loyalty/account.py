"""One member's lots over the events of a case, moved by the core's own functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from wracam.loyalty.contracts import Lot
from wracam.loyalty.core import lots, refunds
from wracam.loyalty.core.ledger import Taken
from wracam.loyalty.core.program import Shortage

MEMBER = UUID(int=1)
NOBODY = UUID(int=0)


@dataclass(slots=True)
class Account:
    """Lots, debts and what became of points; every figure that cases ask for."""

    shortage: Shortage
    lots: list[Lot] = field(default_factory=list)
    debt: int = 0
    earned: int = 0
    expired: int = 0
    spent: int = 0
    clawed_back: int = 0
    clawbacks: int = 0
    redemptions: int = 0
    rollbacks: int = 0
    closed: set[int] = field(default_factory=set)
    """The lots that have ended, with or without something left."""
    lapsed: dict[UUID, int] = field(default_factory=dict)
    """Of each order's points those that expired and were not yet let go."""

    @property
    def active(self) -> int:
        """What could be spent, whether or not the night has closed what is past its end."""
        return sum(lot.remaining for lot in self.lots if lot.is_active)

    @property
    def pending(self) -> int:
        """What waits."""
        return sum(lot.remaining for lot in self.lots if not lot.is_active)

    @property
    def balance(self) -> int:
        """The figure people see; below zero where the policy allows it."""
        owed = 0 if self.shortage is Shortage.CLAMP else self.debt
        return self.active - owed

    def credit(
        self, points: int, at: datetime, expires_at: datetime | None, order: UUID | None = None,
        activates_at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Give points; what is owed is paid first, by points that are active."""
        waits = activates_at is not None and activates_at > at
        paid = 0 if waits else min(points, self.debt)
        self.debt -= paid
        self.earned += points
        self.lots.append(
            Lot(
                id=len(self.lots) + 1, member_id=MEMBER, point_kind="points", amount=points, remaining=points - paid,
                is_active=not waits, earned_at=at, activates_at=activates_at or at, expires_at=expires_at,
                order_id=order,
            )
        )  # fmt: skip

    def debit(self, points: int, at: datetime) -> int:
        """Take points that the ledger says are gone; what is not there is owed, or let go by a clamping policy."""
        taken = self._use(lots.take(lots.spendable(self.lots, at), points))
        self.debt += 0 if self.shortage is Shortage.CLAMP else points - taken
        return taken

    def spend(self, points: int, at: datetime, *, up_to: bool = False) -> tuple[Taken, ...]:
        """Spend points if they are all there, or as many as are."""
        usable = lots.spendable(self.lots, at)
        there = sum(lot.remaining for lot in usable) - self.debt
        if there < points and not up_to:
            return ()
        taken = lots.take(usable, max(0, min(points, there)))
        self.spent += self._use(taken)
        self.redemptions += bool(taken)
        return taken

    def give_back(self, taken: Sequence[Taken]) -> None:
        """Give spent points back to the lots they came from."""
        points = sum(part.points for part in taken)
        self._use(lots.give_back(taken, points))
        self.spent -= points
        self.rollbacks += bool(points)

    def take_back(self, points: int, order: UUID, at: datetime) -> None:
        """Take back what an order earned, by the policy for points already used."""
        own = [lot for lot in self.lots if lot.order_id == order and lot.remaining]
        plan = refunds.plan_take_back(
            points, own, lots.spendable(self.lots, at), self.shortage, self.lapsed.get(order, 0)
        )
        self._use(plan.from_pending + plan.from_active)
        self.lapsed[order] = self.lapsed.get(order, 0) - plan.lapsed
        self.debt += plan.owed
        self.clawed_back += points - plan.forgiven
        self.clawbacks += 1

    def activate(self, now: datetime) -> None:
        """Let points whose time has come be used; what is owed is paid."""
        for lot in self.lots:
            if not lot.is_active and lot.activates_at is not None and lot.activates_at <= now:
                paid = min(self.debt, lot.remaining)
                self.debt -= paid
                self._change(lot.id, remaining=lot.remaining - paid, is_active=True)

    def expire(self, now: datetime) -> None:
        """Close the lots that have ended with what is left of them."""
        for lot in self.lots:
            if lot.expires_at is not None and lot.expires_at <= now and lot.is_active and lot.id not in self.closed:
                self.closed.add(lot.id)
                self.expired += lot.remaining
                if lot.order_id is not None:
                    self.lapsed[lot.order_id] = self.lapsed.get(lot.order_id, 0) + lot.remaining
                self._change(lot.id, remaining=0, is_active=True)

    def expiring_by(self, moment: datetime) -> int:
        """Return how many points end at or before a moment."""
        return sum(lot.remaining for lot in self.lots if lot.expires_at is not None and lot.expires_at <= moment)

    def _use(self, taken: Sequence[Taken]) -> int:
        for part in taken:
            lot = self.lots[part.lot_id - 1]
            self._change(lot.id, remaining=lot.remaining - part.points, is_active=lot.is_active)
        return sum(part.points for part in taken)

    def _change(self, lot_id: int, *, remaining: int, is_active: bool) -> None:
        self.lots[lot_id - 1] = replace(self.lots[lot_id - 1], remaining=remaining, is_active=is_active)
