"""Lots, refunds, dates and tiers: the pure decisions behind the books."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.loyalty.contracts import Account, Lot, Reason, Share
from wracam.loyalty.core import expiry, lots, refunds, tiers
from wracam.loyalty.core.ledger import Books, Posting, UnbalancedError
from wracam.loyalty.core.program import Shortage, Validity, ValidityKind, read_validity
from wracam.loyalty.core.reading import Reader

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MEMBER = UUID(int=7)
WARSAW = ZoneInfo("Europe/Warsaw")


def lot(number: int, remaining: int, *, days: int | None = None, active: bool = True) -> Lot:
    return Lot(
        id=number, member_id=MEMBER, point_kind="points", amount=remaining, remaining=remaining, is_active=active,
        earned_at=NOW, activates_at=NOW, expires_at=None if days is None else NOW + timedelta(days=days),
    )  # fmt: skip


lot_lists = st.lists(st.tuples(st.integers(0, 500), st.none() | st.integers(-5, 400), st.booleans()), max_size=8).map(
    lambda items: [lot(n, r, days=d, active=a) for n, (r, d, a) in enumerate(items, start=1)]
)


@given(lot_lists, st.integers(0, 3_000))
def test_taking_uses_the_earliest_expiry_and_never_more_than_a_lot_holds(found, points):
    usable = lots.spendable(found, NOW)

    taken = lots.take(usable, points)

    by_id = {one.id: one for one in usable}
    assert sum(part.points for part in taken) == min(points, sum(one.remaining for one in usable))
    assert all(0 < part.points <= by_id[part.lot_id].remaining for part in taken)
    untouched = [one for one in usable if one.id not in {part.lot_id for part in taken}]
    last = max((by_id[part.lot_id].expires_at or datetime.max.replace(tzinfo=UTC) for part in taken), default=None)
    assert last is None or all((one.expires_at or datetime.max.replace(tzinfo=UTC)) >= last for one in untouched)


@given(lot_lists, st.integers(1, 3_000))
def test_giving_back_what_was_taken_restores_every_lot(found, points):
    taken = lots.take(lots.spendable(found, NOW), points)

    back = lots.give_back(taken, points)

    assert sorted((part.lot_id, -part.points) for part in back) == sorted((p.lot_id, p.points) for p in taken)


@given(lot_lists, st.integers(1, 3_000), st.sampled_from(Shortage))
def test_a_take_back_is_complete_whatever_the_policy(found, points, shortage):
    own = found[:2]

    plan = refunds.plan_take_back(points, own, lots.spendable(found, NOW), shortage)

    taken = sum(part.points for part in plan.from_pending + plan.from_active)
    assert taken + plan.owed + plan.forgiven == points
    assert (plan.owed == 0) if shortage is Shortage.CLAMP else (plan.forgiven == 0)


LINES = (UUID(int=1), UUID(int=2), UUID(int=3))
share_lists = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 400)), min_size=1, max_size=3).map(
    lambda items: tuple(Share(line_id=LINES[n], quantity=q, points=p) for n, (q, p) in enumerate(items))
)


def refund(*units: tuple[UUID, int], money: int, loose: int = 0) -> refunds.Refund:
    return refunds.Refund(units=units, units_minor=money, total_minor=money + loose)


@given(share_lists, st.data())
def test_refunds_unit_by_unit_take_exactly_what_one_refund_takes(shares, data):
    returned = [(share.line_id, data.draw(st.integers(0, share.quantity))) for share in shares]
    at_once = refund(*returned, money=0)
    singly = [refund((line_id, 1), money=0) for line_id, quantity in returned for _ in range(quantity)]
    data.draw(st.randoms(use_true_random=False)).shuffle(singly)

    kept_at_once = refunds.kept(shares, [at_once], 0, is_cancelled=False)

    assert refunds.kept(shares, singly, 0, is_cancelled=False) == kept_at_once
    assert 0 <= kept_at_once <= sum(share.points for share in shares)


@given(share_lists)
def test_when_every_unit_comes_back_nothing_is_kept(shares):
    whole = refund(*((share.line_id, share.quantity) for share in shares), money=0)

    assert refunds.kept(shares, [whole], 0, is_cancelled=False) == 0
    assert refunds.kept(shares, [], 100, is_cancelled=True) == 0
    assert refunds.kept(shares, [], 100, is_cancelled=False) == sum(share.points for share in shares)


def test_money_returned_without_units_takes_its_part():
    shares = (Share(line_id=LINES[0], quantity=1, points=100),)

    assert refunds.kept(shares, [refund(money=0, loose=2_500)], 10_000, is_cancelled=False) == 75
    assert refunds.kept(shares, [refund(money=0, loose=10_000)], 10_000, is_cancelled=False) == 0


@pytest.mark.parametrize(
    ("start", "months", "rounding", "last"),
    [
        (date(2026, 1, 31), 1, "", date(2026, 2, 28)),
        (date(2024, 2, 29), 12, "", date(2025, 2, 28)),
        (date(2026, 1, 10), 1, "month", date(2026, 2, 28)),
        (date(2026, 1, 10), 1, "quarter", date(2026, 3, 31)),
        (date(2026, 1, 10), 6, "half_year", date(2026, 12, 31)),
        (date(2026, 1, 10), 12, "year", date(2027, 12, 31)),
        (date(2026, 1, 1), 0, "", date(2026, 1, 1)),
        (date(2026, 5, 10), 0, "month", date(2026, 5, 31)),
    ],
)
def test_rolling_validity_ends_on_the_day_people_expect(start, months, rounding, last):
    rolling = Validity(kind=ValidityKind.ROLLING, months=months, round_up_to=rounding)

    assert expiry.last_day(rolling, start) == last


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 2, 1), date(2027, 2, 28)),
        (date(2027, 12, 20), date(2028, 2, 29)),
    ],
)
def test_a_validity_rounded_to_a_named_month_ends_with_the_next_one(start, last):
    rolling = Validity(kind=ValidityKind.ROLLING, months=1, round_up_to="named_month", month=2)

    assert expiry.last_day(rolling, start) == last


def test_a_validity_of_no_months_must_be_said_to_last_through_the_day():
    said, silent = Reader({"kind": "rolling", "months": 0}), Reader({"kind": "rolling"})
    read_validity(said)
    read_validity(silent)

    assert (said.problems, [one.code for one in silent.problems]) == ([], ["missing"])


def test_points_end_at_local_midnight_on_both_sides_of_the_clock_change():
    rolling = Validity(kind=ValidityKind.ROLLING, months=1)

    before = expiry.expires_at(rolling, datetime(2026, 2, 28, 12, tzinfo=WARSAW), WARSAW)
    after = expiry.expires_at(rolling, datetime(2026, 2, 28 + 0, 23, 30, tzinfo=UTC), WARSAW)

    assert before is not None and before.astimezone(UTC).isoformat() == "2026-03-28T23:00:00+00:00"
    assert after is not None and after.astimezone(UTC).isoformat() == "2026-04-01T22:00:00+00:00"


def test_a_fixed_day_is_the_next_one_and_today_counts():
    fixed = Validity(kind=ValidityKind.FIXED, month=12, day=31)

    assert expiry.last_day(fixed, date(2026, 12, 31)) == date(2026, 12, 31)
    assert expiry.last_day(fixed, date(2027, 1, 1)) == date(2027, 12, 31)


LADDER = tiers.ladder([("bronze", 0), ("silver", 100), ("gold", 200)])


@given(st.sampled_from(["bronze", "silver", "gold"]), st.integers(0, 400), st.sampled_from(tiers.Downgrade))
def test_progress_says_what_the_review_will_do(current, amount, downgrade):
    steps = tiers.Ladder(tiers=LADDER.tiers, downgrade=downgrade)

    told = tiers.progress(steps, tiers.Standing(tier=current), tiers.Counted(now=amount, later=amount))

    decided = tiers.assess(steps, current, amount, is_review=True)
    assert told.at_risk == (steps.position(decided) < steps.position(current))
    assert tiers.assess(steps, current, amount, is_review=False) in ("bronze", "silver", "gold")
    if told.next_tier and told.missing:
        reached = tiers.assess(steps, current, amount + told.missing, is_review=False)
        assert steps.position(reached) >= steps.position(told.next_tier)


def posting(key: str, debit: Account, credit: Account, points: int) -> Posting:
    return Posting(
        shop_id=1, key=key, entry_id=MEMBER, member_id=MEMBER, point_kind="points", debit=debit, credit=credit,
        points=points, at=NOW, happened_at=NOW, reason=Reason.EARNED,
    )  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(Account), st.sampled_from(Account), st.integers(1, 99)), max_size=30))
def test_the_books_sum_to_zero_and_a_retry_changes_nothing(moves):
    postings = [posting(str(n), d, c, p) for n, (d, c, p) in enumerate(moves) if d is not c]
    books = Books()

    assert books.post(postings) == len(postings)
    assert books.post(postings) == 0
    assert books.total() == 0


def test_one_key_is_one_movement():
    books = Books()
    books.post([posting("k", Account.ISSUED, Account.ACTIVE, 5)])

    with pytest.raises(UnbalancedError):
        books.post([posting("k", Account.ISSUED, Account.ACTIVE, 6)])
