"""Several shipments and fees: what promotions take off them, tax, and refunds of them."""

from __future__ import annotations

from wracam.promotions.contracts import Cart, Charge, Policy, Quote
from wracam.promotions.core.catalog import Catalog
from wracam.promotions.core.engine import evaluate
from wracam.promotions.core.offers import Effect, Measure, Offer, Reduction, Stage, Threshold
from wracam.promotions.core.refunds import Returned, everything_of, refund, together
from wracam.promotions.tests.test_core_kinds import line

LOCKER = Charge(name="locker", amount_minor=1_200, tax_rate_bp=2_300)
COURIER = Charge(name="courier", amount_minor=1_800, tax_rate_bp=800)
PACKING = Charge(name="packing", amount_minor=500, tax_rate_bp=2_300)
ON_DELIVERY = Charge(name="cash on delivery", amount_minor=700)
FREE = 1_000_000


def priced(*effects: Effect, conditions: tuple[Threshold, ...] = (), **beside) -> Quote:
    shipments = beside.setdefault("shipments", (LOCKER, COURIER))
    shipping = beside.pop("shipping_minor", sum(one.amount_minor for one in shipments))
    cart = Cart(currency="PLN", lines=(line("a", 10_000, tax_rate_bp=2_300),), shipping_minor=shipping, **beside)
    offers = [Offer(key=str(place), effects=(one,), conditions=conditions) for place, one in enumerate(effects)]
    return evaluate(cart, Catalog(offers), Policy())


def costs(quote: Quote) -> list[int]:
    return [one.amount_minor for one in quote.charges]


def off(stage: Stage, **more) -> Reduction:
    return Reduction(stage=stage, **more)


def test_one_of_two_shipments_is_free():
    answer = priced(off(Stage.SHIPPING_PERCENT, percent_ppm=FREE, names=frozenset({"locker"})))

    assert costs(answer) == [0, 1_800]
    assert (answer.shipping_minor, answer.shipping_discount_minor, answer.total_minor) == (1_800, 1_200, 11_800)
    assert [(share.rate_bp, share.gross_minor) for share in answer.taxes] == [(800, 1_800), (2_300, 10_000)]


def test_an_amount_is_taken_off_delivery_as_a_whole_or_off_every_shipment():
    whole = off(Stage.SHIPPING_AMOUNT, amount_minor=1_500)
    each = off(Stage.SHIPPING_AMOUNT, amount_minor=1_500, is_per_line=True)

    assert costs(priced(whole)) == [600, 900]
    assert costs(priced(each)) == [0, 300]


def test_delivery_for_a_price_and_a_cap_on_what_comes_off():
    assert costs(priced(off(Stage.SHIPPING_PRICE, amount_minor=1_000))) == [400, 600]
    assert costs(priced(off(Stage.SHIPPING_PERCENT, percent_ppm=500_000, cap_minor=500))) == [1_000, 1_500]


def test_a_way_of_delivery_that_nothing_is_sent_by_is_not_reduced():
    post = off(Stage.SHIPPING_PERCENT, percent_ppm=FREE, names=frozenset({"post"}))

    assert priced(post).shipping_minor == 3_000
    assert priced(post, shipments=(), shipping_minor=900, shipping_method="post").shipping_minor == 0
    assert priced(post, shipments=(), shipping_minor=900, shipping_method="locker").shipping_minor == 900


def test_a_condition_on_the_way_of_delivery_holds_when_one_shipment_goes_that_way():
    courier = Threshold(measure=Measure.SHIPPING_METHOD, required=1, allowed=frozenset({"courier"}))
    five_off = off(Stage.ORDER_AMOUNT, amount_minor=500)

    assert priced(five_off, conditions=(courier,)).discount_minor == 500
    assert priced(five_off, conditions=(courier,), shipments=(LOCKER,)).discount_minor == 0


def test_fees_are_paid_and_taxed_but_no_other_promotion_touches_them():
    half = off(Stage.ORDER_PERCENT, percent_ppm=500_000)
    free_delivery = off(Stage.SHIPPING_PERCENT, percent_ppm=FREE)

    answer = priced(half, free_delivery, shipments=(), shipping_minor=900, fees=(PACKING, ON_DELIVERY))

    assert (answer.fees_minor, answer.shipping_minor, answer.total_minor) == (1_200, 0, 6_200)
    assert [one.tax_minor for one in answer.charges] == [0, 93, 0]


def test_a_promotion_may_waive_a_fee():
    waived = off(Stage.SHIPPING_PERCENT, percent_ppm=FREE, is_on_fees=True, names=frozenset({"packing"}))

    answer = priced(waived, fees=(PACKING, ON_DELIVERY))

    assert (answer.fees_minor, answer.fees_discount_minor, answer.shipping_minor) == (700, 500, 3_000)
    assert [(one.discount_minor, one.shipping_minor, one.fees_minor) for one in answer.applied] == [(500, 500, 500)]


def test_shipments_and_fees_come_back_with_a_refund_to_the_grosz():
    half = off(Stage.SHIPPING_PERCENT, percent_ppm=333_333)
    sold = priced(half, fees=(PACKING, ON_DELIVERY))
    goods, rest = Returned(units={"a": 1}, gifts={}), Returned(units={}, gifts={}, has_shipping=True)

    first, second = refund(sold, goods), refund(sold, rest, goods)

    assert together(goods, rest).has_shipping == everything_of(sold).has_shipping
    assert first.gross_minor + second.gross_minor == sold.gross_minor
    assert (second.shipping_minor, second.fees_minor, second.is_complete) == (2_000, 1_200, True)
    assert first.tax_minor + second.tax_minor == sold.tax_minor
