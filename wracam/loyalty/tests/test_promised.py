"""What promotions of a committed cart grant: points times something, and rewards, undone with the order by unit."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from wracam.commerce.contracts import LineSnapshot, OrderStatus
from wracam.definitions import queries as definitions
from wracam.events import actions as events
from wracam.foundation.bulk import fetch
from wracam.loyalty import actions, models, queries
from wracam.loyalty.contracts import RedemptionState
from wracam.loyalty.tests.garden import (
    DAY,
    NOON,
    assert_books_are_right,
    balance_of,
    member_of,
    open_program,
    order,
    publish,
    refund,
    tell,
)
from wracam.promotions import actions as promotions
from wracam.promotions import queries as promotion_queries
from wracam.promotions.actions import CartRequest
from wracam.promotions.contracts import Cart, CartLine, CommittedCart

pytestmark = pytest.mark.django_db
PLANT = CartLine(id="1", sku="MON-1", quantity=2, unit_minor=6_000, categories=("Rośliny",), tax_rate_bp=2_300)
POT = CartLine(id="2", sku="DON-9", quantity=1, unit_minor=3_000, tax_rate_bp=2_300)
CART = Cart(currency="PLN", lines=(PLANT, POT))
LINES = (
    LineSnapshot(external_id="1", sku="MON-1", name="Monstera", quantity=2, total_minor=12_000),
    LineSnapshot(external_id="2", sku="DON-9", name="Doniczka", quantity=1, total_minor=3_000),
)
DOUBLE = {
    "title": {"pl": "Podwójny weekend", "en": "Double weekend"},
    "effects": [{"kind": "points", "multiplier": "2", "units": {"categories": ["Rośliny"]}}],
}
TWICE = {"title": {"pl": "Dwa razy", "en": "Twice"}, "effects": [{"kind": "points", "multiplier": "2"}]}
MUG = {"title": {"pl": "Kubek", "en": "Mug"}, "kind": "product", "points": 200, "stock": 2}
WITH_MUG = {"title": {"pl": "Kubek gratis", "en": "A mug"}, "effects": [{"kind": "reward", "reward": "kubek"}]}


@pytest.fixture
def ania(shop_id):
    open_program(joining="everybody", pending={"until": "paid", "days": 0})
    [ania] = tell(order(shop_id, 1, day=-9, total_minor=100, lines=()))
    return ania


def commit(shop_id, customer_id, name="Z/2", *, now=NOON, cart=CART):
    request = CartRequest(shop_id=shop_id, key=name, cart=cart, customer_id=customer_id)
    done = promotions.commit_cart(shop_id=shop_id, key=name, order=name, request=request, now=now)
    assert isinstance(done, CommittedCart)
    events.deliver_all(now=now)
    return done


def bought(shop_id, **changes):
    return order(shop_id, 2, **{"lines": LINES, **changes})


def said(shop_id, customer_id):
    found = promotion_queries.evaluate(shop_id=shop_id, cart=CART, customer_id=customer_id, now=NOON)
    return found.points[0].earned


def newest(customer_id):
    return queries.history(member_of(customer_id).id)[0]


def test_an_order_earns_what_its_cart_said_with_the_multiplier_on_its_lines_alone(shop_id, ania):
    publish("promotion", "double", DOUBLE)
    promised = said(shop_id, ania)
    commit(shop_id, ania)

    tell(bought(shop_id))

    assert promised == 12_000 // 100 * 2 + 30
    assert balance_of(ania).active - 1 == promised
    assert newest(ania).sentence.pl == "+270\xa0punktów za zamówienie Z/2, w tym 120 dzięki promocji „Podwójny weekend”"
    assert newest(ania).sentence.en == "+270\xa0points for order Z/2, 120 of them thanks to “Double weekend”"


def test_the_ledger_names_the_version_that_multiplied_though_it_was_edited_since(shop_id, ania):
    publish("promotion", "double", DOUBLE)
    [version] = definitions.live("promotion", NOON)
    commit(shop_id, ania)
    publish("promotion", "double", {**DOUBLE, "title": {"pl": "Inny", "en": "Another"}}, now=NOON + DAY)

    tell(bought(shop_id, day=2))

    why = queries.why(member_id=member_of(ania).id, transfer_id=newest(ania).transfer_id, language="en")
    assert why is not None
    assert [(one.name, one.version, one.points) for one in why.rules][-1] == ("double", version.number, 120)
    assert why.rules[-1].words == "Points × 2 for products from Rośliny."
    assert "Double weekend" in newest(ania).sentence.en


def test_units_that_come_back_take_their_multiplied_points_and_a_withdrawn_refund_brings_them_again(shop_id, ania):
    publish("promotion", "double", DOUBLE)
    commit(shop_id, ania)
    tell(bought(shop_id))
    one_back = bought(shop_id, modified_at=NOON + DAY, refunds=(refund(7, 6_000, ("1", 1, 6_000)),))

    tell(one_back)
    after_one = balance_of(ania).active
    tell(replace(one_back, modified_at=NOON + 2 * DAY))
    again = balance_of(ania).active
    tell(bought(shop_id, modified_at=NOON + 3 * DAY))

    assert (after_one, again, balance_of(ania).active) == (271 - 120, 271 - 120, 271)
    assert_books_are_right()


def test_a_cart_that_is_committed_after_its_order_was_paid_adds_what_is_missing_once(shop_id, ania):
    publish("promotion", "twice", TWICE)
    tell(bought(shop_id))
    before = balance_of(ania).active

    commit(shop_id, ania)
    events.deliver_all(now=NOON)

    assert (before, balance_of(ania).active) == (151, 301)
    assert newest(ania).points == 150
    assert "150 of them thanks to “Twice”" in newest(ania).sentence.en
    tell(bought(shop_id, modified_at=NOON + DAY, status=OrderStatus.CANCELLED))
    assert balance_of(ania).active == 1
    assert_books_are_right()


def test_an_order_without_its_own_cart_earns_once(shop_id, ania):
    publish("promotion", "twice", TWICE)
    commit(shop_id, ania, "Z/99")

    tell(bought(shop_id))

    assert balance_of(ania).active == 151


def test_a_promised_reward_costs_no_points_waits_to_be_handed_over_and_comes_once(shop_id, ania):
    publish("reward", "kubek", MUG)
    publish("promotion", "mug", WITH_MUG)

    commit(shop_id, ania)
    tell(bought(shop_id))

    [taken] = queries.redemptions_of(member_of(ania).id)
    row = models.Redemption.objects.get()
    assert (taken.reward, taken.points, taken.state) == ("kubek", 0, RedemptionState.PENDING)
    assert (row.promotion_version_id is not None, row.transfer_id) == (True, None)
    assert balance_of(ania).active == 151
    assert actions.fulfill_redemption(redemption_id=taken.id, now=NOON).state is RedemptionState.FULFILLED
    assert_books_are_right()


def test_a_reward_goes_back_unused_with_a_full_refund_and_comes_again_when_that_is_withdrawn(shop_id, ania):
    publish("reward", "kubek", MUG)
    publish("promotion", "mug", WITH_MUG)
    commit(shop_id, ania)
    tell(bought(shop_id))
    part = bought(shop_id, modified_at=NOON + DAY, refunds=(refund(7, 3_000, ("2", 1, 3_000)),))
    whole = bought(shop_id, modified_at=NOON + 2 * DAY, refunds=(refund(7, 15_000, ("1", 2, 12_000), ("2", 1, 3_000)),))

    def states():
        return sorted(row.state for row in models.Redemption.objects.all())

    tell(part)
    after_part = states()
    tell(whole)
    tell(replace(whole, modified_at=NOON + 3 * DAY))
    after_whole = states()
    tell(bought(shop_id, modified_at=NOON + 4 * DAY))

    assert (after_part, after_whole, states()) == (["pending"], ["returned"], ["pending", "returned"])
    assert fetch("SELECT taken FROM loyalty_reward_stock WHERE period = ''") == [(1,)]


@pytest.mark.parametrize(("policy", "state"), [("returned", "returned"), ("kept", "pending")])
def test_a_refund_of_the_whole_cart_returns_the_reward_as_the_policy_says(shop_id, ania, policy, state):
    publish("price_policy", "prices", {"rewards_after_refund": policy})
    publish("reward", "kubek", MUG)
    publish("promotion", "mug", WITH_MUG)
    commit(shop_id, ania)

    for _ in range(2):
        promotions.refund_cart(shop_id=shop_id, order="Z/2", key="r1", units=None, with_shipping=True, now=NOON + DAY)
        events.deliver_all(now=NOON + DAY)

    assert [row.state for row in models.Redemption.objects.all()] == [state]


def test_a_reward_that_was_handed_over_stays_and_one_returned_by_hand_does_not_come_again(shop_id, ania):
    publish("reward", "kubek", MUG)
    publish("promotion", "mug", WITH_MUG)
    commit(shop_id, ania)
    tell(bought(shop_id))
    [taken] = queries.redemptions_of(member_of(ania).id)
    actions.fulfill_redemption(redemption_id=taken.id, now=NOON)

    tell(bought(shop_id, modified_at=NOON + DAY, status=OrderStatus.CANCELLED))
    cancelled = models.Redemption.objects.get().state
    actions.return_redemption(redemption_id=taken.id, now=NOON + DAY)
    tell(bought(shop_id, modified_at=NOON + 2 * DAY))

    assert cancelled == "fulfilled"
    assert [row.state for row in models.Redemption.objects.all()] == ["returned"]


def test_the_reward_of_a_guests_cart_comes_when_the_paid_order_is_a_customers(shop_id, ania):
    publish("reward", "kubek", MUG)
    publish("promotion", "mug", WITH_MUG)

    commit(shop_id, None)
    before = models.Redemption.objects.count()
    tell(bought(shop_id))

    assert (before, models.Redemption.objects.get().member_id) == (0, member_of(ania).id)


def test_a_reward_that_is_gone_is_told_and_not_promised_silently(shop_id, ania):
    publish("reward", "kubek", {**MUG, "stock": 0})
    publish("promotion", "mug", WITH_MUG)

    commit(shop_id, ania)

    [(data,)] = fetch("SELECT data::text FROM event WHERE name = 'reward.withheld'")
    assert '"reason": "out_of_stock"' in data or '"reason":"out_of_stock"' in data
    assert models.Redemption.objects.count() == 0
