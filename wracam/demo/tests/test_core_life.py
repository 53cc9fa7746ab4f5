"""The demo shop looks like a real one, and the same seed gives the same shop."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from wracam.commerce.contracts import OrderSnapshot, OrderStatus
from wracam.demo.core import people
from wracam.demo.core.calendar import SeasonClock, day_weight
from wracam.demo.core.chance import stream
from wracam.demo.core.figures import figures
from wracam.demo.core.life import ShopLife, Size, live
from wracam.demo.core.people import KNOWN_PEOPLE, NIP_WEIGHTS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIZE = Size(customers=3_000)
RANGES = {
    "orders_a_customer": (2.5, 3.5),
    "share_buying_once": (0.50, 0.60),
    "share_of_orders_by_top_fifth": (0.50, 0.68),
    "median_gap_days": (28, 60),
    "average_order_minor": (110_00, 165_00),
    "median_order_minor": (70_00, 105_00),
    "lines_an_order": (2.2, 3.0),
    "share_of_one_line": (0.30, 0.45),
    "units_a_line": (1.4, 2.1),
    "share_spring": (0.30, 0.38),
    "share_december": (0.06, 0.11),
    "share_january": (0.03, 0.06),
    "share_monday": (0.15, 0.18),
    "share_saturday": (0.09, 0.13),
    "share_evening": (0.28, 0.38),
    "share_night": (0.02, 0.06),
    "share_lost": (0.03, 0.06),
    "share_refunded": (0.03, 0.06),
    "share_of_refunds_partial": (0.40, 0.80),
    "share_free_delivery": (0.25, 0.45),
    "share_with_code": (0.15, 0.30),
    "share_by_guests": (0.18, 0.35),
    "share_firms": (0.025, 0.045),
}
"""What docs/demo.md states; a shop of 3,000 customers must lie inside, whatever the seed."""


def life(seed: int = 20, size: Size = SIZE, now: datetime = NOW) -> ShopLife:
    return live(shop_id=1, seed=seed, now=now, size=size)


@pytest.fixture(scope="module")
def told() -> list[OrderSnapshot]:
    return list(life().orders())


@pytest.mark.parametrize("seed", [20, 7])
def test_the_figures_are_those_of_a_real_shop(seed, told):
    found = asdict_of(figures(told if seed == 20 else life(seed).orders()))

    outside = {name: found[name] for name, (low, high) in RANGES.items() if not low <= found[name] <= high}
    assert outside == {}
    assert found["customers_who_registered_later"] > 100


def asdict_of(counted) -> dict[str, float]:
    return asdict(counted)


def test_the_same_seed_gives_the_same_shop_and_another_seed_another(told):
    assert list(life().orders())[:500] == told[:500]
    assert life().products() == life().products()
    assert list(life(21).orders())[:50] != told[:50]


def test_a_larger_shop_has_the_same_customers_and_more():
    small = {visit.person.email for visit in life(size=Size(customers=50)).visits}
    large = {visit.person.email for visit in life(size=Size(customers=100)).visits}

    assert small < large


def test_orders_come_in_the_order_of_time_and_none_after_now(told):
    moments = [order.placed_at for order in told]

    assert moments == sorted(moments)
    assert all(order.modified_at <= NOW for order in told)
    assert moments[0] >= NOW - timedelta(days=732)
    assert len({order.external_id for order in told}) == len(told)


def test_every_amount_adds_up(told):
    for order in told:
        goods = sum(line.total_minor for line in order.lines)
        assert order.total_minor == goods + order.shipping_minor
        assert order.discount_minor == sum(line.discount_minor for line in order.lines)
        assert all(0 <= line.tax_minor < line.total_minor for line in order.lines)
        for refund in order.refunds:
            by_line = {line.external_id: line for line in order.lines}
            assert 0 < refund.total_minor <= goods
            assert all(0 < part.quantity <= by_line[part.line_external_id].quantity for part in refund.lines)
            assert not refund.lines or sum(part.total_minor for part in refund.lines) == refund.total_minor


def test_the_moments_of_an_order_follow_each_other(told):
    for order in told:
        chain = [order.placed_at, order.shipped_at, order.delivered_at, *(one.refunded_at for one in order.refunds)]
        known = [moment for moment in chain if moment]
        assert known == sorted(known)
        if order.status is OrderStatus.DELIVERED:
            assert order.paid_at and order.delivered_at


def test_telling_an_order_month_by_month_ends_in_its_last_state():
    short = life(size=Size(customers=300))
    last: dict[str, OrderSnapshot] = {}
    count = 0
    for chapter in short.chapters():
        places = [*short.unsettled(chapter.starts_at), *range(chapter.first, chapter.last)]
        for place in places:
            snapshot = short.told_order(place, at=chapter.ends_at).snapshot
            assert snapshot.modified_at <= chapter.ends_at
            last[snapshot.external_id] = snapshot
            count += 1

    assert last == {order.external_id: order for order in short.orders()}
    assert len(last) < count < 1.5 * len(last)


def test_the_four_known_people_are_who_they_should_be(told):
    by_email = {email: key for key, (_, _, email, _, _) in KNOWN_PEOPLE.items()}
    found: dict[str, list[OrderSnapshot]] = {}
    for order in told:
        if order.person and (key := by_email.get(order.person.identities[-1].value)):
            found.setdefault(key, []).append(order)
    ordinary = Counter(order.person.identities[-1].value for order in told if order.person)

    assert len(found["ania"]) > 25
    assert NOW - found["ania"][-1].placed_at < timedelta(days=15)
    assert len(found["bartek"]) == 1
    assert NOW - found["bartek"][0].placed_at < timedelta(days=8)
    assert len(found["celina"]) > 15
    assert timedelta(days=140) < NOW - found["celina"][-1].placed_at < timedelta(days=170)
    spent = {key: sum(order.total_minor for order in orders) for key, orders in found.items()}
    assert spent["daria"] == max(spent.values()) > 500_000
    assert ordinary["daria@example.com"] > 40


def test_prices_change_go_down_in_promotions_and_never_below_a_grosz():
    products = life().goods.products
    steps = [len(product.prices) for product in products]
    reduced = [price for product in products for price in product.prices if price.price_minor < price.regular_minor]

    assert len(products) == 500
    assert len({product.name for product in products}) == 500
    assert len({product.category.name for product in products}) == 15
    assert sum(steps) / len(steps) > 3
    assert len(reduced) > 300
    assert all(0 < price.price_minor <= price.regular_minor for product in products for price in product.prices)
    assert all(
        earlier.starts_at < later.starts_at
        for product in products
        for earlier, later in zip(product.prices, product.prices[1:], strict=False)
    )


def test_seasons_show_in_what_is_sold(told):
    def share(category: str, months: set[int]) -> float:
        lines = [line for order in told if order.placed_at.month in months for line in order.lines]
        return sum(1 for line in lines if line.categories == (category,)) / len(lines)

    assert share("Cebulki kwiatowe", {9, 10}) > 3 * share("Cebulki kwiatowe", {5, 6})
    assert share("Nasiona warzyw", {3, 4}) > 1.5 * share("Nasiona warzyw", {11, 12})
    assert share("Prezenty i zestawy", {12}) > 3 * share("Prezenty i zestawy", {6, 7})


def test_names_have_the_ending_of_their_gender():
    made = [people.person(stream(1, number), number) for number in range(2_000)]

    for one in made:
        if one.last_name.endswith(("ski", "cki", "dzki")):
            assert not one.is_female
        if one.last_name.endswith(("ska", "cka", "dzka")):
            assert one.is_female
        assert one.first_name.endswith("a") is one.is_female
    assert len({one.email for one in made}) == 2_000
    assert all(one.email.isascii() for one in made)
    assert all(one.email.endswith((".example", "example.com", "example.org", "example.net")) for one in made)


def test_tax_numbers_of_firms_are_valid():
    for number in range(300):
        digits = [int(digit) for digit in people.tax_number(stream(2, number))]
        check = sum(weight * digit for weight, digit in zip(NIP_WEIGHTS, digits, strict=False)) % 11
        assert (len(digits), check) == (10, digits[-1])


def test_the_season_clock_runs_forward_and_back_to_the_same_day():
    clock = SeasonClock(datetime(2025, 1, 1).date(), 365)

    for day in range(365):
        assert clock.day_at(clock.reading(day)) == day
        assert clock.day_at((clock.reading(day) + clock.reading(day + 1)) / 2) == day
    assert day_weight(datetime(2025, 5, 12).date()) > 2 * day_weight(datetime(2025, 1, 12).date())
