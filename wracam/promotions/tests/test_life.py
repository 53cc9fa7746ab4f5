"""The life of a cart: held, committed, released, refunded, replayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from wracam.foundation.bulk import fetch
from wracam.promotions import actions, models, queries
from wracam.promotions.actions import CartRequest, PaymentRequest
from wracam.promotions.contracts import (
    CartKeyReusedError,
    CartRefusal,
    CartState,
    CommittedCart,
    OfferOutcome,
    RefusedCart,
    ReservedCart,
    TooManyUnitsError,
    UnknownCartError,
)
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions as vouchers
from wracam.vouchers.queries import verify_stored_value

from .garden import FREE_DELIVERY, NOON, SECOND_HALF, TEN_OFF, cart, customer, line, promote, publish

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ONCE = {**TEN_OFF, "limits": [{"uses": 1, "per": "ever"}]}
SHARED = {"kind": "shared", "codes": ["WIOSNA10"], "limits": [{"uses": 1}]}


def request(shop_id, key="k1", contents=None, **more) -> CartRequest:
    return CartRequest(shop_id=shop_id, key=key, cart=contents or cart(), **more)


def reserve(shop_id, key="k1", contents=None, *, now=NOON, **more):
    return actions.reserve_cart(request=request(shop_id, key, contents, **more), now=now)


def commit(shop_id, key="k1", order="Z/1", *, now=NOON, **more):
    return actions.commit_cart(shop_id=shop_id, key=key, order=order, now=now, **more)


def told() -> list[str]:
    rows = fetch("SELECT name FROM event ORDER BY position")
    return [name for (name,) in rows if name.startswith(("cart.", "promotion."))]


def test_the_last_use_is_held_by_one_and_explained_to_the_other(shop_id):
    promote("once", ONCE)

    first, second = reserve(shop_id), reserve(shop_id, "k2")

    assert (first.evaluation.quote.discount_minor, second.evaluation.quote.discount_minor) == (1_000, 0)
    assert second.evaluation.offer("once").outcome is OfferOutcome.EXHAUSTED


def test_the_same_request_gets_the_same_hold_and_a_changed_cart_replaces_it(shop_id):
    promote("once", ONCE)

    first, again = reserve(shop_id), reserve(shop_id, now=NOON + MINUTE)
    changed = reserve(shop_id, contents=cart(line(quantity=2)), now=NOON + MINUTE)

    assert (again.was_new, again.until) == (False, first.until)
    assert (changed.was_new, changed.evaluation.quote.discount_minor) == (True, 1_000)


def test_a_client_that_vanishes_leaves_nothing_behind(shop_id):
    promote("once", ONCE)
    reserve(shop_id)

    early = reserve(shop_id, "k2", now=NOON + 29 * MINUTE)
    late = reserve(shop_id, "k3", now=NOON + 31 * MINUTE)

    assert [one.evaluation.quote.discount_minor for one in (early, late)] == [0, 1_000]
    assert actions.release_lapsed(now=NOON + 31 * MINUTE) == 1
    assert told() == ["cart.released"]


def test_released_is_free_again_and_a_committed_cart_stays_committed(shop_id):
    promote("once", ONCE)
    reserve(shop_id)

    assert actions.release_cart(shop_id=shop_id, key="k1", now=NOON) is CartState.RELEASED
    assert reserve(shop_id, "k2").evaluation.quote.discount_minor == 1_000
    assert isinstance(commit(shop_id, "k2"), CommittedCart)
    assert actions.release_cart(shop_id=shop_id, key="k2", now=NOON) is CartState.COMMITTED
    with pytest.raises(UnknownCartError), transaction.atomic():
        actions.release_cart(shop_id=shop_id, key="k9", now=NOON)


def test_a_cart_is_committed_once(shop_id):
    promote("once", ONCE)
    reserve(shop_id)

    first, again = commit(shop_id), commit(shop_id, now=NOON + MINUTE)

    assert (first.was_new, again.was_new) == (True, False)
    assert again.commit_id == first.commit_id
    assert again.evaluation == first.evaluation
    assert told() == ["cart.committed", "promotion.exhausted"]
    with pytest.raises(CartKeyReusedError), transaction.atomic():
        commit(shop_id, order="Z/2")
    with pytest.raises(CartKeyReusedError), transaction.atomic():
        reserve(shop_id, contents=cart(line(quantity=3)))


def test_a_cart_that_was_never_held_is_reserved_and_committed_in_one_go(shop_id):
    promote("once", ONCE)

    done = commit(shop_id, request=request(shop_id))

    assert isinstance(done, CommittedCart)
    assert models.CartCommitOffer.objects.get().discount_minor == 1_000


def test_a_lapsed_hold_is_committed_only_if_everything_is_still_there(shop_id):
    promote("once", ONCE)
    reserve(shop_id)
    reserve(shop_id, "k2", now=NOON + 31 * MINUTE)

    late = commit(shop_id, now=NOON + 32 * MINUTE)

    assert isinstance(late, RefusedCart)
    assert late.reason is CartRefusal.LAPSED
    assert models.CartCommit.objects.count() == 0


def test_a_budget_gives_what_is_left_and_alerts_once(shop_id):
    promote("ten", TEN_OFF, budget={"amount": "25.00", "alerts": [80, 100]})

    given = [commit(shop_id, f"k{n}", f"Z/{n}", request=request(shop_id, f"k{n}")) for n in range(4)]

    assert [one.evaluation.quote.discount_minor for one in given] == [1_000, 1_000, 500, 0]
    assert given[2].evaluation.offer("ten").desired_minor == 1_000
    assert [name for name in told() if name != "cart.committed"] == [
        "promotion.budget_alert", "promotion.exhausted", "promotion.budget_alert",
    ]  # fmt: skip
    assert given[3].evaluation.offer("ten").outcome is OfferOutcome.EXHAUSTED


def test_a_budget_that_must_not_be_broken_ends_before_it_is_over(shop_id):
    promote("ten", TEN_OFF, budget={"amount": "25.00", "last": "whole"})

    given = [reserve(shop_id, f"k{n}").evaluation.quote.discount_minor for n in range(3)]

    assert given == [1_000, 1_000, 0]


def test_a_code_works_once_and_the_next_cart_is_refused_with_the_reason(shop_id):
    publish("code_campaign", "wiosna", SHARED)
    promote("spring", TEN_OFF, codes={"campaigns": ["wiosna"]})

    first, second = (reserve(shop_id, key, codes=("wiosna10",)) for key in ("k1", "k2"))

    assert isinstance(first, ReservedCart)
    assert first.evaluation.codes[0].outcome.value == "applied"
    assert isinstance(second, RefusedCart)
    assert second.evaluation is not None
    assert (second.reason, second.evaluation.codes[0].outcome.value) == (CartRefusal.CODE_REFUSED, "exhausted")


def test_a_total_other_than_the_customer_saw_is_refused(shop_id):
    promote("once", ONCE)
    reserve(shop_id)

    second = reserve(shop_id, "k2", total_minor=6_299)

    assert isinstance(second, RefusedCart)
    assert second.evaluation is not None
    assert (second.reason, second.evaluation.quote.total_minor) == (CartRefusal.PRICE_CHANGED, 7_299)


def test_a_part_of_a_cart_is_priced_alone_and_frees_the_rest(shop_id):
    promote("seeds", SECOND_HALF, limits=[{"uses": 1, "per": "ever"}])
    contents = cart(line("NAS-1", 1_000, 2, categories=("Nasiona",)), line("MON-1", 9_000))
    reserve(shop_id, contents=contents)

    part = commit(shop_id, units={"MON-1": 1})

    assert [(one.id, one.total_minor) for one in part.evaluation.quote.lines] == [("MON-1", 9_000)]
    assert reserve(shop_id, "k2", contents).evaluation.quote.discount_minor == 500
    assert commit(shop_id, "k2", "Z/2", units={"MON-1": 2}).reason is CartRefusal.UNKNOWN_LINE


def test_a_gift_card_pays_and_a_refund_fills_it_again(shop_id):
    card = vouchers.issue_gift_card(
        shop_id=shop_id, amount_minor=5_000, currency="PLN", key="g", actor=SYSTEM, now=NOON
    )
    wish = PaymentRequest(kind="gift_card", code=card.code)

    held = reserve(shop_id, payments=(wish,))
    other = reserve(shop_id, "k2", payments=(wish,))
    done = commit(shop_id)
    half = actions.refund_cart(shop_id=shop_id, order="Z/1", key="r1", units=None, with_shipping=False, now=NOON)
    rest = actions.refund_cart(shop_id=shop_id, order="Z/1", key="r2", units={}, with_shipping=True, now=NOON)

    assert (held.due_minor, done.due_minor) == (2_299, 2_299)
    assert isinstance(other, RefusedCart)
    assert other.reason is CartRefusal.PAYMENT_REFUSED
    assert (half.total_minor, rest.total_minor) == (6_000, 1_299)
    assert sum(payment.amount_minor for one in (half, rest) for payment in one.payments) == 5_000
    assert rest.is_full
    assert verify_stored_value() == []


def test_refunds_by_unit_return_exactly_what_was_paid_and_then_the_code(shop_id):
    publish("code_campaign", "wiosna", SHARED)
    promote("spring", TEN_OFF, codes={"campaigns": ["wiosna"]})
    reserve(shop_id, contents=cart(line(quantity=3, unit_minor=3_333)), codes=("WIOSNA10",))
    done = commit(shop_id)

    parts = [
        actions.refund_cart(
            shop_id=shop_id, order="Z/1", key=f"r{n}", units={"MON-1": 1}, with_shipping=n == 2, now=NOON
        )
        for n in range(3)
    ]
    again = actions.refund_cart(
        shop_id=shop_id, order="Z/1", key="r0", units={"MON-1": 1}, with_shipping=False, now=NOON
    )

    assert sum(part.total_minor for part in parts) == done.evaluation.quote.gross_minor
    assert sum(part.tax_minor for part in parts) == done.evaluation.quote.tax_minor
    assert [part.is_full for part in parts] == [False, False, True]
    assert again == replace(parts[0], was_new=False)
    with pytest.raises(TooManyUnitsError), transaction.atomic():
        actions.refund_cart(shop_id=shop_id, order="Z/1", key="r9", units={"MON-1": 1}, with_shipping=False, now=NOON)
    assert isinstance(reserve(shop_id, "k2", codes=("WIOSNA10",)), ReservedCart)


def test_a_policy_may_keep_the_uses_of_a_refunded_order(shop_id):
    publish("price_policy", "zasady", {"uses_after_refund": "keep"})
    promote("once", ONCE)
    commit(shop_id, request=request(shop_id))

    actions.refund_cart(shop_id=shop_id, order="Z/1", key="r", units=None, with_shipping=True, now=NOON)

    assert reserve(shop_id, "k2").evaluation.quote.discount_minor == 0


def test_a_commit_is_replayed_against_the_versions_then_valid(shop_id):
    ania = customer(shop_id)
    publish("code_campaign", "wiosna", SHARED)
    promote("spring", TEN_OFF, codes={"campaigns": ["wiosna"]})
    promote("delivery", FREE_DELIVERY)
    promote("ania", SECOND_HALF, audience={"attribute": "customer.first_name", "is": "equals", "value": "Basia"})
    promote("once", ONCE)
    promote("later", TEN_OFF, starts_at="2026-06-01T00:00:00+02:00")
    done = commit(shop_id, request=request(shop_id, customer_id=ania, codes=("WIOSNA10",)))

    promote("spring", {**TEN_OFF, "effects": [{"kind": "percent", "on": "order", "percent": "50"}]})
    promote("once", {**ONCE, "limits": [{"uses": 5, "per": "ever"}]})

    assert queries.replay(done.commit_id) == done.evaluation
    assert queries.committed_evaluation(done.commit_id) == done.evaluation


def test_a_limit_per_customer_counts_each_and_starts_anew_with_its_period(shop_id):
    ania, bartek = customer(shop_id), customer(shop_id, "bartek")
    promote("daily", TEN_OFF, limits=[{"uses": 1, "per": "day", "for": "customer"}])

    def given(key, who, now=NOON):
        done = commit(shop_id, key, key, now=now, request=request(shop_id, key, customer_id=who))
        return done.evaluation.offer("daily").outcome

    assert given("a", ania) is OfferOutcome.APPLIED
    assert given("b", ania) is OfferOutcome.CUSTOMER_LIMIT_REACHED
    assert given("c", bartek) is OfferOutcome.APPLIED
    assert given("d", ania, NOON + timedelta(hours=12, minutes=1)) is OfferOutcome.APPLIED
