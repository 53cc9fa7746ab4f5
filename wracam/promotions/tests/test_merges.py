"""Two profiles turn out to be one person: what each used of limits counts for both, and their gift cards stay theirs."""

from __future__ import annotations

import pytest

from wracam.customers import actions as customers
from wracam.events import actions as events
from wracam.foundation.bulk import fetch
from wracam.promotions import actions, queries
from wracam.promotions.actions import CartRequest, PaymentRequest
from wracam.promotions.contracts import CodeOutcome, CommittedCart, OfferOutcome, ReservedCart
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions as vouchers
from wracam.vouchers import queries as voucher_queries

from .garden import NOON, TEN_OFF, cart, customer, promote, publish

pytestmark = pytest.mark.django_db
TWICE = {**TEN_OFF, "limits": [{"uses": 2, "per": "ever", "for": "customer"}]}


@pytest.fixture
def ania(shop_id):
    return customer(shop_id)


@pytest.fixture
def bartek(shop_id):
    return customer(shop_id, "bartek")


def request(shop_id, key, customer_id, **more) -> CartRequest:
    return CartRequest(shop_id=shop_id, key=key, cart=cart(), customer_id=customer_id, **more)


def buy(shop_id, key, customer_id, **more):
    return actions.commit_cart(
        shop_id=shop_id, key=key, order=key, request=request(shop_id, key, customer_id, **more), now=NOON
    )


def merge(shop_id, left, right):
    survivor = customers.merge(shop_id=shop_id, left_id=left, right_id=right, actor=SYSTEM, now=NOON)
    events.deliver_all(now=NOON)
    return survivor


def outcome(shop_id, customer_id, key="promo"):
    found = queries.evaluate(shop_id=shop_id, cart=cart(), customer_id=customer_id, now=NOON)
    return {one.key: one.outcome for one in found.offers}[key]


def test_uses_of_both_profiles_count_against_the_limit_of_the_person(shop_id, ania, bartek):
    promote("promo", TWICE)
    buy(shop_id, "1", ania)
    buy(shop_id, "2", bartek)
    assert outcome(shop_id, ania) is OfferOutcome.APPLIED

    one = merge(shop_id, ania, bartek)

    assert outcome(shop_id, one) is OfferOutcome.CUSTOMER_LIMIT_REACHED
    assert buy(shop_id, "3", one).evaluation.quote.discount_minor == 0


def test_a_merge_that_is_told_twice_counts_once(shop_id, ania, bartek):
    promote("promo", TWICE)
    buy(shop_id, "1", ania)
    absorbed = {ania, bartek} - {merge(shop_id, ania, bartek)}
    [survivor] = {ania, bartek} - absorbed

    vouchers.move_belongings(absorbed_id=absorbed.pop(), survivor_id=survivor, now=NOON)

    assert outcome(shop_id, survivor) is OfferOutcome.APPLIED
    buy(shop_id, "2", survivor)
    assert outcome(shop_id, survivor) is OfferOutcome.CUSTOMER_LIMIT_REACHED


def test_a_cart_that_was_held_before_the_merge_is_committed_and_refunded_after_it(shop_id, ania, bartek):
    promote("promo", TWICE)
    held = {name: actions.reserve_cart(request=request(shop_id, name, one), now=NOON)
            for name, one in (("a", ania), ("b", bartek))}  # fmt: skip
    assert all(isinstance(one, ReservedCart) for one in held.values())

    one = merge(shop_id, ania, bartek)
    waiting = outcome(shop_id, one)
    for name in held:
        assert isinstance(actions.commit_cart(shop_id=shop_id, key=name, order=name, now=NOON), CommittedCart)
    used = outcome(shop_id, one)
    for name in held:
        actions.refund_cart(shop_id=shop_id, order=name, key="r", units=None, with_shipping=True, now=NOON)

    assert (waiting, used) == (OfferOutcome.CUSTOMER_LIMIT_REACHED, OfferOutcome.CUSTOMER_LIMIT_REACHED)
    assert outcome(shop_id, one) is OfferOutcome.APPLIED
    assert fetch("SELECT sum(used), sum(held) FROM allowance") == [(0, 0)]


def test_a_held_cart_of_an_absorbed_profile_can_be_given_up(shop_id, ania, bartek):
    promote("promo", TWICE)
    for name, one in (("a", ania), ("b", bartek)):
        actions.reserve_cart(request=request(shop_id, name, one), now=NOON)
    one = merge(shop_id, ania, bartek)

    for name in "ab":
        actions.release_cart(shop_id=shop_id, key=name, now=NOON)

    assert outcome(shop_id, one) is OfferOutcome.APPLIED


def test_three_profiles_in_a_chain_are_one_person(shop_id, ania, bartek):
    promote("promo", {**TEN_OFF, "limits": [{"uses": 3, "per": "month", "for": "customer"}]})
    celina = customer(shop_id, "celina")
    for key, one in (("1", ania), ("2", bartek), ("3", celina)):
        buy(shop_id, key, one)

    last = merge(shop_id, merge(shop_id, ania, bartek), celina)
    reached = outcome(shop_id, last)
    actions.refund_cart(shop_id=shop_id, order="1", key="r", units=None, with_shipping=True, now=NOON)

    assert (reached, outcome(shop_id, last)) == (OfferOutcome.CUSTOMER_LIMIT_REACHED, OfferOutcome.APPLIED)


def test_a_code_used_by_both_profiles_is_used_by_the_person(shop_id, ania, bartek):
    publish(
        "code_campaign", "wiosna",
        {"kind": "shared", "codes": ["WIOSNA10"], "limits": [{"uses": 2, "per": "customer"}]},
    )  # fmt: skip
    promote("spring", TEN_OFF, codes={"campaigns": ["wiosna"]})
    for key, one in (("1", ania), ("2", bartek)):
        buy(shop_id, key, one, codes=("WIOSNA10",))

    one = merge(shop_id, ania, bartek)

    found = queries.evaluate(shop_id=shop_id, cart=cart(), customer_id=one, codes=("WIOSNA10",), now=NOON)
    assert [code.outcome for code in found.codes] == [CodeOutcome.EXHAUSTED]


def test_gift_cards_and_store_credit_stay_with_the_person(shop_id, ania, bartek):
    publish("gift_card", "karta", {})
    card = vouchers.issue_gift_card(
        shop_id=shop_id, amount_minor=5_000, currency="PLN", key="k", actor=SYSTEM, now=NOON, policy="karta",
        customer_id=bartek,
    )  # fmt: skip
    for one in (ania, bartek):
        vouchers.add_store_credit(
            shop_id=shop_id, customer_id=one, amount_minor=1_000, currency="PLN", key="c", actor=SYSTEM, now=NOON
        )

    one = merge(shop_id, ania, bartek)

    mine = voucher_queries.stored_value_of(customer_ids=[one], now=NOON)
    assert sorted(account.balance_minor for account in mine) == [1_000, 1_000, 5_000]
    paid = buy(shop_id, "1", one, payments=(PaymentRequest(kind="gift_card", code=card.code),))
    assert paid.payments[0].amount_minor == 5_000
    assert voucher_queries.verify_stored_value() == []
