"""Challenges over real orders and events: counted once, undone by unit, rewarded by effects, ranked in private."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from wracam.challenges import actions, queries
from wracam.commerce import actions as commerce
from wracam.commerce.contracts import OrderSnapshot, OrderStatus
from wracam.customers import actions as customers
from wracam.definitions.ports import KINDS
from wracam.events import actions as events
from wracam.events.contracts import NamedEvent
from wracam.foundation.bulk import fetch
from wracam.foundation.transactions import action
from wracam.loyalty import queries as loyalty
from wracam.loyalty.tests.garden import (
    DAY,
    NOON,
    assert_books_are_right,
    balance_of,
    open_program,
    order,
    publish,
    refund,
    tell,
)
from wracam.shops.contracts import SYSTEM

pytestmark = pytest.mark.django_db
PLANTS = {"all": [{"attribute": "line.categories", "is": "has_any", "value": ["Rośliny"]}]}
POINTS = [{"effect": "loyalty.points", "points": 100}]


def open_challenge(key: str = "green", **body: Any) -> None:
    publish("challenge", key, {"title": {"pl": "Zielone", "en": "Green"}, **body})


def standing(customer_id: UUID, shop_id: int, now: datetime = NOON) -> Any:
    [found] = queries.standings(customer_id=customer_id, shop_id=shop_id, now=now)
    return found


def happened(name: str) -> list[int]:
    return [row[0] for row in fetch("SELECT (data ->> 'number')::int FROM event WHERE name = %s ORDER BY 1", name)]


def test_a_stamp_card_counts_units_rewards_every_third_and_takes_back_by_unit(shop_id):
    open_program({"give": {"kind": "fixed", "points": 1}})
    open_challenge(count="units", lines=PLANTS, goal=3, repeats=True, stamps=True, rewards=POINTS)

    ania, *_ = tell(order(shop_id, 1), order(shop_id, 2))
    assert (standing(ania, shop_id).amount, standing(ania, shop_id).completed) == (1, 1)
    assert balance_of(ania).active == 2 + 100

    back = order(shop_id, 2, day=1, refunds=(refund(1, 12_000, ("1", 2, 12_000)),))
    tell(back)
    tell(back)
    assert (standing(ania, shop_id, NOON + DAY).amount, standing(ania, shop_id, NOON + DAY).completed) == (2, 0)
    assert balance_of(ania).active == 1
    assert (happened("challenge.completed"), happened("challenge.undone")) == ([1], [1])

    tell(replace(back, modified_at=NOON + 2 * DAY, refunds=()))
    assert standing(ania, shop_id, NOON + 2 * DAY).completed == 1
    assert balance_of(ania).active == 2 + 100
    assert queries.differences(NOON + 2 * DAY) == []
    assert_books_are_right()


def test_points_of_a_challenge_are_explained_in_the_members_history(shop_id):
    open_program()
    open_challenge(goal=1, rewards=POINTS)

    [ania] = tell(order(shop_id))

    member = loyalty.member_of(customer_id=ania)
    assert member is not None
    [given] = [entry for entry in loyalty.history(member.id) if entry.points == 100]
    assert given.sentence.pl == "+100\u00a0punktów za wyzwanie „Zielone”"
    why = loyalty.why(member_id=member.id, transfer_id=given.transfer_id, language="en")
    assert why is not None
    assert [rule.points for rule in why.rules] == [100]
    [(cause,)] = fetch("SELECT name FROM event WHERE id = %s", why.cause_event_id)
    assert cause == "challenge.completed"


def test_an_earning_rule_may_listen_to_a_challenge(shop_id):
    rule = {
        "when": "challenge.completed",
        "if": {"all": [{"attribute": "event.challenge", "is": "equals", "value": "green"}]},
        "give": {"kind": "fixed", "points": 40},
    }
    open_program(rule)
    open_challenge(goal=1)

    [ania] = tell(order(shop_id))

    assert balance_of(ania).active == 40


def test_the_same_news_again_and_again_counts_once_and_a_cancelled_order_not_at_all(shop_id):
    open_challenge(goal=2)
    one, two = order(shop_id, 1), order(shop_id, 2)

    [ania] = tell(one)
    tell(one)
    tell(two)
    assert standing(ania, shop_id).is_done

    tell(order(shop_id, 2, day=1, status=OrderStatus.CANCELLED))
    assert (standing(ania, shop_id).amount, standing(ania, shop_id).is_done) == (1, False)


def test_what_happened_before_the_first_publication_does_not_count_however_late_it_is_told(shop_id):
    commerce.take_orders([order(shop_id, 1, day=-2)], now=NOON - 2 * DAY)
    open_challenge(goal=3)

    ania, *_ = tell(order(shop_id, 2), order(shop_id, 3, day=-400), now=NOON)

    assert standing(ania, shop_id).amount == 1
    open_challenge(goal=2)
    tell(order(shop_id, 4, day=-1), order(shop_id, 5), now=NOON + DAY)
    assert (standing(ania, shop_id).amount, standing(ania, shop_id).is_done) == (2, True)


def test_events_that_a_shop_names_itself_are_counted_and_different_fields_too(shop_id):
    open_challenge("talker", when="review.written", goal=2, count="distinct", of="product")
    [ania] = tell(order(shop_id))

    def write(product: str, hour: int) -> None:
        at = NOON + timedelta(hours=hour)
        with action():
            events.record_named(
                [NamedEvent(name="review.written", shop_id=shop_id, customer_id=ania, occurred_at=at,
                            data={"product": product})],
                now=at,
            )  # fmt: skip
        events.deliver_all(now=at)

    write("monstera", 1)
    write("monstera", 2)
    assert standing(ania, shop_id).amount == 1
    write("fikus", 3)
    assert standing(ania, shop_id).is_done


def test_only_weekends_count_in_a_weekend_challenge(shop_id):
    open_challenge(goal=2, window={"weekdays": [6, 7]})

    ania, *_ = tell(*(order(shop_id, number, day=number) for number in range(5)))

    assert standing(ania, shop_id).amount == 2  # 1 May 2026 is a Friday


def test_who_must_join_first_is_counted_from_then_on_and_others_never(shop_id):
    open_challenge(goal=5, joining="opt_in")
    ania, *_ = tell(order(shop_id, 1))
    tell(order(shop_id, 2, who="bartek"))

    assert actions.join(challenge="green", customer_id=ania, shop_id=shop_id, now=NOON + DAY)
    assert not actions.join(challenge="green", customer_id=ania, shop_id=shop_id, now=NOON + DAY)
    tell(order(shop_id, 3, day=2), order(shop_id, 4, day=2, who="bartek"))

    assert (standing(ania, shop_id).amount, standing(ania, shop_id).joined) == (1, True)
    assert fetch("SELECT count(*) FROM challenge_fact") == [(1,)]


def test_a_changed_goal_takes_nothing_away_from_those_who_reached_the_old_one(shop_id):
    open_program()
    open_challenge(goal=1, rewards=POINTS)
    [ania] = tell(order(shop_id))

    open_challenge(goal=5, rewards=POINTS)
    tell(order(shop_id, 2, day=1))

    assert balance_of(ania).active == 300 + 100
    assert happened("challenge.undone") == []


def test_a_badge_is_held_until_what_earned_it_comes_back(shop_id):
    open_challenge(goal=1, badge={"pl": "Ogrodnik", "en": "Gardener"})
    [ania] = tell(order(shop_id))
    assert [one.title.pl for one in queries.badges(ania)] == ["Ogrodnik"]

    tell(order(shop_id, day=1, status=OrderStatus.CANCELLED))
    assert queries.badges(ania) == []


def test_a_ranking_is_in_order_private_and_paged_without_gaps(shop_id):
    open_challenge(goal=100, count="value", ranking=True)
    people = ["ania", "bartek", "celina", "daria"]
    ids = {}
    for number, who in enumerate(people, start=1):
        [ids[who]] = tell(order(shop_id, number, who=who, total_minor=15_000 + number * 100))
    actions.appear(customer_id=ids["ania"], shop_id=shop_id, nickname="Paprotka", is_listed=True)
    actions.appear(customer_id=ids["celina"], shop_id=shop_id, nickname="", is_listed=False)

    def page(after: Any = None) -> Any:
        return queries.ranking(challenge="green", shop_id=shop_id, period="all", after=after, limit=2)

    first, second = page(), page(page().following)
    assert [(line.place, line.customer_id) for line in first.lines] == [(1, ids["daria"]), (2, ids["bartek"])]
    assert [(line.place, line.nickname) for line in second.lines] == [(3, "Paprotka")]
    assert second.following is None

    def place(who: str) -> Any:
        return queries.place_of(challenge="green", shop_id=shop_id, period="all", customer_id=ids[who])

    assert (place("ania").place, place("celina")) == (3, None)


def test_merged_profiles_have_one_progress(shop_id):
    open_challenge(goal=2)
    ania, bartek = tell(order(shop_id, 1), order(shop_id, 2, who="bartek"))
    kept = customers.merge(shop_id=shop_id, left_id=ania, right_id=bartek, actor=SYSTEM, now=NOON)
    events.deliver_all(now=NOON)

    assert isinstance(kept, UUID)
    assert standing(kept, shop_id).is_done
    assert queries.differences(NOON) == []


def test_what_people_did_is_erased_with_them(shop_id):
    open_challenge(goal=1, badge={"en": "Gardener"})
    [ania] = tell(order(shop_id))

    actions.forget(customer_ids=[ania])

    assert queries.badges(ania) == []
    assert fetch("SELECT count(*) FROM challenge_fact") == [(0,)]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_progress_is_what_the_orders_say(shop_id, seed):
    """Random histories of orders, refunds, withdrawals, cancellations and repeats; every word is told several times."""
    chance = random.Random(seed)
    open_program()
    open_challenge("units", count="units", lines=PLANTS, goal=3, repeats=True, rewards=POINTS)
    open_challenge("value", count="value", goal="200.00", window={"period": "week"}, rewards=POINTS)
    open_challenge("streak", streak="day", goal=2, repeats=True)
    open_challenge("different", count="distinct", of="sku", goal=2)
    orders = {number: order(shop_id, number, day=chance.randrange(20)) for number in range(1, 6)}
    now = NOON + 20 * DAY
    for step in range(25):
        now += timedelta(hours=1)
        number = chance.choice(list(orders))
        orders[number] = replace(_changed(orders[number], step, chance), modified_at=now)
        tell(orders[number], now=now)
        if chance.random() < 0.3:
            tell(orders[number], now=now)
        if chance.random() < 0.1:
            open_challenge("units", count="units", lines=PLANTS, goal=chance.choice([2, 3, 4]), repeats=True)

    assert queries.differences(now) == []
    assert_books_are_right()
    for number in orders:
        now += timedelta(hours=1)
        tell(replace(orders[number], status=OrderStatus.CANCELLED, modified_at=now), now=now)
    assert fetch("SELECT coalesce(sum(amount), 0) FROM challenge_progress") == [(0,)]
    assert fetch("SELECT count(*) FROM challenge_completion WHERE is_standing") == [(0,)]
    assert_books_are_right()


def _changed(one: OrderSnapshot, step: int, chance: random.Random) -> OrderSnapshot:
    kind = chance.choice(["refund", "withdraw", "cancel", "restore", "same"])
    if kind == "refund" and len(one.refunds) < 2:
        line, total = chance.choice([("1", 6_000), ("2", 3_000)])
        return replace(one, refunds=(*one.refunds, refund(step + 1, total, (line, 1, total), day=21)))
    if kind == "withdraw":
        return replace(one, refunds=one.refunds[:-1])
    if kind == "cancel":
        return replace(one, status=OrderStatus.CANCELLED)
    return replace(one, status=OrderStatus.PROCESSING)


AUTO = {
    "title": {"pl": "400 zł w 30 dni", "en": "PLN 400 in 30 days"},
    "spend": "400.00",
    "within_days": 30,
    "near": "100.00",
    "rewards": POINTS,
}


def told() -> list[tuple[str, int]]:
    return fetch("SELECT data ->> 'challenge', (data ->> 'missing')::int FROM event WHERE name = 'reward.near'")


def test_an_automatic_reward_comes_with_the_amount_and_goes_with_the_return(shop_id):
    open_program({"give": {"kind": "fixed", "points": 1}})
    publish("auto_reward", "spender", AUTO)

    ania, *_ = tell(order(shop_id, 1), order(shop_id, 2, day=10))
    assert (standing(ania, shop_id, NOON + 10 * DAY).amount, told()) == (30_000, [("auto:spender", 10_000)])
    tell(order(shop_id, 3, day=29))
    assert balance_of(ania).active == 3 + 100

    tell(order(shop_id, 3, day=29, modified_at=NOON + 30 * DAY, refunds=(refund(1, 6_000, ("1", 1, 6_000)),)))
    assert balance_of(ania).active == 2
    assert standing(ania, shop_id, NOON + 29 * DAY).completed == 0
    assert len(told()) == 1
    assert_books_are_right()


def test_who_was_near_is_told_again_only_after_the_window_has_passed(shop_id):
    publish("auto_reward", "spender", AUTO)

    tell(order(shop_id, 1), order(shop_id, 2, day=1))
    tell(order(shop_id, 3, day=25, total_minor=100, lines=()))
    assert len(told()) == 1

    tell(order(shop_id, 4, day=60), order(shop_id, 5, day=61))
    assert len(told()) == 2


def test_a_reward_again_and_again_starts_each_time_from_nothing(shop_id):
    open_program({"give": {"kind": "fixed", "points": 1}})
    publish("auto_reward", "spender", {**AUTO, "spend": "300.00", "repeats": True})

    [ania, *_] = tell(*(order(shop_id, number, day=number) for number in range(1, 6)))

    assert balance_of(ania).active == 5 + 2 * 100
    assert standing(ania, shop_id, NOON + 5 * DAY).amount == 15_000


def test_an_automatic_reward_that_cannot_be_is_not_published():
    problems = KINDS.get("auto_reward").validate
    assert problems(AUTO) == []
    assert [one.path for one in problems({"title": {"en": "x"}, "goal": 1, "rewards": [{"effect": "magic"}]})] == [
        "goal", "spend", "rewards",
    ]  # fmt: skip


def test_a_reward_may_be_a_code_that_a_return_takes_out_of_use(shop_id):
    publish("code_campaign", "thanks", KINDS.get("code_campaign").example)
    open_challenge(goal=1, rewards=[{"effect": "vouchers.code", "campaign": "thanks"}])

    [ania] = tell(order(shop_id))
    assert fetch("SELECT disabled_at FROM code") == [(None,)]
    assert standing(ania, shop_id).completed == 1

    tell(order(shop_id, day=1, status=OrderStatus.CANCELLED))
    assert fetch("SELECT disabled_at FROM code") == [(NOON + DAY,)]
