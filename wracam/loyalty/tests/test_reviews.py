"""The review of the night leaves out whom nothing can move, and never anybody else."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wracam.foundation.bulk import as_json, execute
from wracam.kernel.ids import derived_id
from wracam.loyalty.actions import tiers
from wracam.loyalty.core.ladders import LiveLadder, read_ladder
from wracam.loyalty.queries import ladders, unsettled
from wracam.shops import actions as shops

from .garden import DAY, NOON, member_of, open_program, order, tell

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("WRACAM_REVIEWS", "40"))
LAST_ID = UUID(int=(1 << 128) - 1)
PEOPLE = ("ania", "bartek", "celina", "daria")
RICH = {"all": [{"attribute": "member.points_balance", "is": "at_least", "value": 50}]}

windows = st.one_of(
    st.just({"kind": "ever"}),
    st.builds(lambda days: {"kind": "rolling", "months": 0, "days": days}, st.integers(1, 60)),
    st.builds(lambda unit: {"kind": "calendar", "unit": unit}, st.sampled_from(["month", "quarter", "year"])),
    st.just({"kind": "anniversary"}),
)
bodies = st.fixed_dictionaries(
    {
        "by": st.sampled_from(["points", "points", "spend", "orders", "condition"]),
        "window": windows,
        "downgrade": st.sampled_from(["never", "one_step", "to_earned"]),
        "grace_days": st.sampled_from([0, 0, 5]),
        "warn_days": st.sampled_from([0, 30, 90]),
    }
)
steps = st.lists(
    st.tuples(st.sampled_from([1, 2, 50, 100, 150]), st.booleans(), st.sampled_from([None, None, RICH])), max_size=3
)
moments = st.one_of(st.none(), st.integers(-3, 3).map(lambda days: NOON + days * DAY))
people = st.fixed_dictionaries(
    {
        "joined": st.integers(-800, 0),
        "earned": st.lists(st.tuples(st.integers(-400, 0), st.sampled_from([1, 49, 50, 99, 100, 200])), max_size=3),
        "stands": st.one_of(st.none(), st.sampled_from(["t0", "t1", "t2", "t3", "gone"])),
        "floor": st.one_of(st.none(), st.none(), st.sampled_from(["t0", "t1", "t2", "gone"])),
        "kept_until": st.one_of(st.none(), moments),
        "noted_at": st.one_of(st.none(), moments),
        "floor_until": st.one_of(st.none(), moments),
        "balance": st.sampled_from([0, 49, 50]),
    }
)


def ladder_of(body: dict[str, Any], more: list[tuple[int, bool, Any]]) -> LiveLadder:
    """Return a ladder with the tier t0 and, above it, t1 … with rising thresholds."""
    is_condition = body["by"] == "condition"
    found: list[dict[str, Any]] = [{"key": "t0"}]
    for number, (rise, lifetime, condition) in enumerate(more, start=1):
        asked = RICH if is_condition else condition
        start = 0 if is_condition else sum(step[0] for step in more[:number])
        found.append({"key": f"t{number}", "from": start, "lifetime": lifetime, **({"if": asked} if asked else {})})
        del rise
    ladder, problems = read_ladder({**body, "tiers": found}, key="levels")
    assert ladder is not None, problems
    return ladder


def settle(customer_id: UUID, person: dict[str, Any]) -> None:
    """Make a member what the example says: earnings, orders, standing and balance."""
    member_id = member_of(customer_id).id
    execute("UPDATE loyalty_member SET joined_at = %s WHERE id = %s", NOON + person["joined"] * DAY, member_id)
    execute("UPDATE point_balance SET active = %s WHERE member_id = %s", person["balance"], member_id)
    execute("DELETE FROM loyalty_earning WHERE member_id = %s", member_id)
    for number, (day, points) in enumerate(person["earned"]):
        at, id_ = NOON + day * DAY, derived_id("earning", member_id, number)
        standing = as_json([{"points": {"earned": points, "taken": 0, "forgiven": 0}}])[1:-1]
        execute(
            """INSERT INTO loyalty_earning (id, shop_id, program, customer_id, member_id, event_name, happened_at,
                   decision, standing, refunds)
               SELECT %s, shop_id, program, customer_id, id, 'order.paid', %s, '{}', %s::jsonb, '{}'
               FROM loyalty_member WHERE id = %s""",
            id_, at, standing, member_id,
        )  # fmt: skip
        execute(
            "UPDATE shop_order SET placed_at = %s, total_minor = %s WHERE customer_id = %s",
            at, points * 100, customer_id,
        )  # fmt: skip
    if person["stands"]:
        execute(
            """INSERT INTO loyalty_member_tier (member_id, ladder, tier, since, kept_until, floor, risk_noted_at,
                   floor_until)
               VALUES (%s, 'levels', %s, %s, %s, %s, %s, %s)""",
            member_id, person["stands"], NOON, person["kept_until"], person["floor"], person["noted_at"], person["floor_until"],
        )  # fmt: skip


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=bodies, more=steps, found=st.lists(people, min_size=4, max_size=4))
def test_nobody_whom_the_review_changes_is_left_out_of_it(body, more, found):
    ladder = ladder_of(body, more)
    with transaction.atomic():
        shop_id = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=NOON).id
        open_program(now=NOON - 900 * DAY)
        customers = tell(*(order(shop_id, number, who=who) for number, who in enumerate(PEOPLE)), now=NOON)
        for customer_id, person in zip(customers, found, strict=True):
            settle(customer_id, person)
        seen = ladders.sight(NOON)
        everybody = ladders.people(ladder, [member_of(one).id for one in customers])

        changed = {move.person.member_id for move in tiers._moves(ladder, everybody, seen, is_review=True)}
        asked = unsettled.members(ladder, shop_id, UUID(int=0), LAST_ID, seen)

        assert changed <= set(asked)
        transaction.set_rollback(True)


def test_who_stays_where_they_are_is_left_out_of_the_review(shop_id):
    """The night of a million members would otherwise measure all of them again."""
    open_program()
    tiers_of = [{"key": "green", "from": 0}, {"key": "silver", "from": 150}, {"key": "gold", "from": 400}]
    ladder, _problems = read_ladder({"tiers": tiers_of, "window": {"kind": "rolling", "months": 12}}, key="levels")
    assert ladder is not None
    ania, bartek, celina, daria = tell(*(order(shop_id, number, who=who) for number, who in enumerate(PEOPLE)))
    earned = [(-10, 200)]
    nothing = {"joined": 0, "kept_until": None, "floor": None, "noted_at": None, "floor_until": None, "balance": 0}
    settle(ania, {**nothing, "earned": earned, "stands": "silver"})
    settle(bartek, {**nothing, "earned": earned, "stands": "gold"})
    settle(celina, {**nothing, "earned": [(-10, 100)], "stands": None})
    settle(daria, {**nothing, "earned": [(-10, 100)], "stands": "green", "floor": "silver"})

    asked = unsettled.members(ladder, shop_id, UUID(int=0), LAST_ID, ladders.sight(NOON))

    assert set(asked) == {member_of(bartek).id, member_of(daria).id}
