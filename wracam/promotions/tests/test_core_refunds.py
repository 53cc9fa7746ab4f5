"""Refunds of random carts, unit by unit in any order: never more than was paid, and in the end exactly that."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wracam.promotions.contracts import Cart, CartLine, Policy, Quote
from wracam.promotions.core.catalog import Catalog
from wracam.promotions.core.engine import evaluate
from wracam.promotions.core.offers import GiftOption, Give, Measure, Offer, Reduction, Stage, Threshold
from wracam.promotions.core.refunds import NOTHING, Refund, Returned, everything_of, refund, together
from wracam.promotions.tests.carts import EXAMPLES, carts, offer_lists


def refunds_in_any_order(quote: Quote, chance: random.Random) -> list[tuple[Refund, Returned]]:
    """Send everything back in random pieces; return each refund with what was back after it."""
    units = [line.id for line in quote.lines for _ in range(line.quantity)]
    chance.shuffle(units)
    shipping_at = chance.randrange(len(units) + 1)
    back, steps = NOTHING, []
    while units or not back.has_shipping:
        size = chance.randint(1, 3)
        batch, units = units[:size], units[size:]
        now = Returned(
            units={line: batch.count(line) for line in batch},
            gifts={},
            has_shipping=not back.has_shipping and len(units) <= shipping_at,
        )
        steps.append((refund(quote, now, back), together(now, back)))
        back = together(now, back)
    return steps


def assert_reconciled(quote: Quote, chance: random.Random) -> None:
    steps = refunds_in_any_order(quote, chance)

    paid = 0
    for one, _ in steps:
        assert one.gross_minor >= 0
        assert sum(share.gross_minor for share in one.taxes) == one.gross_minor
        assert sum(share.tax_minor for share in one.taxes) == one.tax_minor
        paid += one.gross_minor
        assert paid <= quote.gross_minor
    assert paid == quote.gross_minor
    assert steps[-1][0].is_complete
    for share in quote.taxes:
        mine = [part for one, _ in steps for part in one.taxes if part.rate_bp == share.rate_bp]
        assert sum(part.tax_minor for part in mine) == share.tax_minor
        assert sum(part.net_minor for part in mine) == share.net_minor
    assert sum(line.discount_minor for one, _ in steps for line in one.lines) == quote.discount_minor


@settings(max_examples=EXAMPLES, deadline=None)
@given(carts(), offer_lists(), st.randoms(use_true_random=False))
def test_refunds_by_unit_in_any_order_add_up_to_what_was_paid(cart, offers, chance):
    assert_reconciled(evaluate(cart, Catalog(offers), Policy()), chance)


@settings(max_examples=EXAMPLES, deadline=None)
@given(carts(), offer_lists())
def test_a_full_refund_at_once_returns_exactly_all(cart, offers):
    quote = evaluate(cart, Catalog(offers), Policy())

    whole = refund(quote, everything_of(quote))

    assert whole.gross_minor == quote.gross_minor
    assert whole.tax_minor == quote.tax_minor
    assert [share for share in whole.taxes if share.gross_minor] == [
        share for share in quote.taxes if share.gross_minor
    ]
    assert whole.is_complete


@given(st.integers(1, 9), st.integers(0, 200))
def test_points_of_a_line_come_back_pro_rata_and_in_the_end_exactly(quantity, points):
    cart = Cart(currency="PLN", lines=(CartLine(id="a", sku="pot", quantity=quantity, unit_minor=999),))
    quote = evaluate(cart, Catalog(()), Policy())
    back, given_back = NOTHING, []
    for _ in range(quantity):
        now = Returned(units={"a": 1}, gifts={})
        given_back.append(refund(quote, now, back, {"a": points}).points)
        back = together(now, back)

    assert sum(given_back) == points
    assert max(given_back) - min(given_back) <= 1


def basket_with_a_gift() -> Quote:
    offers = [
        Offer(
            key="ten",
            effects=(Reduction(stage=Stage.ORDER_PERCENT, percent_ppm=100_000),),
            conditions=(Threshold(measure=Measure.ITEMS_TOTAL, required=10_000),),
        ),
        Offer(key="gift", effects=(Give(options=(GiftOption(sku="seeds", value_minor=900),), quantity=2),)),
    ]
    line = CartLine(id="a", sku="pot", quantity=2, unit_minor=5_000, tax_rate_bp=2_300)
    return evaluate(Cart(currency="PLN", lines=(line,)), Catalog(offers), Policy())


def test_what_was_promised_is_kept_when_the_rest_no_longer_meets_the_condition():
    quote = basket_with_a_gift()

    one = refund(quote, Returned(units={"a": 1}, gifts={}))

    assert (one.gross_minor, one.lines[0].discount_minor, one.gifts_kept_minor) == (4_500, 500, 0)


def test_gifts_kept_after_everything_went_back_are_named_with_their_value():
    quote = basket_with_a_gift()

    whole = refund(quote, Returned(units={"a": 2}, gifts={("gift", "seeds"): 1}))

    assert (whole.gross_minor, whole.gifts, whole.gifts_kept_minor) == (9_000, (("gift", "seeds", 1),), 900)


def test_more_than_was_sold_cannot_come_back():
    quote = basket_with_a_gift()
    back = Returned(units={"a": 2}, gifts={})

    with pytest.raises(ValueError, match="2 were sold"):
        refund(quote, Returned(units={"a": 1}, gifts={}), back)
    with pytest.raises(ValueError, match="0 were sold"):
        refund(quote, Returned(units={"b": 1}, gifts={}))
