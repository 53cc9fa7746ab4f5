"""Random histories of a shop's life: whatever happens in whatever order, the books are right.

Orders, payments, refunds and their withdrawal, cancellations, corrections by hand, spending, time and repeated
notices, in any order. After every history all invariants hold; undoing everything leaves what was spent as the only
trace; and replaying the same log gives the same balances.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wracam.commerce import queries as commerce
from wracam.commerce.contracts import OrderStatus
from wracam.customers import actions as customers
from wracam.events import actions as events
from wracam.foundation.bulk import execute, fetch
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import CorrectionRequest, PointsPayment, Redemption
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM, Actor

from .garden import DAY, NOON, assert_books_are_right, member_of, open_program, order, publish, refund, tell

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("WRACAM_HISTORIES", "15"))
PEOPLE = ("ania", "bartek")
DARIA = Actor(kind="staff", id="1", name="Daria")

steps = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(1, 4), st.sampled_from(PEOPLE)),
        st.tuples(st.just("refund"), st.integers(1, 4), st.integers(1, 2)),
        st.tuples(st.just("loose_refund"), st.integers(1, 4), st.integers(1, 15_000)),
        st.tuples(st.just("withdraw_refunds"), st.integers(1, 4), st.just(0)),
        st.tuples(st.just("cancel"), st.integers(1, 4), st.just(0)),
        st.tuples(st.just("restore"), st.integers(1, 4), st.just(0)),
        st.tuples(st.just("deliver"), st.integers(1, 4), st.just(0)),
        st.tuples(st.just("spend"), st.integers(1, 300), st.sampled_from(PEOPLE)),
        st.tuples(st.just("correct"), st.integers(-120, 120).filter(bool), st.sampled_from(PEOPLE)),
        st.tuples(st.just("days"), st.integers(1, 45), st.just(0)),
        st.tuples(st.just("repeat"), st.integers(1, 4), st.just(0)),
        st.tuples(st.just("redeem"), st.sampled_from([20, 60, 140]), st.sampled_from(PEOPLE)),
        st.tuples(st.just("settle"), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("reserve"), st.integers(1, 200), st.sampled_from(PEOPLE)),
        st.tuples(st.just("pay"), st.integers(1, 4), st.sampled_from(PEOPLE)),
        st.tuples(st.just("end_payment"), st.integers(0, 4), st.booleans()),
        st.tuples(st.just("edit_rules"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("ask"), st.integers(-90, 90).filter(bool), st.sampled_from(PEOPLE)),
        st.tuples(st.just("merge"), st.just(0), st.just(0)),
    ),
    min_size=3,
    max_size=14,
)
policies = st.fixed_dictionaries(
    {
        "shortage": st.sampled_from(["clamp", "carry", "allow"]),
        "pending": st.sampled_from([{"until": "nothing"}, {"until": "paid", "days": 14}, {"until": "delivered"}]),
        "validity": st.sampled_from([{"kind": "never"}, {"kind": "rolling", "months": 1}]),
    }
)


class Life:
    """A shop whose orders are told again and again, and two customers."""

    def __init__(self, policy: dict[str, Any]) -> None:
        self.shop_id = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id
        self.day = 0
        self.orders: dict[int, Any] = {}
        self.customers: dict[str, Any] = {}
        self.count = 0
        self.redemptions: list[Any] = []
        self.payments: list[Any] = []
        open_program(**policy, value={"points": 10, "amount": "1.00"}, correction_limit=60)
        for points in (20, 60, 140):
            title = {"pl": "Nagroda", "en": "Reward"}
            publish("reward", f"r{points}", {"title": title, "points": points, "stock": 2})

    def step(self, what: str, number: int, more: Any) -> None:
        self.count += 1
        if what == "pay" and number not in self.orders:
            self._tell(number, order(self.shop_id, number, day=self.day, who=more), who=more)
        elif what in ("spend", "correct"):
            self._by_hand(what, number, more)
        elif what in ("redeem", "reserve", "ask"):
            self._take(what, number, more)
        elif what in ("settle", "end_payment"):
            self._end(what, number, more)
        elif what == "edit_rules":
            publish("earning_rule", "rule_1", {"give": {"kind": "per_amount", "points": number, "per": "1.00"}})
        elif what == "merge":
            self._merge()
        elif what == "days":
            self.day += number
            actions.release_due_points(now=self._now())
            actions.run_due(now=self._now())
        elif number in self.orders:
            self._change(what, number, more)

    def _change(self, what: str, number: int, more: Any) -> None:
        told = self.orders[number]
        has_refund = bool(told.refunds)
        if what == "refund" and not has_refund:
            told = replace(told, refunds=(refund(number, more * 6_000, ("1", more, more * 6_000), day=self.day),))
        elif what == "loose_refund" and not has_refund:
            told = replace(told, refunds=(refund(number, more, day=self.day),))
        elif what == "withdraw_refunds":
            told = replace(told, refunds=())
        elif what == "cancel":
            told = replace(told, status=OrderStatus.CANCELLED)
        elif what == "restore" and told.status is OrderStatus.CANCELLED:
            told = replace(told, status=OrderStatus.PROCESSING)
        elif what == "deliver" and told.status is OrderStatus.PROCESSING:
            told = replace(told, status=OrderStatus.DELIVERED, delivered_at=self._now())
        self._tell(number, told)

    def _tell(self, number: int, told: Any, who: str | None = None) -> None:
        moment = self._now()
        self.orders[number] = replace(told, modified_at=moment)
        [customer_id] = tell(self.orders[number], now=moment)
        if who:
            self.customers[who] = customer_id

    def _by_hand(self, what: str, points: int, who: str) -> None:
        if who not in self.customers:
            return
        member_id = member_of(self.customers[who]).id
        key = f"{what}:{self.count}"
        for _ in range(2):
            if what == "spend":
                actions.spend(member_id=member_id, points=points, key=key, now=self._now())
            else:
                actions.correct(
                    member_id=member_id, points=points, note="ręcznie", actor=SYSTEM, key=key, now=self._now()
                )

    def _take(self, what: str, points: int, who: str) -> None:
        """Redeem, reserve for a cart, or ask for a correction that a second person approves; each is told twice."""
        if who not in self.customers:
            return
        member_id = member_of(self.customers[who]).id
        key, now = f"{what}:{self.count}", self._now()
        for _ in range(2):
            if what == "redeem":
                taken = actions.redeem_reward(member_id=member_id, reward=f"r{points}", key=key, now=now)
                self.redemptions += [taken.id] if isinstance(taken, Redemption) else []
            elif what == "reserve":
                held = actions.reserve_points(
                    member_id=member_id, points=points, order_minor=15_000, key=key, now=now, minutes=1_440
                )
                self.payments += [held.id] if isinstance(held, PointsPayment) else []
            else:
                asked = actions.ask_correction(
                    member_id=member_id, points=points, note="ręcznie", actor=SYSTEM, role="agent", key=key, now=now
                )
                if isinstance(asked, CorrectionRequest):
                    actions.approve_correction(request_id=asked.id, actor=DARIA, now=now)

    def _end(self, what: str, number: int, forwards: bool) -> None:
        """Hand a reward over or return it; commit points with an order or release them."""
        found = self.redemptions if what == "settle" else self.payments
        if not found:
            return
        one, now = found[number % len(found)], self._now()
        if what == "settle":
            settle = actions.fulfill_redemption if forwards else actions.return_redemption
            settle(redemption_id=one, now=now)
        elif forwards:
            told = self.orders.get(number)
            order_id = (
                commerce.order_id_of(shop_id=self.shop_id, source=told.source, external_id=told.external_id)
                if told
                else None
            )
            actions.commit_points(payment_id=one, order_id=order_id, now=now)
        else:
            actions.release_points(payment_id=one, now=now)

    def _merge(self) -> None:
        """Both people turn out to be one; later orders of either are theirs."""
        ania, bartek = (self.customers.get(who) for who in PEOPLE)
        if ania and bartek and ania != bartek:
            one = customers.merge(shop_id=self.shop_id, left_id=ania, right_id=bartek, actor=SYSTEM, now=self._now())
            events.deliver_all(now=self._now())
            if isinstance(one, UUID):
                self.customers = dict.fromkeys(PEOPLE, one)

    def _now(self) -> Any:
        return NOON + self.day * DAY + self.count * DAY / 86_400


def _balances() -> list[Any]:
    return fetch("SELECT member_id, point_kind, active, pending, held, debt, earned FROM point_balance ORDER BY 1, 2")


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(policy=policies, story=steps)
def test_whatever_happens_the_books_are_right(policy, story):
    from django.db import transaction

    with transaction.atomic():
        life = Life(policy)

        for what, number, more in story:
            life.step(what, number, more)

        assert_books_are_right()
        _assert_history_tells_the_balance(life)
        _assert_cancelling_everything_leaves_nothing_earned(life)
        transaction.set_rollback(True)


def _assert_history_tells_the_balance(life: Life) -> None:
    for customer_id in life.customers.values():
        member_id = member_of(customer_id).id
        balance = queries.balance(member_id)
        told = sum(entry.points for entry in queries.history(member_id, limit=200))
        assert told == balance.active + balance.pending + balance.held - balance.debt


def _assert_cancelling_everything_leaves_nothing_earned(life: Life) -> None:
    for number in life.orders:
        life.step("cancel", number, 0)
    assert_books_are_right()
    standing = fetch(
        """SELECT e.id FROM loyalty_earning AS e, jsonb_each(e.standing) AS kind
           WHERE (value ->> 'earned')::int <> (value ->> 'taken')::int + (value ->> 'forgiven')::int"""
    )
    assert standing == []


def test_the_database_itself_refuses_to_change_history(shop_id):
    from django.db import DatabaseError, transaction

    open_program()
    tell(order(shop_id))

    for statement in ("UPDATE point_transfer SET amount = 1", "DELETE FROM point_transfer"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            execute(statement)


def test_the_hash_chain_notices_a_change_behind_the_back_of_the_triggers(shop_id):
    open_program()
    tell(order(shop_id), order(shop_id, 2, who="bartek"))
    actions.seal(now=NOON)
    assert all(finding.is_met for finding in queries.verify())

    execute("ALTER TABLE point_transfer DISABLE TRIGGER point_transfer_is_append_only")
    execute("UPDATE point_transfer SET note = 'podmienione' WHERE id = (SELECT min(id) FROM point_transfer)")
    execute("ALTER TABLE point_transfer ENABLE TRIGGER point_transfer_is_append_only")

    broken = [finding.number for finding in queries.verify() if not finding.is_met]
    assert broken == [14]
