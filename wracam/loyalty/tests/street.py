"""A shop in which many lives go on at once: what they share is the clock, the rules, the log and the database.

Random histories are lived together, round by round, because the costly things (telling orders, delivering events, the
night, the checks) are sets: ten histories cost hardly more than one. `life.py` holds what one life does.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from wracam.commerce import actions as commerce
from wracam.commerce.contracts import OrderSnapshot
from wracam.events import actions as events
from wracam.foundation.bulk import fetch
from wracam.loyalty import actions
from wracam.shops import actions as shops

from .garden import DAY, NOON, open_program, publish

REWARDS = (20, 60, 140)
LISTENERS = ("loyalty.points", "loyalty.payments")


class Street:
    """One shop with its programme, its clock, and the orders that are told at the end of a round."""

    def __init__(self, policy: dict[str, Any], *, stock: int) -> None:
        self.policy = policy
        self.shop_id = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id
        self.today = NOON
        self.skew = self.round = 0
        self.days = 0
        self.jump_to: datetime | None = None
        self.members: dict[UUID, UUID] = {}
        """The living membership of each customer, as of the last round."""
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._told: list[OrderSnapshot] = []
        self._found: dict[str, UUID] = {}
        open_program(**policy, value={"points": 10, "amount": "1.00"}, correction_limit=60)
        for points in REWARDS:
            title = {"pl": "Nagroda", "en": "Reward"}
            publish("reward", f"r{points}", {"title": title, "points": points, "stock": stock})

    @property
    def now(self) -> datetime:
        """Later with every round, except where somebody's clock is behind."""
        return self.today + timedelta(minutes=self.round) - timedelta(minutes=self.skew)

    def tell(self, told: OrderSnapshot) -> None:
        """Let the shop tell of an order at the end of this round."""
        self._told.append(told)

    def customer_of(self, external_id: str) -> UUID | None:
        """Return whose order this is, once it was told."""
        return self._found.get(external_id)

    def end_round(self) -> None:
        """Tell what happened in this round, let everybody listen, and let time pass as far as somebody wished."""
        moment = max((one.modified_at for one in self._told), default=self.now)
        told, self._told = self._told, []
        for one, taken in zip(told, commerce.take_orders(told, now=moment) if told else (), strict=True):
            if taken.customer_id:
                self._found[one.external_id] = taken.customer_id
        events.deliver_all(now=moment)
        self._let_time_pass()
        self.round += 1
        self.members = dict(fetch("SELECT customer_id, id FROM loyalty_member WHERE state = 'active'"))

    def replay(self) -> None:
        """Every listener of the programme reads the whole log again."""
        for subscription in LISTENERS:
            events.replay_since(subscription=subscription, since=NOON - 400 * DAY, now=self.now)
        events.deliver_all(now=self.now)

    def edit_rules(self, points: int) -> None:
        """From now on a złoty gives so many points."""
        publish("earning_rule", "rule_1", {"give": {"kind": "per_amount", "points": points, "per": "1.00"}})

    def _let_time_pass(self) -> None:
        """Live through the night, or hour by hour through that of a clock change or of the new year."""
        if self.days:
            self._go_to(self.today + self.days * DAY)
        if self.jump_to is not None and self.jump_to > self.today:
            for hours in (0, 3, 8):
                self._go_to(self.jump_to + timedelta(hours=hours))
        self.days, self.jump_to = 0, None

    def _go_to(self, moment: datetime) -> None:
        self.today, self.skew = moment, 0
        actions.release_due_points(now=self.now)
        for _ in range(2):
            actions.run_due(now=self.now)
