"""Evaluating a cart against live promotions: what applied, what did not and why."""

from __future__ import annotations

import pytest

from wracam.promotions import queries
from wracam.promotions.contracts import CodeOutcome, OfferOutcome

from .garden import DAY, FREE_DELIVERY, NOON, SECOND_HALF, TEN_OFF, cart, customer, line, promote, publish

pytestmark = pytest.mark.django_db


def evaluate(shop_id, contents=None, **more):
    return queries.evaluate(shop_id=shop_id, cart=contents or cart(), now=NOON, **more)


def outcomes(found) -> dict[str, OfferOutcome]:
    return {offer.key: offer.outcome for offer in found.offers}


def test_live_promotions_are_applied_and_explained(shop_id):
    promote("delivery", FREE_DELIVERY)
    promote("seeds", SECOND_HALF)

    found = evaluate(shop_id, cart(line("NAS-1", 1_000, 2, categories=("Nasiona",)), line("MON-1", 9_000)))

    assert outcomes(found) == {"delivery": OfferOutcome.APPLIED, "seeds": OfferOutcome.APPLIED}
    assert (found.quote.discount_minor, found.quote.shipping_minor) == (500, 0)
    assert found.offer("seeds").sentence.en == "You save PLN\u00a05.00."
    assert [key for key, _ in found.versions] == ["delivery", "seeds"]


def test_what_is_missing_is_said(shop_id):
    promote("delivery", FREE_DELIVERY)

    found = evaluate(shop_id, cart(line("MON-1", 8_760)))

    [offer] = found.offers
    assert offer.outcome is OfferOutcome.NEARLY
    assert [(one.what, one.required, one.measured, one.missing) for one in offer.requirements] == [
        ("items_total", "10000", "8760", 1_240)
    ]
    assert offer.sentence.pl == "Dodaj jeszcze produkty za 12,40\u00a0zł."
    assert offer.sentence.en == "Add PLN\u00a012.40 more."


def test_dates_limits_shops_and_audience_are_said(shop_id):
    ania = customer(shop_id)
    promote("late", TEN_OFF, starts_at="2026-06-01T00:00:00+02:00")
    promote("over", TEN_OFF, ends_at="2026-05-01T00:00:00+02:00")
    promote("elsewhere", TEN_OFF, shops=["ogrodnik"])
    promote("till", TEN_OFF, channels=["pos"])
    promote("basia", TEN_OFF, audience={"attribute": "customer.first_name", "is": "equals", "value": "Basia"})
    promote("ania", TEN_OFF, audience={"attribute": "customer.first_name", "is": "equals", "value": "Ania"})
    publish("promotion", "scheduled", TEN_OFF, starts_at=NOON + 5 * DAY)

    found = evaluate(shop_id, customer_id=ania)

    assert outcomes(found) == {
        "late": OfferOutcome.NOT_YET,
        "over": OfferOutcome.EXPIRED,
        "till": OfferOutcome.NOT_YOURS,
        "basia": OfferOutcome.NOT_YOURS,
        "ania": OfferOutcome.APPLIED,
        "scheduled": OfferOutcome.NOT_YET,
    }
    assert found.offer("late").sentence.en == "The promotion starts on 1 June 2026."
    [requirement] = found.offer("basia").requirements
    assert (requirement.what, requirement.required, requirement.measured) == ("customer.first_name", "Basia", "Ania")
    assert outcomes(evaluate(shop_id))["ania"] is OfferOutcome.NOT_YOURS


def test_a_condition_in_the_one_language_says_what_it_measured(shop_id):
    promote("big", TEN_OFF, **{"if": {"any": [
        {"attribute": "cart.quantity", "is": "at_least", "value": 5},
        {"attribute": "cart.shipping_method", "is": "equals", "value": "odbior"},
    ]}})  # fmt: skip

    few, many = evaluate(shop_id), evaluate(shop_id, cart(line(quantity=5)))

    assert few.offer("big").outcome is OfferOutcome.NOT_ELIGIBLE
    assert [(one.what, one.missing) for one in few.offer("big").requirements] == [
        ("cart.quantity", 4), ("cart.shipping_method", None),
    ]  # fmt: skip
    assert many.offer("big").outcome is OfferOutcome.APPLIED


def test_rivals_say_by_whom_and_by_how_much_they_were_displaced(shop_id):
    promote("ten", TEN_OFF, stacking={"group": "g"})
    promote(
        "five", {**TEN_OFF, "effects": [{"kind": "amount", "on": "order", "amount": "5.00"}]}, stacking={"group": "g"}
    )

    found = evaluate(shop_id)

    displaced = found.offer("five")
    assert (displaced.outcome, displaced.displaced_by, displaced.difference_minor) == (
        OfferOutcome.DISPLACED, ("ten",), 500,
    )  # fmt: skip


def test_a_draft_can_be_tried_and_a_past_moment_too(shop_id):
    from wracam.definitions import actions as definitions
    from wracam.shops.contracts import SYSTEM

    definitions.save_draft(
        kind="promotion", key="idea", name="Idea", body=dict(TEN_OFF), expected_revision=None, actor=SYSTEM, now=NOON
    )
    promote("late", TEN_OFF, starts_at="2026-06-01T00:00:00+02:00")

    assert outcomes(evaluate(shop_id, drafts=["idea"])) == {"idea": OfferOutcome.APPLIED, "late": OfferOutcome.NOT_YET}
    assert outcomes(evaluate(shop_id, at=NOON + 40 * DAY)) == {"late": OfferOutcome.APPLIED}
    assert outcomes(evaluate(shop_id)) == {"late": OfferOutcome.NOT_YET}


def test_an_unknown_code_is_said(shop_id):
    promote("secret", TEN_OFF, codes={"campaigns": ["wiosna"]})

    found = evaluate(shop_id, codes=["WIOSNA10"])

    assert [(one.code, one.outcome) for one in found.codes] == [("WIOSNA10", CodeOutcome.UNKNOWN)]
    assert outcomes(found) == {"secret": OfferOutcome.CODE_REQUIRED}


def test_points_for_products_that_are_not_in_the_cart_do_not_apply(shop_id):
    promote("bulbs", {"effects": [{"kind": "points", "multiplier": "2", "units": {"categories": ["Cebulki"]}}]})

    without = evaluate(shop_id, cart(line(categories=("Pnącza",))))
    within = evaluate(shop_id, cart(line(categories=("Cebulki",))))

    assert outcomes(without) == {"bulbs": OfferOutcome.NO_EFFECT}
    assert outcomes(within) == {"bulbs": OfferOutcome.APPLIED}


def test_whoever_typed_a_code_hears_what_it_waits_for_however_far_away(shop_id):
    publish("code_campaign", "wiosna", {"kind": "shared", "codes": ["WIOSNA10"]})
    promote(
        "spring", TEN_OFF, codes={"campaigns": ["wiosna"]}, needs=[{"measure": "items_total", "at_least": "500.00"}]
    )
    promote("other", TEN_OFF, needs=[{"measure": "items_total", "at_least": "500.00"}])

    found = evaluate(shop_id, codes=["WIOSNA10"], explains_all=False)

    [code] = found.codes
    assert code.outcome is CodeOutcome.ACCEPTED
    assert code.sentence.pl == "Kod jest dobry. Dodaj jeszcze produkty za 440,00\xa0zł."
    assert list(outcomes(found)) == ["spring"]
