"""Guessing codes: wrong ones are counted, guessers are stopped, and nobody else is."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from wracam.foundation.bulk import fetch
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions, queries
from wracam.vouchers.contracts import CardState, CodeState, IssuedCode
from wracam.vouchers.core import guessing

from .garden import NOON, publish_campaign

pytestmark = pytest.mark.django_db
ANIA, BARTEK = UUID(int=1), UUID(int=2)
HOME, ELSEWHERE = "83.12.4.9", "83.12.4.10"


@pytest.fixture(autouse=True)
def _campaigns(shop_id):
    publish_campaign("spring", {"kind": "shared", "codes": ["WIOSNA20"]})
    publish_campaign("birthday", {"kind": "personal"})


def check(shop_id: int, code: str, *, customer_id: UUID | None = None, address: str | None = HOME) -> CodeState:
    return actions.check_codes(shop_id=shop_id, codes=[code], customer_id=customer_id, address=address, now=NOON)[
        code
    ].state


def guess(shop_id: int, times: int, *, customer_id: UUID | None = None, address: str | None = HOME, start: int = 0):
    return [check(shop_id, f"GUESS{start + n}", customer_id=customer_id, address=address) for n in range(times)]


def test_a_guest_who_guesses_is_stopped_and_others_are_not(shop_id):
    assert set(guess(shop_id, guessing.GUEST_MAX)) == {CodeState.UNKNOWN}

    assert check(shop_id, "ANOTHER") is CodeState.BLOCKED
    assert check(shop_id, "WIOSNA20") is CodeState.BLOCKED
    assert check(shop_id, "WIOSNA20", address=ELSEWHERE) is CodeState.OK
    assert check(shop_id, "WIOSNA20", customer_id=ANIA) is CodeState.OK
    assert check(shop_id, "WIOSNA20", address=None) is CodeState.OK


def test_a_customer_who_guesses_may_still_use_their_own_code(shop_id):
    issued = actions.issue(shop_id=shop_id, campaign="birthday", customer_id=ANIA, key="k", now=NOON)
    assert isinstance(issued, IssuedCode)
    guess(shop_id, guessing.CUSTOMER_MAX, customer_id=ANIA)

    assert check(shop_id, "WIOSNA20", customer_id=ANIA) is CodeState.BLOCKED
    assert check(shop_id, issued.code, customer_id=ANIA) is CodeState.OK
    assert check(shop_id, "WIOSNA20", customer_id=BARTEK) is CodeState.OK


def test_the_same_wrong_code_in_a_cart_counts_once_and_typing_mistakes_do_not_count(shop_id):
    publish_campaign("roses", {"kind": "single", "format": {"prefix": "ROSE"}})
    for _ in range(3 * guessing.GUEST_MAX):
        assert check(shop_id, "STALE") is CodeState.UNKNOWN
        assert check(shop_id, "ROSE-AAAA-AAAA-AAAAC") is CodeState.TYPO

    assert check(shop_id, "WIOSNA20") is CodeState.OK
    assert fetch("SELECT wrong, blocked FROM code_guess") == [(1, 0)]


def test_an_attack_from_many_addresses_leaves_guests_fewer_tries_and_blocks_no_honest_code(shop_id, monkeypatch):
    monkeypatch.setattr(guessing, "SHOP_MAX", 30)
    for number in range(30):
        guess(shop_id, 1, address=f"10.0.{number}.1", start=number)

    assert check(shop_id, "WIOSNA20", address=ELSEWHERE) is CodeState.OK
    guess(shop_id, guessing.GUEST_MAX_UNDER_ATTACK, address=ELSEWHERE)
    assert check(shop_id, "ANOTHER", address=ELSEWHERE) is CodeState.BLOCKED
    assert check(shop_id, "WIOSNA20", address="198.51.100.7") is CodeState.OK


def test_gift_cards_are_guarded_by_the_same_count(shop_id):
    issued = actions.issue_gift_card(shop_id=shop_id, amount_minor=100, currency="PLN", key="k", actor=SYSTEM, now=NOON)
    states = [
        actions.check_card(shop_id=shop_id, code=code, customer_id=None, address=HOME, now=NOON).state
        for code in [issued.code, *(f"GUESS{n}" for n in range(guessing.GUEST_MAX)), issued.code]
    ]

    assert states == [CardState.OK, *[CardState.UNKNOWN] * guessing.GUEST_MAX, CardState.BLOCKED]


def test_the_console_sees_who_guessed_without_whole_addresses(shop_id):
    guess(shop_id, 22)
    guess(shop_id, 3, customer_id=ANIA)

    seen = queries.guesses(shop_id=shop_id, now=NOON, hours=6)

    assert (seen.wrong, seen.blocked) == (23, 2)
    assert [(one.subject, one.wrong, one.blocked) for one in seen.guessers] == [
        ("address:83.12.4.0/24", 20, 2),
        (f"customer:{ANIA}", 3, 0),
    ]
    assert [wrong for _, wrong, _ in seen.hours] == [0, 0, 0, 0, 0, 23]
    actions.forget_guesses(now=NOON + timedelta(days=31))
    assert fetch("SELECT count(*) FROM code_guess") == [(0,)]


@pytest.mark.parametrize(
    ("address", "network", "shown"),
    [
        ("83.12.4.9", "83.12.4.9", "83.12.4.0/24"),
        ("::ffff:83.12.4.9", "83.12.4.9", "83.12.4.0/24"),
        ("2a01:115f:1:2:3:4:5:6", "2a01:115f:1:2::/64", "2a01:115f:1::/48"),
        ("nonsense", "nonsense", "?"),
    ],
)
def test_one_connection_is_one_address(address, network, shown):
    assert guessing.network_of(address) == network
    assert guessing.shown(address) == shown
