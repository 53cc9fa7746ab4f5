"""A night that is killed, shared among hands, or run twice ends like one that nobody disturbed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction

from wracam.commerce.contracts import OrderStatus
from wracam.foundation.bulk import fetch
from wracam.foundation.hands import kept
from wracam.loyalty import actions
from wracam.loyalty.actions import due, reviews, sealing
from wracam.loyalty.actions.due import DueRun
from wracam.shops import actions as shops

from .garden import DAY, NOON, assert_books_are_right, open_program, order, publish, tell
from .mortal_night import NIGHT

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 24
NOTHING = DueRun(activated=0, expired=0, inactive=0, tiers=0, sealed=0)
TIERS = [{"key": "green"}, {"key": "silver", "from": 100}, {"key": "gold", "from": 200}]


def live_until_night() -> None:
    """Three orders of everybody; half of them return all, every sixth has done nothing for long.

    Whoever returned all falls by one step in each review, whenever one is made: a second one would show.
    """
    shop_id = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id
    open_program(pending={"until": "paid", "days": 14}, validity={"kind": "inactivity", "days": 60}, shortage="clamp")
    publish("tier_ladder", "levels", {"tiers": TIERS, "downgrade": "one_step"})
    told = []
    for number in range(PEOPLE):
        day = 0 if number % 6 == 0 else 40
        told += [order(shop_id, 3 * number + n, day=day, who=f"celina{number}") for n in range(3)]
    tell(*told, now=NOON + 41 * DAY)
    returned = [
        order(shop_id, 3 * number + n, day=42, who=f"celina{number}", status=OrderStatus.CANCELLED)
        for number in range(1, PEOPLE, 2)
        for n in range(3)
    ]
    tell(*returned, now=NOON + 42 * DAY)


def outcome() -> list[Any]:
    """Return what a night leaves: accounts, movements, tiers, and what was told of whom."""
    return [
        fetch("SELECT count(*), sum(active), sum(pending), sum(expired), sum(transfers) FROM point_balance"),
        fetch("SELECT reason, count(*), sum(amount) FROM point_transfer GROUP BY 1 ORDER BY 1"),
        fetch("SELECT tier, count(*) FROM loyalty_member_tier GROUP BY 1 ORDER BY 1"),
        fetch(
            """SELECT name, sum((data ->> 'points')::int), count(DISTINCT customer_id) FROM event
               WHERE name ~ '^(points|tier)' GROUP BY 1 ORDER BY 1"""
        ),
        fetch("SELECT name, count(*) FROM event WHERE name ~ '^tier' GROUP BY 1 ORDER BY 1"),
        fetch("SELECT sum(transfers) FROM point_seal"),
    ]


@pytest.fixture
def expected() -> list[Any]:
    """What the night leaves when nobody disturbs it."""
    with transaction.atomic():
        live_until_night()
        assert actions.run_due(now=NIGHT) != NOTHING
        found = outcome()
        transaction.set_rollback(True)
    assert dict(found[2]) == {"gold": PEOPLE // 2, "silver": PEOPLE // 2}
    return found


def make_batches_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "BATCH_SIZE", 5)
    monkeypatch.setattr(reviews, "BATCH_SIZE", 3)
    monkeypatch.setattr(sealing, "SEAL_SIZE_MAX", 20)


def test_a_night_shared_among_hands_ends_like_that_of_one(expected, monkeypatch):
    live_until_night()
    make_batches_small(monkeypatch)

    first = actions.run_due(now=NIGHT, hands=3)
    again = actions.run_due(now=NIGHT, hands=3)

    assert outcome() == expected
    assert (first.tiers, first.sealed, again) == (PEOPLE // 2, expected[5][0][0], NOTHING)
    assert_books_are_right()


def test_short_lists_shared_among_hands_tell_the_same_of_everybody(expected, monkeypatch):
    live_until_night()
    monkeypatch.setattr(due, "SHARED_MIN", 1)
    monkeypatch.setattr(reviews, "MEMBERS_OF_A_HAND_MIN", 1)
    told = "SELECT count(*), count(DISTINCT (name, customer_id)) FROM event WHERE name = ANY(%s) AND recorded_at = %s"

    with kept(2):
        actions.run_due(now=NIGHT, hands=2)

    assert outcome() == expected
    [(events, customers)] = fetch(told, ["points.activated", "points.expired"], NIGHT)
    assert events == customers > 0
    assert_books_are_right()


def test_a_night_that_is_killed_at_any_statement_goes_on_where_it_was(expected):
    live_until_night()
    ends: list[int] = []

    for seed in range(3):
        ends += _nights(seed)

    assert ends.count(0) == 3
    assert set(ends) == {0, -signal.SIGKILL}
    assert len(ends) > 5
    assert outcome() == expected
    assert actions.run_due(now=NIGHT) == NOTHING
    assert_books_are_right()


def _nights(seed: int) -> list[int]:
    """Live through nights that kill themselves until one comes to its end; return how each ended."""
    known = connection.settings_dict
    password = f":{known['PASSWORD']}" if known["PASSWORD"] else ""
    query = urlencode({name: value for name in ("host", "port") if (value := known[name.upper()])})
    done = subprocess.run(
        [sys.executable, "-m", "wracam.loyalty.tests.mortal_night", str(seed)],
        env={**os.environ, "DATABASE_URL": f"postgresql://{known['USER']}{password}@/{known['NAME']}?{query}"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [int(end) for end in done.stdout.split()]
