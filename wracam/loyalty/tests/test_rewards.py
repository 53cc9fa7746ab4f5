"""Rewards: a clear yes or no, points held, spent or back, and one winner for the last item."""

from __future__ import annotations

from typing import Any

import pytest

from wracam.foundation.bulk import fetch
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import KeyReusedError, Redemption, RedemptionState, Refusal, Refused
from wracam.shops.contracts import SYSTEM

from .garden import DAY, NOON, assert_books_are_right, balance_of, member_of, open_program, order, publish, tell
from .test_races import at_once

TITLE = {"pl": "Darmowa dostawa", "en": "Free delivery"}


def offer_reward(**body: Any) -> None:
    publish("reward", "delivery", {"kind": "free_delivery", "title": TITLE, "points": 100, **body})


@pytest.fixture
def ania(shop_id) -> Any:
    open_program()
    [customer_id] = tell(order(shop_id))
    return member_of(customer_id)


def redeem(member: Any, key: str = "k", reward: str = "delivery") -> Any:
    return actions.redeem_reward(member_id=member.id, reward=reward, key=key, now=NOON + DAY)


@pytest.mark.django_db
def test_points_are_held_then_spent_when_the_reward_is_handed_over(ania):
    offer_reward()

    redemption = redeem(ania)
    held = balance_of(ania.customer_id)
    actions.fulfill_redemption(redemption_id=redemption.id, now=NOON + DAY)
    actions.fulfill_redemption(redemption_id=redemption.id, now=NOON + DAY)

    assert (held.active, held.held) == (50, 100)
    after = balance_of(ania.customer_id)
    assert (after.active, after.held, after.spent) == (50, 0, 100)
    assert_books_are_right()


@pytest.mark.django_db
@pytest.mark.parametrize("is_handed_over", [False, True])
def test_a_returned_reward_gives_the_points_back_to_their_lot(ania, is_handed_over):
    offer_reward(stock=1)
    redemption = redeem(ania)
    if is_handed_over:
        actions.fulfill_redemption(redemption_id=redemption.id, now=NOON + DAY)

    returned = actions.return_redemption(redemption_id=redemption.id, now=NOON + DAY)

    assert returned.state is RedemptionState.RETURNED
    assert (balance_of(ania.customer_id).active, balance_of(ania.customer_id).spent) == (150, 0)
    assert [lot.remaining for lot in queries.open_lots(ania.id, "points")] == [150]
    assert isinstance(redeem(ania, key="again"), Redemption)
    assert_books_are_right()


@pytest.mark.django_db
def test_a_double_click_gets_the_first_answer_and_another_reward_under_the_key_is_an_error(ania):
    offer_reward()
    publish("reward", "other", {"title": TITLE, "points": 10})

    first, second = redeem(ania), redeem(ania)

    assert first == second
    assert balance_of(ania.customer_id).held == 100
    with pytest.raises(KeyReusedError):
        redeem(ania, reward="other")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "reason", "missing"),
    [
        ({"points": 400}, Refusal.BALANCE_TOO_LOW, 250),
        ({"stock": 0}, Refusal.OUT_OF_STOCK, 0),
        ({"ends_at": "2026-05-01T00:00:00+02:00"}, Refusal.NOT_AVAILABLE_NOW, 0),
        (
            {"if": {"all": [{"attribute": "customer.order_count", "is": "at_least", "value": 5}]}},
            Refusal.NOT_FOR_THIS_MEMBER,
            0,
        ),
    ],
)
def test_a_refusal_has_a_reason_and_examining_says_the_same(ania, body, reason, missing):
    offer_reward(**body)

    refused = redeem(ania)
    [offer] = queries.offers_for(ania, now=NOON + DAY)

    assert isinstance(refused, Refused)
    assert (refused.reason, refused.missing) == (reason, missing)
    assert offer.refusal == refused
    assert balance_of(ania.customer_id).active == 150
    assert fetch("SELECT count(*) FROM loyalty_redemption") == [(0,)]


@pytest.mark.django_db
def test_a_reward_for_one_is_given_to_each_member_once(ania):
    offer_reward(points=10, per_member=1)

    redeem(ania)
    again = redeem(ania, key="second")

    assert isinstance(again, Refused)
    assert again.reason is Refusal.LIMIT_REACHED


@pytest.mark.django_db(transaction=True)
def test_the_last_item_has_one_winner_and_everybody_else_keeps_their_points(shop_id):
    open_program(joining="everybody")
    names = [f"person{number}" for number in range(12)]
    people = [tell(order(shop_id, number, who=name))[0] for number, name in enumerate(names, start=1)]
    members = [member_of(one) for one in people]
    offer_reward(stock=1)

    outcomes = at_once(*(lambda member=member: redeem(member) for member in members))

    assert sum(isinstance(one, Redemption) for one in outcomes) == 1
    assert {one.reason for one in outcomes if isinstance(one, Refused)} == {Refusal.OUT_OF_STOCK}
    assert sum(balance_of(one).active for one in people) == 12 * 150 - 100
    assert_books_are_right()


@pytest.mark.django_db
def test_a_limit_per_period_counts_the_members_own_and_starts_anew(ania):
    offer_reward(points=10, limits=[{"count": 1, "per": "month"}])

    assert isinstance(redeem(ania), Redemption)
    refused = redeem(ania, key="second")
    june = actions.redeem_reward(member_id=ania.id, reward="delivery", key="third", now=NOON + 31 * DAY)

    assert refused == Refused(reason=Refusal.LIMIT_REACHED, required=1, available=1)
    assert isinstance(june, Redemption)


@pytest.mark.django_db
def test_a_limit_for_everybody_is_shared_and_a_returned_reward_frees_its_place(ania, shop_id):
    [bartek] = tell(order(shop_id, 2, who="bartek"))
    offer_reward(points=10, stock=5, limits=[{"count": 1, "per": "day", "whose": "everybody"}])

    first = redeem(ania)
    refused = redeem(member_of(bartek))
    actions.return_redemption(redemption_id=first.id, now=NOON + DAY)

    assert refused == Refused(reason=Refusal.SOLD_OUT_FOR_NOW, required=1, available=1)
    assert isinstance(redeem(member_of(bartek), key="again"), Redemption)
    assert fetch("SELECT period <> '', taken FROM loyalty_reward_stock ORDER BY 1") == [(False, 1), (True, 1)]
    assert_books_are_right()


@pytest.mark.django_db
def test_a_tier_has_its_own_price_and_money_may_come_on_top(ania):
    offer_reward(points=140, amount="9.99", tier_prices=[{"tier": "gold", "points": 60, "amount": "4.99"}])
    publish("tier_ladder", "levels", {"tiers": [{"key": "green", "from": 0}, {"key": "gold", "from": 100}]})

    [before] = queries.offers_for(ania, now=NOON + DAY)
    actions.assess_tiers(member_ids=[ania.id], is_review=False, now=NOON + DAY)
    [after] = queries.offers_for(ania, now=NOON + DAY)
    taken = redeem(ania)

    assert (before.price.points, str(before.price.amount)) == (140, "9.99")
    assert (after.price.points, taken.points, taken.amount_minor) == (60, 60, 499)
    assert balance_of(ania.customer_id).held == 60


@pytest.mark.django_db
def test_a_reward_that_is_handed_over_at_once_is_spent_with_the_click(ania):
    offer_reward(handing="at_once")

    taken = redeem(ania)

    assert taken.state is RedemptionState.FULFILLED
    assert (balance_of(ania.customer_id).held, balance_of(ania.customer_id).spent) == (0, 100)
    assert redeem(ania) == taken
    assert_books_are_right()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"handing": "at_once", "amount": "1.00"}, "needs_payment"),
        ({"gives": {"amount": "5.00", "percent": 10}}, "two_discounts"),
        ({"amount": "-1.00"}, "below_zero"),
        ({"limits": [{"count": 1, "per": "event"}]}, "unknown_choice"),
        ({"gives": {"percents": 10}}, "unknown_field"),
    ],
)
def test_a_reward_that_contradicts_itself_is_not_published(body, code):
    from wracam.loyalty.core.rewards import read_reward

    problems = read_reward({"title": TITLE, "points": 100, **body})[1]

    assert [one.code for one in problems] == [code]


@pytest.mark.django_db
def test_points_of_a_reward_returned_after_a_merge_follow_the_person(ania, shop_id):
    from wracam.loyalty import models
    from wracam.loyalty.actions import merging
    from wracam.loyalty.contracts import MemberState

    [bartek] = tell(order(shop_id, 2, who="bartek"))
    offer_reward()
    taken = redeem(ania)
    survivor = member_of(bartek)
    models.Member.objects.filter(id=ania.id).update(state=MemberState.MERGED, merged_into_id=survivor.id)

    actions.return_redemption(redemption_id=taken.id, now=NOON + DAY)
    merging.forward(ania.id, now=NOON + DAY)

    assert queries.balance(ania.id).active == 0
    assert queries.balance(survivor.id).active == 300
    assert_books_are_right()


@pytest.mark.django_db(transaction=True)
def test_two_hundred_members_at_the_last_item_leave_one_winner_and_199_clear_refusals(shop_id):
    open_program(joining="everybody")
    people = tell(*(order(shop_id, number, who=f"person{number}") for number in range(1, 201)))
    members = [member_of(one) for one in people]
    offer_reward(stock=1)

    outcomes = [
        one
        for start in range(0, 200, 40)
        for one in at_once(*(lambda member=member: redeem(member) for member in members[start : start + 40]))
    ]

    assert sum(isinstance(one, Redemption) for one in outcomes) == 1
    assert [one.reason for one in outcomes if isinstance(one, Refused)] == [Refusal.OUT_OF_STOCK] * 199
    assert sum(balance_of(one).active for one in people) == 200 * 150 - 100
    assert_books_are_right()


@pytest.mark.django_db(transaction=True)
def test_a_refund_races_redemptions_and_no_point_is_used_twice(ania, shop_id):
    from wracam.commerce.contracts import OrderStatus

    offer_reward(points=40)

    outcomes = at_once(
        lambda: tell(order(shop_id, day=1, status=OrderStatus.CANCELLED)),
        *(lambda n=n: redeem(ania, key=f"r{n}") for n in range(6)),
    )

    taken = [one for one in outcomes if isinstance(one, Redemption)]
    balance = balance_of(ania.customer_id)
    assert balance.held == 40 * len(taken)
    assert balance.shown == -balance.held
    assert_books_are_right()


@pytest.mark.django_db
def test_a_code_is_generated_with_the_redemption_and_dies_with_its_return(ania):
    publish("code_campaign", "thanks", {"kind": "single", "format": {"prefix": "DZIEKI", "length": 8}})
    offer_reward(points=50, voucher="thanks", handing="at_once")

    first, again = redeem(ania), redeem(ania)
    returned = actions.return_redemption(redemption_id=first.id, now=NOON + DAY)

    assert first.code.startswith("DZIEKI")
    assert again.code == first.code == queries.redemptions_of(ania.id)[0].code
    assert fetch("SELECT disabled_at IS NOT NULL FROM code") == [(True,)]
    assert returned.state is RedemptionState.RETURNED
    assert balance_of(ania.customer_id).active == 150


@pytest.mark.django_db
def test_an_empty_pool_of_codes_is_a_clear_refusal_and_nothing_changes(ania):
    from wracam.vouchers import actions as vouchers

    publish("code_campaign", "pool", {"kind": "imported"})
    vouchers.import_codes(shop_id=ania.shop_id, campaign="pool", codes=["JEDYNY-KOD"], key="i", actor=SYSTEM, now=NOON)
    offer_reward(points=50, stock=9, voucher="pool")

    first, second = redeem(ania), redeem(ania, key="second")

    assert first.code == "JEDYNY-KOD"
    assert second == Refused(reason=Refusal.NO_CODE_LEFT)
    assert balance_of(ania.customer_id).held == 50
    assert fetch("SELECT taken FROM loyalty_reward_stock") == [(1,)]


def test_a_reward_reads_as_a_sentence_in_both_languages():
    from wracam.loyalty.core import reward_words
    from wracam.loyalty.core.rewards import read_reward

    body: Any = {
        "title": {"pl": "Kubek", "en": "Mug"}, "points": 120, "amount": "9.99", "stock": 5, "per_member": 1,
        "tier_prices": [{"tier": "gold", "points": 80}],
        "limits": [{"count": 3, "per": "day", "whose": "everybody"}],
    }  # fmt: skip
    reward = read_reward(body)[0]

    assert reward_words.sentence(reward, "pl") == (
        "Kubek: 120\u00a0punktów + 9,99\u00a0zł; gold: 80\u00a0punktów; razem 5; każdy najwyżej 1\u00a0raz łącznie; "
        "wszyscy najwyżej 3\u00a0razy dziennie."
    )
    assert reward_words.sentence(reward, "en").startswith("Mug: 120\u00a0points + PLN\u00a09.99; gold: 80\u00a0points;")
