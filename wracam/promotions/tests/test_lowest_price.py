"""Beside a reduced price stands the lowest of the 30 days before it, of the shop's own reductions and of ours."""

from __future__ import annotations

import pytest

from wracam.commerce import actions as commerce
from wracam.commerce.contracts import ProductSnapshot
from wracam.promotions import queries

from .garden import DAY, NOON, TEN_OFF, cart, customer, line, promote, publish

pytestmark = pytest.mark.django_db
TENTH_OFF = {"effects": [{"kind": "percent", "percent": "10", "units": {"skus": ["MON-1"]}}]}


def priced(shop_id, *steps: tuple[int, int, int | None]) -> None:
    """Let the shop tell of its Monstera: (day, price, regular price), days counted from noon of 4 May."""
    for day, price, regular in steps:
        moment = NOON + day * DAY
        product = ProductSnapshot(
            shop_id=shop_id, source="api", external_id="1", modified_at=moment, name="Monstera", currency="PLN",
            price_minor=price, regular_minor=regular, sku="MON-1", categories=("Rośliny",),
        )  # fmt: skip
        commerce.take_products([product], now=moment)


def lowest(shop_id, contents=None, **more) -> list[int | None]:
    found = queries.evaluate(shop_id=shop_id, cart=contents or cart(line()), now=NOON, **more)
    assert [one.lowest_30_days_minor for one in found.quote.lines] == [
        {told.line_id: told.lowest_minor for told in found.lowest_prices}.get(one.id) for one in found.quote.lines
    ]
    return [one.lowest_30_days_minor for one in found.quote.lines]


def test_a_promotion_for_everybody_shows_the_lowest_price_before_it_began(shop_id):
    priced(shop_id, (-60, 5_000, None), (-40, 5_500, None), (-20, 6_500, None), (-10, 6_000, None))
    promote("tenth", TENTH_OFF)

    assert lowest(shop_id) == [5_500]


def test_without_a_reduction_nothing_is_shown(shop_id):
    priced(shop_id, (-40, 5_500, None), (-10, 6_000, None))
    promote("order", TEN_OFF)

    assert lowest(shop_id) == [None]


def test_a_personal_promotion_announces_no_price(shop_id):
    priced(shop_id, (-40, 5_500, None), (-10, 6_000, None))
    promote("tenth", TENTH_OFF, audience={"attribute": "customer.first_name", "is": "equals", "value": "Ania"})

    assert lowest(shop_id, customer_id=customer(shop_id)) == [None]


def test_steps_down_count_from_each_or_from_the_first_as_the_policy_says(shop_id):
    priced(shop_id, (-40, 8_000, None), (-12, 7_000, 8_000), (-4, 6_000, 8_000))
    contents = cart(line(regular_minor=8_000))

    each = lowest(shop_id, contents)
    publish("price_policy", "zasady", {"omnibus": "first"})

    assert (each, lowest(shop_id, contents)) == ([7_000], [8_000])
