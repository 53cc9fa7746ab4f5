"""Corrections above a limit wait for a second person; nobody approves their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from wracam.foundation.bulk import fetch
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import (
    CorrectionRequest,
    KeyReusedError,
    Posted,
    Refusal,
    Refused,
    RequestState,
    TierGiven,
    UnknownTierError,
)
from wracam.shops.contracts import Actor

from .garden import DAY, NOON, assert_books_are_right, balance_of, member_of, open_program, order, publish, tell
from .test_races import at_once

pytestmark = pytest.mark.django_db
BARTEK = Actor(kind="staff", id="2", name="Bartek")
DARIA = Actor(kind="staff", id="1", name="Daria")


@pytest.fixture
def ania(shop_id) -> Any:
    open_program(correction_limit=500, correction_limits={"agent": 50, "owner": 0})
    [customer_id] = tell(order(shop_id))
    return member_of(customer_id)


def ask(member: Any, points: int = 100, *, actor: Actor = BARTEK, role: str = "agent", key: str = "k") -> Any:
    return actions.ask_correction(
        member_id=member.id, points=points, note="za pomyłkę", actor=actor, role=role, key=key, now=NOON
    )


def audited() -> list[tuple[str, str]]:
    return fetch("SELECT actor_name, verb FROM audit_entry WHERE verb LIKE 'points.%%' ORDER BY id")


@pytest.mark.parametrize(
    ("role", "points", "waits"),
    [
        ("agent", 50, False),
        ("agent", 51, True),
        ("agent", -51, True),
        ("marketer", 500, False),
        ("key", 501, True),
        ("owner", 9_999, False),
    ],
)
def test_each_role_has_its_limit_and_api_keys_too(ania, role, points, waits):
    outcome = ask(ania, points, role=role)

    assert isinstance(outcome, CorrectionRequest) == waits
    assert balance_of(ania.customer_id).active == (150 if waits else 150 + points)


def test_a_second_person_approves_and_everything_is_audited(ania):
    request = ask(ania)

    own = actions.approve_correction(request_id=request.id, actor=BARTEK, now=NOON)
    approved = actions.approve_correction(request_id=request.id, actor=DARIA, now=NOON)
    again = actions.approve_correction(request_id=request.id, actor=DARIA, now=NOON)

    assert own == Refused(reason=Refusal.OWN_REQUEST)
    assert isinstance(approved, Posted)
    assert again == Posted(transfer_id=approved.transfer_id, points=100, was_new=False)
    assert balance_of(ania.customer_id).active == 250
    assert queries.waiting_corrections(ania.shop_id) == []
    assert [(one.state, one.checker_name) for one in queries.decided_corrections(ania.shop_id)] == [
        (RequestState.APPROVED, "Daria")
    ]
    assert audited() == [
        ("Bartek", "points.correction_asked"),
        ("Bartek", "points.corrected"),
        ("Daria", "points.correction_approved"),
    ]
    assert_books_are_right()


def test_a_declined_request_moves_nothing_and_cannot_be_approved_later(ania):
    request = ask(ania)

    declined = actions.decline_correction(request_id=request.id, actor=DARIA, now=NOON)

    assert declined.state is RequestState.DECLINED
    assert actions.approve_correction(request_id=request.id, actor=DARIA, now=NOON) == Refused(reason=Refusal.ENDED)
    assert balance_of(ania.customer_id).active == 150


def test_asking_twice_with_one_key_asks_once_and_other_input_is_an_error(ania):
    assert ask(ania) == ask(ania)

    with pytest.raises(KeyReusedError), transaction.atomic():
        ask(ania, 101)
    assert len(queries.waiting_corrections(ania.shop_id)) == 1


def test_points_that_are_gone_when_the_request_is_approved_are_a_refusal_and_it_keeps_waiting(ania):
    request = ask(ania, -120)
    actions.spend(member_id=ania.id, points=100, key="s", now=NOON)

    outcome = actions.approve_correction(request_id=request.id, actor=DARIA, now=NOON)

    assert outcome == Refused(reason=Refusal.BALANCE_TOO_LOW, required=120, available=50)
    assert [one.id for one in queries.waiting_corrections(ania.shop_id)] == [request.id]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_approve_at_the_same_moment_move_the_points_once(shop_id):
    open_program(correction_limit=50)
    [ania] = tell(order(shop_id))
    request = ask(member_of(ania))
    people = [Actor(kind="staff", id=str(number), name=f"P{number}") for number in range(10, 16)]

    outcomes = at_once(
        *(lambda who=who: actions.approve_correction(request_id=request.id, actor=who, now=NOON) for who in people)
    )

    assert sum(isinstance(one, Posted) and one.was_new for one in outcomes) == 1
    assert balance_of(ania).active == 250
    assert_books_are_right()


LADDER = {"tiers": [{"key": "green", "from": 0}, {"key": "silver", "from": 300}, {"key": "gold", "from": 900}]}


def give(member: Any, tier: str | None = "gold", *, role: str = "agent", actor: Actor = BARTEK, **more: Any) -> Any:
    return actions.ask_tier(
        member_id=member.id, ladder="levels", tier=tier, until=more.get("until"), note=more.get("note", "za pomyłkę"),
        actor=actor, role=role, key=more.get("key", "t"), now=NOON,
    )  # fmt: skip


def tier(member: Any, day: int = 0) -> str:
    [standing] = queries.tier_standings(member, now=NOON + day * DAY)
    return standing.tier.key


def test_a_role_without_a_limit_gives_a_tier_at_once_and_the_audit_says_why_and_until_when(ania):
    publish("tier_ladder", "levels", LADDER)

    outcome = give(ania, role="owner", actor=DARIA, until=NOON + 30 * DAY)

    assert outcome == TierGiven(ladder="levels", tier="gold")
    assert tier(ania) == "gold"
    [(summary,)] = fetch("SELECT summary FROM audit_entry WHERE verb = 'tier.granted'")
    assert summary == f"levels: gold until {(NOON + 30 * DAY).date().isoformat()}: za pomyłkę"


def test_a_tier_given_until_a_day_holds_that_long_and_the_first_review_after_it_takes_it(ania):
    publish("tier_ladder", "levels", LADDER)
    give(ania, role="owner", actor=DARIA, until=NOON + 30 * DAY)

    actions.review_tiers(shop_id=ania.shop_id, now=NOON + 29 * DAY)
    before = tier(ania, 29)
    actions.review_tiers(shop_id=ania.shop_id, now=NOON + 31 * DAY)

    assert (before, tier(ania, 31)) == ("gold", "green")
    [standing] = queries.tier_standings(ania, now=NOON + 31 * DAY)
    assert (standing.granted, standing.granted_until) == (None, None)


def test_a_role_with_a_limit_asks_for_a_tier_and_another_person_gives_it(ania):
    publish("tier_ladder", "levels", LADDER)

    request = give(ania, until=NOON + 30 * DAY)
    assert isinstance(request, CorrectionRequest)
    assert give(ania, until=NOON + 30 * DAY) == request
    own = actions.approve_correction(request_id=request.id, actor=BARTEK, now=NOON)
    waiting = tier(ania)
    outcome = actions.approve_correction(request_id=request.id, actor=DARIA, now=NOON)

    assert isinstance(own, Refused)
    assert own.reason is Refusal.OWN_REQUEST
    assert (waiting, tier(ania)) == ("green", "gold")
    assert outcome == TierGiven(ladder="levels", tier="gold")
    with pytest.raises(KeyReusedError):
        give(ania, "silver", until=NOON + 30 * DAY)


def test_a_declined_tier_changes_nothing_and_a_tier_that_is_not_there_cannot_be_asked_for(ania):
    publish("tier_ladder", "levels", LADDER)
    request = give(ania)

    actions.decline_correction(request_id=request.id, actor=DARIA, now=NOON)

    assert tier(ania) == "green"
    with pytest.raises(UnknownTierError):
        give(ania, "platinum", key="other")
    with pytest.raises(ValueError, match="reason"):
        give(ania, note=" ", key="third")
    with pytest.raises(ValueError, match="day to come"):
        give(ania, until=NOON, key="fourth")
