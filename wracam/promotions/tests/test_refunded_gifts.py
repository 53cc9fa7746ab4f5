"""What refunds by unit give back beside money: gifts and their stock, money of budgets, codes, each by its policy."""

from __future__ import annotations

import pytest
from django.db import transaction

from wracam.foundation.bulk import fetch
from wracam.promotions import actions
from wracam.promotions.actions import CartRequest
from wracam.promotions.contracts import CartKeyReusedError, CommittedCart, ReturnedGift, TooManyUnitsError

from .garden import NOON, TEN_OFF, cart, line, promote, publish

pytestmark = pytest.mark.django_db
SEEDS = {
    "title": {"pl": "Nasiona gratis", "en": "Free seeds"},
    "needs": [{"measure": "items_total", "at_least": "100.00"}],
    "effects": [{"kind": "gift", "options": [{"sku": "NAS-1", "value": "9.00", "stock": 1}]}],
}
THREE = cart(line(quantity=3))
GIFT = ("seeds", "NAS-1")


def commit(shop_id, order="Z/1", contents=THREE, **more):
    request = CartRequest(shop_id=shop_id, key=order, cart=contents, **more)
    done = actions.commit_cart(shop_id=shop_id, key=order, order=order, request=request, now=NOON)
    assert isinstance(done, CommittedCart)
    return done


def refund(shop_id, key, units=None, *, with_shipping=False, gifts=None, order="Z/1"):
    return actions.refund_cart(
        shop_id=shop_id, order=order, key=key, units=units, with_shipping=with_shipping, gifts=gifts, now=NOON
    )


def used(counter):
    rows = fetch("SELECT used FROM allowance WHERE key LIKE %s", counter)
    return int(rows[0][0])


def seeds_given():
    return used("promotion:seeds:gift:NAS-1")


def test_a_gift_comes_back_with_the_unit_that_breaks_its_condition_and_the_next_cart_gets_it(shop_id):
    promote("seeds", SEEDS)
    commit(shop_id)

    one = refund(shop_id, "r1", {"MON-1": 1})
    after_one = seeds_given()
    two = refund(shop_id, "r2", {"MON-1": 1})
    again = refund(shop_id, "r2", {"MON-1": 1})

    assert (one.gifts, after_one) == ((), 1)
    assert two.gifts == (ReturnedGift(promotion="seeds", sku="NAS-1", quantity=1, is_expected=True),)
    assert (again.gifts, again.was_new, seeds_given()) == (two.gifts, False, 0)
    assert [gift.sku for gift in commit(shop_id, "Z/2").evaluation.quote.gifts] == ["NAS-1"]
    assert (refund(shop_id, "r3").gifts, seeds_given()) == ((), 1)


def test_a_policy_leaves_gifts_with_the_customer_unless_they_are_sent_back(shop_id):
    publish("price_policy", "zasady", {"gifts_after_refund": "kept"})
    promote("seeds", SEEDS)
    commit(shop_id)
    commit_other = commit(shop_id, "Z/2")

    whole = refund(shop_id, "r1", with_shipping=True)

    assert commit_other.evaluation.quote.gifts == ()
    assert (whole.is_full, whole.gifts, whole.gifts_kept_minor, seeds_given()) == (True, (), 900, 1)
    back = refund(shop_id, "r2", {}, gifts={GIFT: 1})
    assert (back.gifts[0].is_expected, back.total_minor, seeds_given()) == (False, 0, 0)


def test_a_gift_that_is_sent_back_alone_is_in_stock_once(shop_id):
    promote("seeds", SEEDS)
    commit(shop_id)

    alone = refund(shop_id, "r1", {}, gifts={GIFT: 1})
    rest = refund(shop_id, "r2", with_shipping=True)

    assert (alone.gifts[0].is_expected, alone.total_minor) == (False, 0)
    assert (rest.is_full, rest.gifts, rest.gifts_kept_minor, seeds_given()) == (True, (), 0, 0)
    with pytest.raises(TooManyUnitsError), transaction.atomic():
        refund(shop_id, "r3", {}, gifts={GIFT: 1})
    with pytest.raises(CartKeyReusedError), transaction.atomic():
        refund(shop_id, "r1", {}, gifts={})


def test_a_gift_with_a_condition_in_words_is_judged_by_what_is_left_of_the_cart(shop_id):
    condition = {"attribute": "cart.quantity", "is": "at_least", "value": 3}
    promote("seeds", {key: SEEDS[key] for key in ("title", "effects")}, **{"if": condition})
    commit(shop_id)

    assert [gift.sku for gift in refund(shop_id, "r1", {"MON-1": 1}).gifts] == ["NAS-1"]


def test_a_budget_gets_its_money_back_by_unit_and_in_the_end_all_of_it(shop_id):
    promote("ten", TEN_OFF, budget={"amount": "50.00"})
    commit(shop_id, contents=cart(line(quantity=3, unit_minor=3_333)))
    counter = "promotion:ten:budget:PLN"

    left = []
    for number in range(3):
        refund(shop_id, f"r{number}", {"MON-1": 1}, with_shipping=number == 2)
        left.append(used(counter))

    assert left == [667, 334, 0]


def test_a_shop_that_keeps_uses_keeps_budgets_but_not_gifts(shop_id):
    publish("price_policy", "zasady", {"uses_after_refund": "keep"})
    promote("seeds", SEEDS)
    promote("ten", TEN_OFF, budget={"amount": "50.00"})
    commit(shop_id)

    refund(shop_id, "r1", with_shipping=True)

    assert (used("promotion:ten:budget:PLN"), seeds_given()) == (1_000, 0)


@pytest.mark.parametrize(
    ("on_refund", "after_part", "after_all"), [("return", 0, 0), ("return_when_full", 1, 0), ("keep", 1, 1)]
)
def test_a_code_comes_back_as_its_campaign_says(shop_id, on_refund, after_part, after_all):
    publish(
        "code_campaign", "wiosna",
        {"kind": "shared", "codes": ["WIOSNA10"], "limits": [{"uses": 1, "per": "code"}], "on_refund": on_refund},
    )  # fmt: skip
    promote("spring", TEN_OFF, codes={"campaigns": ["wiosna"]})
    commit(shop_id, codes=("WIOSNA10",))
    counter = "code:wiosna:%:uses"

    refund(shop_id, "r1", {"MON-1": 1})
    part = used(counter)
    refund(shop_id, "r2", with_shipping=True)

    assert (part, used(counter)) == (after_part, after_all)
