"""Beside a reduced price stands the lowest of the 30 days before it, of the shop's own reductions and of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wracam.commerce import actions as commerce
from wracam.commerce.contracts import ProductSnapshot
from wracam.definitions import actions as definitions
from wracam.events import actions as events
from wracam.promotions import actions, models, queries
from wracam.shops.contracts import SYSTEM

from .garden import DAY, NOON, TEN_OFF, cart, customer, line, promote, publish

pytestmark = pytest.mark.django_db
TENTH_OFF = {"effects": [{"kind": "percent", "percent": "10", "units": {"skus": ["MON-1"]}}]}
SECOND_AT_HALF = {"effects": [{"kind": "nth_unit", "group": 2, "percent": "50", "units": {"skus": ["MON-1"]}}]}


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


def test_a_promotion_older_than_the_product_shows_the_lowest_price_of_the_last_thirty_days(shop_id):
    promote("second", SECOND_AT_HALF, starts_at=(NOON - 400 * DAY).isoformat())
    priced(shop_id, (-300, 4_000, None), (-60, 5_000, None), (-20, 4_500, None), (-5, 6_000, None))

    assert lowest(shop_id, cart(line(quantity=2))) == [4_500]


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


WARSAW = ZoneInfo("Europe/Warsaw")
QUARTER_OFF = {"effects": [{"kind": "percent", "percent": "25", "units": {"skus": ["MON-1"]}}]}


def day(number: int, month: int = 5, hour: int = 0) -> datetime:
    """Return a moment of a day of 2026 in the shop's zone."""
    return datetime(2026, month, number, hour, tzinfo=WARSAW)


def promoted(key: str, body: Mapping[str, object], first: datetime, end: datetime | None = None, **more) -> None:
    """Publish a promotion before it starts, from one midnight of the shop to another."""
    dates = {"starts_at": first.isoformat(), **({"ends_at": end.isoformat()} if end else {})}
    publish("promotion", key, {**body, **dates, **more}, now=first - DAY)


def asked(shop_id, price: int = 6_000) -> None:
    priced(shop_id, (-100, price, None))


def lowest_at(shop_id, at: datetime, **more) -> int | None:
    actions.record_public_prices(now=at)
    found = queries.evaluate(shop_id=shop_id, cart=cart(line()), now=at, **more)
    return found.quote.lines[0].lowest_30_days_minor


def recorded(shop_id) -> list[tuple[str, int, datetime, datetime | None]]:
    rows = models.PublicPrice.objects.filter(shop_id=shop_id).order_by("channel", "starts_at")
    return [(row.channel, row.price_minor, row.starts_at, row.ends_at) for row in rows]


def test_a_promotion_that_ended_within_30_days_is_the_lowest_price_of_the_next_one(shop_id):
    asked(shop_id)
    promoted("quarter", QUARTER_OFF, day(1), day(4))
    promoted("tenth", TENTH_OFF, day(20))

    assert lowest_at(shop_id, day(20, hour=9)) == 4_500
    assert recorded(shop_id) == [("", 4_500, day(1), day(4)), ("", 5_400, day(20), None)]


@pytest.mark.parametrize(("last_day", "said"), [(2, 4_500), (1, 6_000)])
def test_the_30_days_are_whole_days_of_the_shop(shop_id, last_day, said):
    """1 June less 30 days is the midnight that begins 2 May: who sold cheaply on 2 May says so, on 1 May no more."""
    asked(shop_id)
    promoted("quarter", QUARTER_OFF, day(20, month=4), day(last_day + 1))
    promoted("tenth", TENTH_OFF, day(1, month=6))

    assert lowest_at(shop_id, day(1, month=6, hour=9)) == said


@pytest.mark.parametrize(("last_day", "said"), [(11, 4_500), (10, 6_000)])
def test_the_30_days_begin_at_a_midnight_also_when_clocks_changed_between(shop_id, last_day, said):
    """10 April less 30 days is 11 March; clocks went forward on 29 March."""
    asked(shop_id)
    promoted("quarter", QUARTER_OFF, day(1, month=3), day(last_day + 1, month=3))
    promoted("tenth", TENTH_OFF, day(10, month=4))

    assert lowest_at(shop_id, day(10, month=4, hour=9)) == said


def test_steps_of_our_own_promotions_count_from_each_or_from_the_first(shop_id):
    asked(shop_id)
    promoted("tenth", TENTH_OFF, day(1), day(10))
    promoted("quarter", QUARTER_OFF, day(10))

    each = lowest_at(shop_id, day(11))
    publish("price_policy", "zasady", {"omnibus": "first"}, now=day(11))

    assert (each, lowest_at(shop_id, day(12))) == (5_400, 6_000)


def test_a_promotion_that_is_published_again_did_not_begin_again(shop_id):
    asked(shop_id)
    publish("promotion", "tenth", TENTH_OFF, now=day(1))
    publish("promotion", "tenth", {**TENTH_OFF, "title": {"pl": "Inna", "en": "Other"}}, now=day(6))

    assert lowest_at(shop_id, day(7)) == 6_000
    assert recorded(shop_id) == [("", 5_400, day(1), None)]


HIDDEN: dict[str, dict[str, object]] = {
    "code": {"codes": {"campaigns": ["wiosna"]}},
    "personal": {"audience": {"attribute": "customer.first_name", "is": "equals", "value": "Ania"}},
    "condition": {"if": {"attribute": "cart.quantity", "is": "at_least", "value": 1}},
    "threshold": {"needs": [{"measure": "items_total", "at_least": "100.00"}]},
    "second": {"effects": [{"kind": "nth_unit", "group": 2, "percent": "50"}]},
    "bogo": {"effects": [{"kind": "buy_get", "buy_quantity": 1, "get_quantity": 1}]},
    "order": {"effects": [{"kind": "amount", "on": "order", "amount": "10.00"}]},
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_is_not_open_to_everybody_on_one_piece_is_no_price(shop_id, kind):
    asked(shop_id)
    publish("code_campaign", "wiosna", {"kind": "shared", "codes": ["WIOSNA10"]}, now=day(1) - 2 * DAY)
    promoted("hidden", {**QUARTER_OFF, **HIDDEN[kind]}, day(1), day(4))
    promoted("tenth", TENTH_OFF, day(20))

    assert lowest_at(shop_id, day(20, hour=9)) == 6_000
    assert [price for _, price, _, _ in recorded(shop_id)] == [5_400]


def test_the_shops_own_reduction_knows_what_our_promotions_asked_before_it(shop_id):
    priced(shop_id, (-100, 6_000, None), (14, 5_000, 6_000))
    promoted("quarter", QUARTER_OFF, day(1), day(4))
    actions.record_public_prices(now=day(19))

    found = queries.evaluate(shop_id=shop_id, cart=cart(line(unit_minor=5_000, regular_minor=6_000)), now=day(19))

    assert found.quote.lines[0].lowest_30_days_minor == 4_500


def test_a_channel_has_its_own_history(shop_id):
    asked(shop_id)
    promoted("quarter", QUARTER_OFF, day(1), day(4), channels=["app"])
    promoted("tenth", TENTH_OFF, day(20))

    assert (lowest_at(shop_id, day(21)), lowest_at(shop_id, day(21), channel="app")) == (6_000, 4_500)


def test_a_price_of_the_shop_that_changes_under_a_promotion_is_recorded_when_it_changed(shop_id):
    priced(shop_id, (-100, 6_000, None), (4, 8_000, None))
    promoted("quarter", QUARTER_OFF, day(1))
    actions.record_public_prices(now=day(5))
    assert [row[1:] for row in recorded(shop_id)] == [(4_500, day(1), None)]

    assert actions.record_public_prices(now=day(9)) == 1
    assert [row[1:] for row in recorded(shop_id)] == [(4_500, day(1), NOON + 4 * DAY), (6_000, NOON + 4 * DAY, None)]
    assert actions.record_public_prices(now=day(9)) == 0


def test_a_late_first_look_writes_what_was_in_force_then(shop_id):
    asked(shop_id)
    publish("promotion", "quarter", QUARTER_OFF, now=day(1))
    definitions.archive(kind="promotion", key="quarter", expected_revision=None, actor=SYSTEM, now=day(3))

    actions.record_public_prices(now=day(25))

    assert recorded(shop_id) == [("", 4_500, day(1), day(3))]


def test_publishing_records_at_once(shop_id):
    asked(shop_id)
    publish("promotion", "quarter", QUARTER_OFF, now=day(1))

    events.deliver_all(now=day(1, hour=1))

    assert recorded(shop_id) == [("", 4_500, day(1), None)]
