"""The demo's life through the public doors: complete, once, and resumable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from wracam.customers import queries as customers
from wracam.customers.contracts import IdentityKind
from wracam.demo import actions
from wracam.demo.actions import filling
from wracam.demo.actions.team import Team
from wracam.demo.contracts import Progress
from wracam.demo.core.figures import LOST
from wracam.demo.core.life import Size, live
from wracam.demo.models import DemoLife
from wracam.loyalty import queries as loyalty

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIZE = Size(customers=24, products=60, days=120)
pytestmark = pytest.mark.django_db


def count(table: str, where: str = "true") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}")
        return int(cursor.fetchone()[0])


def test_the_life_arrives_whole_with_points_for_members():
    seen: list[Progress] = []
    filled = actions.fill(now=NOW, size=SIZE, progress=seen.append)
    told = list(live(shop_id=filled.shop_id, seed=20, now=NOW, size=SIZE).orders())

    assert filled.is_new
    assert count("shop_order") == filled.orders == len(told)
    assert count("product") == 60
    assert seen[-1] == Progress(done=len(told), total=len(told))
    assert loyalty.verify() is not None
    assert [finding for finding in loyalty.verify() if not finding.is_met] == []
    daria = customers.find(shop_id=filled.shop_id, kind=IdentityKind.EMAIL, value="daria@example.com")
    assert daria is not None
    member = loyalty.member_of(customer_id=daria)
    assert member is not None
    spent = sum(
        sum(line.total_minor for line in order.lines) // 100
        for order in told
        if order.person and order.person.first_name == "Daria" and order.status not in LOST
    )
    balance = loyalty.balance(member.id)
    assert balance.earned >= spent // 2
    assert balance.active > 0


def test_a_life_planned_beforehand_is_told_as_this_shop_s(monkeypatch):
    planned = live(shop_id=0, seed=20, now=NOW, size=SIZE)
    # Only chapters are counted by an empty life; a whole one is not planned again.
    monkeypatch.setattr(filling, "live", lambda **asked: live(**asked) if asked["size"].customers == 0 else None)

    filled = actions.fill(now=NOW + timedelta(microseconds=5), size=SIZE, planned=planned)

    assert count("shop_order", f"shop_id = {filled.shop_id}") == filled.orders == len(planned.visits)


def test_a_life_planned_for_another_day_is_left_alone():
    planned = live(shop_id=0, seed=20, now=NOW - timedelta(days=1), size=SIZE)

    filled = actions.fill(now=NOW, size=SIZE, planned=planned)

    assert filled.orders == len(live(shop_id=filled.shop_id, seed=20, now=NOW, size=SIZE).visits)


def test_filling_again_changes_nothing_also_on_a_later_day():
    first = actions.fill(now=NOW, size=SIZE)
    events = count("event")

    again = actions.fill(now=NOW + timedelta(days=3), size=SIZE)

    assert not again.is_new
    assert (again.orders, count("event")) == (first.orders, events)


def test_an_interrupted_filling_goes_on_and_ends_the_same(monkeypatch):
    whole = filling.deliver_and_settle

    def die(team: Team, now: datetime) -> None:
        if DemoLife.objects.get().chapters_told == 2:
            raise KeyboardInterrupt
        whole(team, now)

    monkeypatch.setattr(filling, "deliver_and_settle", die)
    with pytest.raises(KeyboardInterrupt):
        actions.fill(now=NOW, size=SIZE)
    monkeypatch.setattr(filling, "deliver_and_settle", whole)

    resumed = actions.fill(now=NOW + timedelta(hours=1), size=SIZE)

    assert resumed.is_new
    assert count("shop_order") == resumed.orders
    assert count("event", "name = 'order.placed'") == resumed.orders
    assert [finding for finding in loyalty.verify() if not finding.is_met] == []


def test_another_size_or_seed_is_refused_and_leaves_the_first_alone():
    actions.fill(now=NOW, size=SIZE)
    before = count("event")

    with pytest.raises(actions.DemoTakenError):
        actions.fill(now=NOW, size=SIZE, seed=21)

    assert count("event") == before
