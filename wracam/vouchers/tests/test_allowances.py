"""Allowances on the real database: all or nothing, once per reservation, free again when the time has passed."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wracam.foundation.bulk import execute, fetch
from wracam.vouchers import actions, queries
from wracam.vouchers.contracts import (
    Claim,
    Committed,
    ExcessiveAmountError,
    Held,
    HoldReusedError,
    HoldState,
    Lack,
    Lacking,
    UnknownHoldError,
    Usage,
)
from wracam.vouchers.core.claims import in_order

from .garden import DAY, MINUTE, NOON, assert_counters_are_right, hold

pytestmark = pytest.mark.django_db
BUDGET = "promotion:spring:budget"
USES = "code:abc:uses"


def usage(key: str, *, now=NOON) -> Usage:
    return queries.left(keys=[key], now=now)[key]


def test_all_is_held_or_nothing_with_what_is_left():
    hold((BUDGET, 4_000, 5_000))

    refused = hold((USES, 1, 10), (BUDGET, 1_500, 5_000))

    assert refused == Lacking(claims=(Lack(key=BUDGET, asked=1_500, left=1_000),))
    assert refused.left(BUDGET) == 1_000
    assert usage(USES) == Usage(used=0, held=0)
    assert usage(BUDGET) == Usage(used=0, held=4_000)


def test_the_same_reservation_again_holds_once_and_other_claims_are_an_error():
    reservation = uuid4()
    first = hold((USES, 1, 1), reservation_id=reservation)

    second = hold((USES, 1, 1), reservation_id=reservation)

    assert isinstance(first, Held) and first.was_new
    assert isinstance(second, Held) and not second.was_new
    assert usage(USES) == Usage(used=0, held=1)
    with pytest.raises(HoldReusedError):
        hold((USES, 2, 5), reservation_id=reservation)


def test_a_refused_reservation_may_try_again_with_less():
    reservation = uuid4()
    assert isinstance(hold((BUDGET, 60, 50), reservation_id=reservation), Lacking)

    assert isinstance(hold((BUDGET, 50, 50), reservation_id=reservation), Held)


def test_a_hold_whose_time_has_passed_is_free_at_once_without_any_sweep():
    hold((USES, 1, 1), minutes=15)
    late = NOON + 15 * MINUTE

    assert usage(USES, now=late - MINUTE) == Usage(used=0, held=1)
    assert usage(USES, now=late) == Usage(used=0, held=0)
    assert isinstance(hold((USES, 1, 1), now=late), Held)
    assert_counters_are_right()


def test_the_sweep_takes_passed_holds_off_the_counters_and_forgets_them_later():
    for number in range(5):
        hold((f"key:{number}", 1, 1), (BUDGET, 10, None))
    hold((BUDGET, 7, None), minutes=60 * 24 * 365)

    assert actions.sweep_holds(now=NOON + DAY) == 6
    assert fetch("SELECT sum(held) FROM allowance") == [(7,)]

    actions.sweep_holds(now=NOON + 60 * DAY)
    assert fetch("SELECT count(*) FROM allowance_claim") == [(1,)]
    assert fetch("SELECT count(*) FROM allowance_hold") == [(1,)]
    assert_counters_are_right()


def test_a_commit_uses_some_and_frees_the_rest_and_the_first_one_stands():
    reservation = uuid4()
    hold((BUDGET, 100, 100), (USES, 1, 1), reservation_id=reservation)

    first = actions.commit_hold(reservation_id=reservation, amounts={BUDGET: 70}, now=NOON)
    second = actions.commit_hold(reservation_id=reservation, amounts=None, now=NOON)

    assert first == Committed(reservation_id=reservation, amounts={BUDGET: 70}, was_new=True)
    assert second == Committed(reservation_id=reservation, amounts={BUDGET: 70}, was_new=False)
    assert usage(BUDGET) == Usage(used=70, held=0)
    assert usage(USES) == Usage(used=0, held=0)
    assert actions.release_hold(reservation_id=reservation, now=NOON) is HoldState.COMMITTED
    assert usage(BUDGET) == Usage(used=70, held=0)


@pytest.mark.parametrize("how", ["lapsed", "released", "lapsed and swept"])
def test_a_late_commit_succeeds_only_while_there_is_still_enough(how):
    early, late = uuid4(), uuid4()
    hold((USES, 1, 2), reservation_id=early)
    hold((USES, 1, 2), reservation_id=late)
    then = NOON + DAY
    if how == "released":
        actions.release_hold(reservation_id=early, now=NOON)
        actions.release_hold(reservation_id=late, now=NOON)
    if how == "lapsed and swept":
        actions.sweep_holds(now=then)
    assert isinstance(hold((USES, 1, 2), now=then, minutes=9_999), Held)

    in_time = actions.commit_hold(reservation_id=early, amounts=None, now=then)
    too_late = actions.commit_hold(reservation_id=late, amounts=None, now=then)

    assert isinstance(in_time, Committed)
    assert too_late == Lacking(claims=(Lack(key=USES, asked=1, left=0),))
    assert usage(USES, now=then) == Usage(used=1, held=1)
    assert_counters_are_right()


def test_a_commit_of_more_than_was_claimed_or_of_nothing_known_is_an_error():
    reservation = uuid4()
    hold((BUDGET, 100, None), reservation_id=reservation)

    with pytest.raises(ExcessiveAmountError):
        actions.commit_hold(reservation_id=reservation, amounts={BUDGET: 101}, now=NOON)
    with pytest.raises(ExcessiveAmountError):
        actions.commit_hold(reservation_id=reservation, amounts={"another": 1}, now=NOON)
    with pytest.raises(UnknownHoldError):
        actions.commit_hold(reservation_id=uuid4(), amounts=None, now=NOON)
    assert usage(BUDGET) == Usage(used=0, held=100)


def test_releasing_frees_once_and_says_so_each_time():
    reservation = uuid4()
    hold((USES, 1, 1), reservation_id=reservation)

    states = [actions.release_hold(reservation_id=reservation, now=NOON) for _ in range(2)]

    assert states == [HoldState.RELEASED, HoldState.RELEASED]
    assert usage(USES) == Usage(used=0, held=0)
    assert actions.release_hold(reservation_id=uuid4(), now=NOON) is None


def test_giving_back_happens_once_per_key_and_never_exceeds_what_was_used():
    reservation = uuid4()
    hold((BUDGET, 100, 100), reservation_id=reservation)
    actions.commit_hold(reservation_id=reservation, amounts={BUDGET: 80}, now=NOON)

    def back(amount: int, key: str) -> dict[str, int]:
        return actions.give_back(reservation_id=reservation, amounts={BUDGET: amount}, now=NOON, key=key)

    assert back(50, "refund 1") == {BUDGET: 50}
    assert back(50, "refund 1") == {BUDGET: 50}
    assert back(50, "refund 2") == {BUDGET: 30}
    assert back(50, "refund 3") == {}
    assert usage(BUDGET) == Usage(used=0, held=0)
    assert_counters_are_right()


def test_giving_back_what_was_never_committed_is_an_error():
    reservation = uuid4()
    hold((BUDGET, 100, 100), reservation_id=reservation)

    with pytest.raises(UnknownHoldError):
        actions.give_back(reservation_id=reservation, amounts={BUDGET: 1}, now=NOON, key="r")


def test_claims_of_one_key_are_added_under_the_lower_maximum_in_byte_order():
    claims = [
        Claim(key="ż", amount=1, maximum=None),
        Claim(key="a", amount=2, maximum=9),
        Claim(key="a", amount=3, maximum=7),
    ]

    assert in_order([*claims, Claim(key="b", amount=0, maximum=0)]) == [
        Claim(key="a", amount=5, maximum=7),
        Claim(key="ż", amount=1, maximum=None),
    ]
    with pytest.raises(ValueError, match="not negative"):
        in_order([Claim(key="a", amount=-1, maximum=None)])


KEYS = ["a", "b"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hold", "commit", "partial", "release", "back", "sweep"]),
        st.integers(0, 5),
        st.integers(1, 6),
        st.sampled_from(KEYS),
        st.integers(0, 20),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_in_whatever_order_nothing_exceeds_its_maximum(steps):
    execute("TRUNCATE allowance, allowance_hold, allowance_claim, allowance_return")
    ids = [uuid4() for _ in range(6)]
    minute = 0
    for what, which, amount, key, wait in steps:
        minute += wait
        now = NOON + minute * MINUTE
        try:
            if what == "hold":
                hold((key, amount, 10), ("both", 1, 3), reservation_id=ids[which], now=now)
            elif what == "commit":
                actions.commit_hold(reservation_id=ids[which], amounts=None, now=now)
            elif what == "partial":
                actions.commit_hold(reservation_id=ids[which], amounts={key: amount}, now=now)
            elif what == "release":
                actions.release_hold(reservation_id=ids[which], now=now)
            elif what == "back":
                actions.give_back(reservation_id=ids[which], amounts={key: amount}, now=now, key=f"{wait}")
            else:
                actions.sweep_holds(now=now)
        except (HoldReusedError, ExcessiveAmountError, UnknownHoldError):
            pass
        for name, one in queries.left(keys=[*KEYS, "both"], now=now).items():
            assert 0 <= one.used + one.held <= (3 if name == "both" else 10)
            assert one.held >= 0
        assert_counters_are_right()
