"""One life among many: three customers of a shop, step by step, through the real actions and database.

Every step may meet any state. What changes points by hand is tried twice, as retries would. A life keeps its own count
of what was given and taken by hand, so that the ledger is checked against something that is not the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from wracam.commerce import queries as commerce
from wracam.commerce.contracts import OrderSnapshot, OrderStatus, PaymentStatus
from wracam.customers import actions as customers
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.loyalty import actions
from wracam.loyalty.contracts import CorrectionRequest, PointsPayment, Posted, Redemption, Refused
from wracam.shops.contracts import SYSTEM, Actor

from .garden import order, person, refund
from .street import Street

ANIA, BARTEK, CELINA = "ania", "bartek", "celina"
PEOPLE = (ANIA, BARTEK, CELINA)
"""Celina buys as a guest until she registers."""
DARIA = Actor(kind="staff", id="1", name="Daria")
ORDER_MINOR, UNIT_MINOR, UNITS = 15_000, 6_000, 2
ORDERS_MAX, REFUNDS_MAX = 4, 3


class Life:
    """Three people whose orders are told again and again."""

    def __init__(self, street: Street, index: int) -> None:
        self.street, self.index = street, index
        self.orders: dict[int, OrderSnapshot] = {}
        self.buyers: dict[int, str] = {}
        self.moved: dict[str, UUID] = {}
        self.ever: set[UUID] = set()
        """Every customer id that somebody of this life had."""
        self.is_celina_known = False
        self.redemptions: list[UUID] = []
        self.payments: list[UUID] = []
        self.by_hand: Counter[str] = Counter()
        """Points given by corrections, less those taken by corrections and spent, by person."""
        self._step = 0

    def step(self, what: str, number: int, more: Any) -> None:
        """Take one step; one that means nothing in this state is counted as idle."""
        self._step += 1
        happened = getattr(self, f"_{what}")(number, more)
        self.street.done[what if happened else f"{what} (idle)"] += 1

    def settle_round(self) -> None:
        """Learn who the customers are whose orders were told."""
        self.ever |= {found for who in PEOPLE if (found := self._customer(who))}

    def undo_what_was_taken(self) -> None:
        """Return all rewards, give all carts' points back, and cancel all orders."""
        for one in self.redemptions:
            actions.return_redemption(redemption_id=one, now=self._now)
        for one in self.payments:
            self._hand_back(one)
        for number, told in self.orders.items():
            if told.status is not OrderStatus.CANCELLED:
                self._tell(number, replace(told, status=OrderStatus.CANCELLED))

    def undo_by_hand(self) -> None:
        """Correct what each living member was given or lost by hand."""
        by_member: Counter[UUID] = Counter()
        for who, points in self.by_hand.items():
            if member_id := self._member(who):
                by_member[member_id] += points
        for member_id, points in sorted(by_member.items()):
            if points:
                key = f"undo:{self.index}:{member_id}"
                actions.correct(
                    member_id=member_id, points=-points, note="z powrotem", actor=SYSTEM, key=key, now=self._now
                )

    @property
    def _now(self) -> datetime:
        return self.street.now + timedelta(seconds=self._step)

    # Orders

    def _place(self, _number: int, who: str) -> bool:
        return self._buy(who, is_paid=False)

    def _pay(self, number: int, who: str) -> bool:
        """Buy and pay, or once there are orders enough pay one that waits."""
        if len(self.orders) < ORDERS_MAX:
            return self._buy(who, is_paid=True)
        return self._change(
            number,
            lambda told: told.paid_at is None and told.status is not OrderStatus.CANCELLED,
            lambda _, told: replace(
                told, paid_at=self._now, status=OrderStatus.PROCESSING, payment_status=PaymentStatus.PAID
            ),
        )

    def _buy(self, who: str, *, is_paid: bool) -> bool:
        if len(self.orders) >= ORDERS_MAX:
            return False
        number = 10 * self.index + len(self.orders)
        told = order(self.street.shop_id, number, placed_at=self._now, paid_at=self._now, person=self._person(who))
        if not is_paid:
            told = replace(told, status=OrderStatus.PENDING, payment_status=PaymentStatus.UNPAID, paid_at=None)
        self.buyers[number] = who
        self._tell(number, told)
        return True

    def _refund(self, number: int, units: int) -> bool:
        return self._change(number, _was_paid, lambda which, told: self._with_refund(which, told, units=units))

    def _loose_refund(self, number: int, minor: int) -> bool:
        return self._change(number, _was_paid, lambda which, told: self._with_refund(which, told, minor=minor))

    def _withdraw_refunds(self, number: int, _more: Any) -> bool:
        return self._change(number, lambda told: bool(told.refunds), lambda _, told: replace(told, refunds=()))

    def _cancel(self, number: int, _more: Any) -> bool:
        return self._change(
            number,
            lambda told: told.status is not OrderStatus.CANCELLED,
            lambda _, told: replace(told, status=OrderStatus.CANCELLED),
        )

    def _restore(self, number: int, _more: Any) -> bool:
        return self._change(
            number,
            lambda told: told.status is OrderStatus.CANCELLED,
            lambda _, told: replace(told, status=OrderStatus.PROCESSING if told.paid_at else OrderStatus.PENDING),
        )

    def _deliver(self, number: int, _more: Any) -> bool:
        return self._change(
            number,
            lambda told: told.status is OrderStatus.PROCESSING,
            lambda _, told: replace(told, status=OrderStatus.DELIVERED, delivered_at=self._now),
        )

    def _repeat(self, number: int, _more: Any) -> bool:
        return self._change(number, lambda _: True, lambda _, told: told)

    def _late(self, number: int, _more: Any) -> bool:
        """An old snapshot arrives after newer ones: from before refunds, delivery and cancellation."""
        if not self.orders:
            return False
        told = self.orders[sorted(self.orders)[number % len(self.orders)]]
        old = replace(told, refunds=(), status=OrderStatus.PROCESSING, delivered_at=None)
        self.street.tell(replace(old, modified_at=told.modified_at - timedelta(hours=1)))
        return True

    def _change(
        self,
        number: int,
        fits: Callable[[OrderSnapshot], bool],
        change: Callable[[int, OrderSnapshot], OrderSnapshot | None],
    ) -> bool:
        """Tell of a change to one of the orders that it fits."""
        fitting = [which for which, told in sorted(self.orders.items()) if fits(told)]
        which = fitting[number % len(fitting)] if fitting else -1
        changed = change(which, self.orders[which]) if fitting else None
        if changed is not None:
            self._tell(which, changed)
        return changed is not None

    def _with_refund(self, which: int, told: OrderSnapshot, *, units: int = 0, minor: int = 0) -> OrderSnapshot | None:
        """Refund units that have not come back, or money that has not; several notices may follow one another."""
        back = sum(line.quantity for one in told.refunds for line in one.lines)
        left_minor = ORDER_MINOR - sum(one.total_minor for one in told.refunds)
        units = min(units, UNITS - back)
        minor = min(units * UNIT_MINOR if units > 0 else minor, left_minor)
        if minor <= 0 or len(told.refunds) == REFUNDS_MAX:
            return None
        lines = (("1", units, minor),) if units > 0 else ()
        new = replace(refund(10 * which + len(told.refunds), minor, *lines), refunded_at=self._now)
        return replace(told, refunds=(*told.refunds, new))

    def _tell(self, number: int, told: OrderSnapshot) -> None:
        """Tell with a moment after the last one: of two words of one moment commerce keeps either."""
        known = self.orders.get(number)
        moment = max(self._now, known.modified_at + timedelta(seconds=1)) if known else self._now
        self.orders[number] = replace(told, modified_at=moment)
        self.street.tell(self.orders[number])

    # People

    def _person(self, who: str) -> PersonSnapshot:
        name = f"{who}{self.index}"
        if who != CELINA:
            return person(name)
        account = (Identity(kind=IdentityKind.SHOP_ACCOUNT, value=name),) if self.is_celina_known else ()
        known = person(name, is_guest=not self.is_celina_known)
        return replace(known, identities=(*known.identities, *account), modified_at=self._now)

    def _customer(self, who: str) -> UUID | None:
        if who in self.moved:
            return self.moved[who]
        bought = (self.street.customer_of(str(number)) for number, buyer in self.buyers.items() if buyer == who)
        return next((found for found in bought if found), None)

    def _member(self, who: str) -> UUID | None:
        customer_id = self._customer(who)
        return self.street.members.get(customer_id) if customer_id else None

    def _register(self, _number: int, _more: Any) -> bool:
        if self.is_celina_known:
            return False
        self.is_celina_known = True
        found = customers.identify(
            shop_id=self.street.shop_id, person=self._person(CELINA), source="woocommerce", now=self._now
        )
        self.moved |= {CELINA: found} if found else {}
        return True

    def _merge(self, _number: int, _more: Any) -> bool:
        """Ania and Bartek turn out to be one person; later orders of either are theirs."""
        ania, bartek = self._customer(ANIA), self._customer(BARTEK)
        if not ania or not bartek or ania == bartek:
            return False
        self.ever |= {ania, bartek}
        one = customers.merge(shop_id=self.street.shop_id, left_id=ania, right_id=bartek, actor=SYSTEM, now=self._now)
        self.moved |= dict.fromkeys((ANIA, BARTEK), one) if isinstance(one, UUID) else {}
        return True

    # By hand, rewards and carts

    def _twice(self, what: str, attempt: Callable[[str], Any]) -> Any:
        """Try, and try again under the same key; both must answer alike. Refusals are counted."""
        key = f"{what}:{self.index}:{self._step}"
        first, second = attempt(key), attempt(key)
        assert type(first) is type(second), f"{what}: {first} then {second}"
        if isinstance(first, Refused):
            self.street.refused[f"{what}: {first.reason}"] += 1
        return first

    def _spend(self, points: int, who: str) -> bool:
        if not (member_id := self._member(who)):
            return False
        outcome = self._twice(
            "spend", lambda key: actions.spend(member_id=member_id, points=points, key=key, now=self._now)
        )
        self.by_hand[who] -= points if isinstance(outcome, Posted) else 0
        return True

    def _correct(self, points: int, who: str) -> bool:
        if not (member_id := self._member(who)):
            return False
        outcome = self._twice(
            "correct",
            lambda key: actions.correct(
                member_id=member_id, points=points, note="ręcznie", actor=SYSTEM, key=key, now=self._now
            ),
        )
        self.by_hand[who] += points if isinstance(outcome, Posted) else 0
        return True

    def _ask(self, points: int, who: str) -> bool:
        """Ask for a correction that a second person approves, twice."""
        if not (member_id := self._member(who)):
            return False
        asked = self._twice(
            "ask",
            lambda key: actions.ask_correction(
                member_id=member_id, points=points, note="ręcznie", actor=SYSTEM, role="agent", key=key, now=self._now
            ),
        )
        if isinstance(asked, CorrectionRequest):
            request_id = asked.id
            asked = self._twice(
                "approve", lambda _: actions.approve_correction(request_id=request_id, actor=DARIA, now=self._now)
            )
        self.by_hand[who] += points if isinstance(asked, Posted) else 0
        return True

    def _redeem(self, points: int, who: str) -> bool:
        if not (member_id := self._member(who)):
            return False
        taken = self._twice(
            "redeem",
            lambda key: actions.redeem_reward(member_id=member_id, reward=f"r{points}", key=key, now=self._now),
        )
        self.redemptions += [taken.id] if isinstance(taken, Redemption) else []
        return True

    def _settle(self, number: int, is_handed_over: bool) -> bool:
        if not self.redemptions:
            return False
        one = self.redemptions[number % len(self.redemptions)]
        settle = actions.fulfill_redemption if is_handed_over else actions.return_redemption
        self._twice("settle", lambda _: settle(redemption_id=one, now=self._now))
        return True

    def _reserve(self, points: int, who: str) -> bool:
        if not (member_id := self._member(who)):
            return False
        held = self._twice(
            "reserve",
            lambda key: actions.reserve_points(
                member_id=member_id, points=points, order_minor=ORDER_MINOR, key=key, now=self._now, minutes=1_440
            ),
        )
        self.payments += [held.id] if isinstance(held, PointsPayment) else []
        return True

    def _end_payment(self, number: int, is_committed: bool) -> bool:
        if not self.payments:
            return False
        one, now = self.payments[number % len(self.payments)], self._now
        if is_committed:
            order_id = self._order_id(number)
            self._twice("commit", lambda _: actions.commit_points(payment_id=one, order_id=order_id, now=now))
        else:
            self._twice("release", lambda _: actions.release_points(payment_id=one, now=now))
        return True

    def _order_id(self, number: int) -> UUID | None:
        told = self.orders.get(10 * self.index + number)
        if told is None:
            return None
        return commerce.order_id_of(shop_id=self.street.shop_id, source=told.source, external_id=told.external_id)

    def _hand_back(self, payment_id: UUID) -> None:
        """Release a cart; one that paid for an order gives its points back."""
        if isinstance(actions.release_points(payment_id=payment_id, now=self._now), Refused):
            actions.give_back_points(
                payment_id=payment_id, amount_minor=ORDER_MINOR, key=f"undo:{payment_id}", now=self._now
            )

    # What concerns the whole street

    def _days(self, number: int, _more: Any) -> bool:
        self.street.days = max(self.street.days, number)
        return True

    def _jump(self, _number: int, evening: str) -> bool:
        self.street.jump_to = datetime.fromisoformat(f"{evening}T20:00:00+00:00")
        return self.street.jump_to > self.street.today

    def _clock_back(self, minutes: int, _more: Any) -> bool:
        self.street.skew = minutes
        return True

    def _edit_rules(self, points: int, _more: Any) -> bool:
        self.street.edit_rules(points)
        return True


def _was_paid(told: OrderSnapshot) -> bool:
    return told.paid_at is not None
