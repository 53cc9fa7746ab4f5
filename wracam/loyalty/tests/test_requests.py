"""Corrections above a limit wait for a second person; nobody approves their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from wracam.foundation.bulk import fetch
from wracam.loyalty import actions, queries
from wracam.loyalty.contracts import CorrectionRequest, KeyReusedError, Posted, Refusal, Refused, RequestState
from wracam.shops.contracts import Actor

from .garden import NOON, assert_books_are_right, balance_of, member_of, open_program, order, tell
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
