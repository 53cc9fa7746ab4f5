"""Rewards of many members in one call: each gets the answer that they would have got alone, in the order of wishes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from wracam.foundation.bulk import fetch
from wracam.loyalty import actions
from wracam.loyalty.contracts import (
    KeyReusedError,
    Member,
    Redemption,
    RedemptionState,
    Refusal,
    Refused,
    RewardWish,
    UnknownRewardError,
)

from .garden import DAY, NOON, assert_books_are_right, balance_of, member_of, open_program, order, publish, tell

pytestmark = pytest.mark.django_db
PEOPLE = ("ania", "bartek", "celina", "daria")
NOW = NOON + DAY
TITLE = {"pl": "Nasiona", "en": "Seeds"}


@pytest.fixture
def members(shop_id) -> list[Member]:
    """Four members with 150 points each."""
    open_program()
    return [member_of(one) for one in tell(*(order(shop_id, number, who=who) for number, who in enumerate(PEOPLE)))]


def offer(key: str, **body: Any) -> None:
    publish("reward", key, {"title": TITLE, "points": 100, **body})


def wishes(members: list[Member], *rewards: str) -> list[RewardWish]:
    return [RewardWish(member_id=one.id, reward=key, key="k") for one, key in zip(members, rewards, strict=True)]


def redeem(members: list[Member], *rewards: str) -> list[Any]:
    return actions.redeem_rewards(wishes(members, *rewards), now=NOW)


def taken() -> list[int]:
    return [row[0] for row in fetch("SELECT taken FROM loyalty_reward_stock ORDER BY reward, period")]


def test_everybody_gets_their_own_answer_and_gets_it_again(members):
    offer("seeds", stock=9)
    offer("talk", kind="event", handing="at_once", points=20)
    offer("shears", points=400)

    first = redeem(members, "talk", "seeds", "shears", "talk")
    again = actions.redeem_rewards(wishes(members, "talk", "seeds", "shears", "talk")[::-1], now=NOW)

    short = Refused(reason=Refusal.BALANCE_TOO_LOW, required=400, available=150)
    assert [one.state if isinstance(one, Redemption) else one for one in first] == [
        RedemptionState.FULFILLED, RedemptionState.PENDING, short, RedemptionState.FULFILLED,
    ]  # fmt: skip
    assert again == first[::-1]
    assert [balance_of(one.customer_id).active for one in members] == [130, 50, 150, 130]
    assert fetch("SELECT name, count(*) FROM event WHERE name ~ '^reward' GROUP BY 1 ORDER BY 1") == [
        ("reward.fulfilled", 2), ("reward.redeemed", 3),
    ]  # fmt: skip
    assert taken() == [1, 2]
    assert_books_are_right()


@pytest.mark.parametrize(
    ("limits", "winners", "refusal", "counted"),
    [
        ({"stock": 3}, 3, Refusal.OUT_OF_STOCK, [3]),
        (
            {"stock": 9, "limits": [{"count": 2, "per": "day", "whose": "everybody"}]},
            2,
            Refusal.SOLD_OUT_FOR_NOW,
            [2, 2],
        ),
        ({"stock": 4}, 4, None, [4]),
    ],
)
def test_the_last_items_go_to_the_first_wishes(members, limits, winners, refusal, counted):
    offer("seeds", **limits)

    answers = redeem(members, *["seeds"] * 4)

    assert [isinstance(one, Redemption) for one in answers] == [number < winners for number in range(4)]
    assert {one.reason for one in answers[winners:]} == ({refusal} if refusal else set())
    assert taken() == counted
    assert_books_are_right()


def test_an_error_of_one_wish_is_the_error_of_all_and_nothing_is_taken(members):
    offer("seeds", points=10)
    offer("talk", points=10)
    redeem(members[:1], "seeds")

    with pytest.raises(UnknownRewardError), transaction.atomic():
        redeem(members[1:], "seeds", "nothing", "seeds")
    with pytest.raises(KeyReusedError), transaction.atomic():
        redeem(members, "talk", "seeds", "seeds", "seeds")
    with pytest.raises(ValueError, match="one wish for each member"), transaction.atomic():
        redeem([members[1]] * 2, "seeds", "talk")

    assert fetch("SELECT count(*) FROM loyalty_redemption") == [(1,)]
    assert taken() == [1]


def test_many_rewards_are_handed_over_at_once_and_doing_it_twice_changes_nothing(members):
    offer("seeds")
    ids = [one.id for one in redeem(members, *["seeds"] * 4)]
    actions.return_redemption(redemption_id=ids[3], now=NOW)

    first = actions.fulfill_redemptions(redemption_ids=ids[::-1], now=NOW)
    again = actions.fulfill_redemptions(redemption_ids=ids[::-1], now=NOW + DAY)

    assert [one.id for one in first] == ids[::-1]
    assert [one.state for one in first] == [RedemptionState.RETURNED] + [RedemptionState.FULFILLED] * 3
    assert again == first
    assert [balance_of(one.customer_id).spent for one in members] == [100, 100, 100, 0]
    assert_books_are_right()
