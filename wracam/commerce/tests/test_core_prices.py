"""Prices over time, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wracam.commerce.core.prices import Price, lowest, observe

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
sightings = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 4)), max_size=12)


def seen(day: int, price_minor: int) -> Price:
    return Price(seen_at=NOON + timedelta(days=day), price_minor=price_minor, regular_minor=None)


def history(told) -> list[Price]:
    periods: list[Price] = []
    for day, price_minor in told:
        periods = observe(periods, seen(day, price_minor))
    return periods


def asked_on(periods: list[Price], moment: datetime) -> int | None:
    return next((price.price_minor for price in reversed(periods) if price.seen_at <= moment), None)


@given(sightings)
def test_prices_told_in_order_are_asked_as_told(told):
    told = sorted(dict(told).items())

    periods = history(told)

    for day, price_minor in told:
        assert asked_on(periods, NOON + timedelta(days=day)) == price_minor


@given(sightings, st.randoms(use_true_random=False))
def test_any_order_of_sightings_ends_in_the_same_history(told, random):
    told = list(dict(told).items())
    in_order = sorted(told)
    random.shuffle(told)

    assert history(told) == history(in_order)


@given(sightings, st.integers(0, 90))
def test_the_lowest_price_of_thirty_days_equals_looking_at_every_day(told, day):
    told = sorted(dict(told).items())
    periods = history(told)
    moment = NOON + timedelta(days=day)
    hours = [moment - timedelta(hours=hour) for hour in range(1, 30 * 24)]
    every_day = [price for hour in hours if (price := asked_on(periods, hour)) is not None]

    assert lowest(periods, moment) == min(every_day, default=None)


def test_a_price_told_every_minute_is_kept_as_first_and_last():
    known: list[Price] = []
    for minute in range(120):
        known = observe(known, Price(seen_at=NOON + timedelta(minutes=minute), price_minor=1, regular_minor=None))

    assert len(known) == 2
