"""Random histories of a shop's life: whatever happens in whatever order, the books are right.

Orders, payments, refunds and their withdrawal, cancellations, corrections by hand, spending, rewards, carts, edited
rules, merged profiles, late and repeated notices and jumping clocks, in any order (`life.py`). After every history all
invariants hold, the ledger replayed through its pure model and the event log read again give the same balances,
sentences tell the balance, and undoing everything leaves nothing. `make histories` runs 10,000 and prints what ran.
"""

from __future__ import annotations

import itertools
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from wracam.foundation.bulk import execute, fetch
from wracam.loyalty import actions, models, queries
from wracam.loyalty.actions import taking_back
from wracam.loyalty.contracts import MEMBER_ACCOUNTS, Account, Reason
from wracam.loyalty.core import history, refunds
from wracam.loyalty.core.ledger import Books, Posting

from .garden import NOON, assert_books_are_right, open_program, order, tell
from .life import Life
from .stories import policies, stories
from .street import Street

pytestmark = pytest.mark.django_db
HISTORIES = int(os.environ.get("WRACAM_HISTORIES", "40"))
SEED = os.environ.get("WRACAM_HISTORIES_SEED")
TOGETHER = int(os.environ.get("WRACAM_HISTORIES_TOGETHER", "20"))
"""So many histories are lived at once in one shop; 1 shrinks a failure to its shortest."""
IS_LONG = HISTORIES >= 500
HISTORY = settings(
    max_examples=max(1, HISTORIES // TOGETHER),
    deadline=None,
    print_blob=True,
    phases=[one for one in Phase if TOGETHER == 1 or one is not Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
Story = list[tuple[str, int, Any]]


@dataclass(slots=True)
class Report:
    """What ran, for people who want to know how much a green line stands for."""

    histories: int = 0
    to_zero: int = 0
    transfers: int = 0
    started_at: float = field(default_factory=time.monotonic)
    processor_at: float = field(default_factory=time.process_time)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, street: Street, histories: int) -> None:
        self.histories += histories
        self.to_zero += histories if _is_exact(street.policy) else 0
        self.done += street.done
        self.refused += street.refused
        self.transfers += fetch("SELECT count(*) FROM point_transfer")[0][0]
        if IS_LONG and self.histories % 500 < histories:
            self.print("so far")

    def print(self, title: str) -> None:
        took, processor = time.monotonic() - self.started_at, time.process_time() - self.processor_at
        _say(
            f"{title}: {self.histories} histories on the real database, {self.transfers} transfers, "
            f"{self.to_zero} of them exact to zero, {took:.0f} s ({processor:.0f} s of processor in the tests)"
        )

    def print_all(self) -> None:
        self.print("histories")
        _say("steps: " + ", ".join(f"{name} {count}" for name, count in sorted(self.done.items())))
        _say("refusals: " + ", ".join(f"{name} {count}" for name, count in sorted(self.refused.items())))


def _say(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")
    sys.stdout.flush()


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    kept = Report()
    yield kept
    if IS_LONG:
        kept.print_all()


def _live(policy: dict[str, Any], stories: Sequence[Story], report: Report | None = None) -> None:
    """Live through stories side by side and check everything after them; the database forgets them again."""
    with transaction.atomic():
        street = Street(policy, stock=len(stories))
        lives = [Life(street, index) for index in range(len(stories))]

        for steps in itertools.zip_longest(*stories):
            _live_round(street, lives, steps)

        _assert_all_is_right(street, lives)
        _assert_undoing_everything_leaves_nothing(street, lives)
        if report is not None:
            report.add(street, len(lives))
        transaction.set_rollback(True)


def _live_round(street: Street, lives: Sequence[Life], steps: Iterable[tuple[str, int, Any] | None]) -> None:
    for life, step in zip(lives, steps, strict=True):
        if step is not None:
            life.step(*step)
    street.end_round()
    for life in lives:
        life.settle_round()


@HISTORY
@given(policy=policies, together=st.lists(stories, min_size=TOGETHER, max_size=TOGETHER))
def _any_histories(report: Report, policy: dict[str, Any], together: list[Story]) -> None:
    _live(policy, together, report)


def test_whatever_happens_the_books_are_right(report):
    run = seed(int(SEED))(_any_histories) if SEED else _any_histories
    run(report)


def _is_exact(policy: dict[str, Any]) -> bool:
    """Say whether nothing is ever let go: then undoing everything leaves exactly nothing."""
    return bool(policy["validity"]["kind"] == "never" and policy["shortage"] != "clamp")


def _assert_all_is_right(street: Street, lives: Sequence[Life]) -> None:
    assert_books_are_right()
    _assert_no_lot_is_overspent()
    _assert_the_pure_model_of_the_books_agrees()
    for member_id in street.members.values():
        _assert_sentences_tell_the_balance(member_id)
    _assert_reading_the_log_again_changes_nothing(street)


def _assert_no_lot_is_overspent() -> None:
    """Counted from the allocations alone: a lot gives at most what it had, and never what it has not."""
    overspent = fetch(
        """SELECT l.id, l.amount, l.remaining, a.used FROM point_lot AS l
           LEFT JOIN (SELECT lot_id, sum(amount) AS used FROM point_lot_allocation GROUP BY 1) AS a ON a.lot_id = l.id
           WHERE coalesce(a.used, 0) NOT BETWEEN 0 AND l.amount OR l.remaining <> l.amount - coalesce(a.used, 0)"""
    )
    assert overspent == []


def _balances() -> dict[tuple[Any, str], tuple[int, ...]]:
    """Return what stands, pending, active, held and owed; who has nothing is left out."""
    rows = fetch("SELECT member_id, point_kind, pending, active, held, debt FROM point_balance ORDER BY 1, 2")
    return {(row[0], row[1]): tuple(row[2:]) for row in rows if any(row[2:])}


def _assert_the_pure_model_of_the_books_agrees() -> None:
    """Replay the ledger, transfer by transfer, through `core.ledger.Books`."""
    books = Books()
    for row in models.Transfer.objects.order_by("id"):
        books.post([_as_posting(row)])
    stands = _balances()
    replayed = {
        (member_id, kind): tuple(books.balance(member_id, kind, account) for account in MEMBER_ACCOUNTS)
        for member_id, kind in {(member_id, kind) for member_id, kind, _account in books.balances} | set(stands)
    }
    assert stands == {member: figures for member, figures in replayed.items() if any(figures)}
    assert books.total() == 0


def _as_posting(row: models.Transfer) -> Posting:
    return Posting(
        shop_id=row.shop_id, key=row.key, entry_id=row.entry_id, member_id=row.member_id, point_kind=row.point_kind,
        debit=Account(row.debit), credit=Account(row.credit), points=row.amount, at=row.at,
        happened_at=row.happened_at, reason=Reason(row.reason),
    )  # fmt: skip


def _assert_sentences_tell_the_balance(member_id: Any) -> None:
    """Add up the figures that the member reads, in both languages."""
    told, before = {"pl": 0, "en": 0}, None
    while page := queries.history(member_id, limit=200, before=before):
        before = page[-1].transfer_id
        for entry in page:
            told["pl"] += _figure(entry.sentence.pl)
            told["en"] += _figure(entry.sentence.en)
    stands = queries.balance(member_id)
    expected = stands.active + stands.pending + stands.held - stands.debt
    assert told == {"pl": expected, "en": expected}


def _figure(sentence: str) -> int:
    """Read "+1 234 points …" and "−5 punktów …"; a movement without a sign stays with the member."""
    found = re.match("([+\u2212]?)([\\d\u00a0\u202f ,]*\\d)", sentence)
    assert found is not None, sentence
    sign = {"+": 1, "\u2212": -1, "": 0}[found[1]]
    return sign * int(re.sub("\\D", "", found[2]))


def _assert_reading_the_log_again_changes_nothing(street: Street) -> None:
    balances, last = _balances(), _sum("SELECT max(id) FROM point_transfer")
    street.replay()
    added = fetch("SELECT key, member_id, debit, credit, amount FROM point_transfer WHERE id > %s ORDER BY id", last)
    assert _balances() == balances, f"reading the log again added {added}"


def _assert_undoing_everything_leaves_nothing(street: Street, lives: Sequence[Life]) -> None:
    """Undo all orders, rewards, carts and corrections: only what expired or was let go makes a difference."""
    street.skew = 0
    for life in lives:
        life.undo_what_was_taken()
    street.end_round()
    assert_books_are_right()
    assert fetch(_NOT_UNDONE) == []
    left, let_go, expired = (_by_member(statement) for statement in (_LEFT, _LET_GO, _EXPIRED))
    for life in lives:
        mine = {row[0] for row in fetch(_MEMBERS, list(life.ever))}
        by_hand = sum(life.by_hand.values())
        stands, gone, lost = (sum(one.get(member, 0) for member in mine) for one in (left, let_go, expired))
        assert stands == gone + by_hand - lost, f"life {life.index}: {stands} = {gone} + {by_hand} - {lost}"
    for life in lives:
        life.undo_by_hand()
    if _is_exact(street.policy):
        assert _balances() == {}


def _by_member(statement: str) -> dict[UUID, int]:
    return {member_id: int(points or 0) for member_id, points in fetch(statement)}


def _sum(statement: str) -> int:
    return int(fetch(statement)[0][0] or 0)


_NOT_UNDONE = """
SELECT e.id, value FROM loyalty_earning AS e, jsonb_each(e.standing) AS kind
WHERE (value ->> 'earned')::int <> (value ->> 'taken')::int + (value ->> 'forgiven')::int
"""
_LEFT = "SELECT member_id, sum(active + pending + held - debt) FROM point_balance GROUP BY 1"
_EXPIRED = "SELECT member_id, sum(expired) FROM point_balance GROUP BY 1"
_LET_GO = """
SELECT e.member_id, sum((value ->> 'forgiven')::int) FROM loyalty_earning AS e, jsonb_each(e.standing) AS kind
GROUP BY 1
"""
_MEMBERS = "SELECT id FROM loyalty_member WHERE customer_id = ANY(%s::uuid[])"


PLAIN = {"shortage": "carry", "pending": {"until": "nothing"}, "validity": {"kind": "never"}}
STORY: Story = [
    ("pay", 0, "ania"), ("pay", 0, "bartek"), ("spend", 40, "ania"), ("refund", 0, 1), ("redeem", 20, "bartek"),
    ("days", 3, 0),
]  # fmt: skip


def test_a_plain_history_passes_before_it_is_broken_on_purpose():
    _live(PLAIN, [STORY, STORY])


BROKEN = {
    "a refund that takes back half": (refunds, "kept", lambda real: lambda *a, **b: (real(*a, **b) + 75) // 2),
    "a sentence with a wrong figure": (history, "_sign", lambda real: lambda points: -real(points)),
    "a model that forgets what it was told": (Books, "_post_one", lambda _real: lambda *_: False),
    "a cancelled order that keeps its points": (taking_back, "cancel", lambda _real: lambda _row: None),
    "a reward that is not returned": (actions, "return_redemption", lambda _real: lambda **_: None),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_history_in_which_something_is_broken_on_purpose_is_noticed(name, monkeypatch):
    place, attribute, breaking = BROKEN[name]
    monkeypatch.setattr(place, attribute, breaking(getattr(place, attribute)))

    with pytest.raises(AssertionError):
        _live(PLAIN, [STORY, STORY])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE point_balance SET active = active + 1 WHERE active > 0",
        "UPDATE point_lot SET remaining = remaining + 1 WHERE remaining > 0",
        "UPDATE point_lot SET amount = amount - 1, remaining = remaining - 1 WHERE remaining > 0",
    ],
)
def test_a_ledger_that_is_wrong_by_one_point_is_noticed(statement):
    street = Street(PLAIN, stock=2)
    life = Life(street, 0)
    for step in STORY:
        _live_round(street, [life], [step])

    execute(statement)

    with pytest.raises(AssertionError):
        _assert_all_is_right(street, [life])


def test_the_database_itself_refuses_to_change_history(shop_id):
    from django.db import DatabaseError, transaction

    open_program()
    tell(order(shop_id))

    for statement in ("UPDATE point_transfer SET amount = 1", "DELETE FROM point_transfer"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            execute(statement)


def test_the_hash_chain_notices_a_change_behind_the_back_of_the_triggers(shop_id):
    open_program()
    tell(order(shop_id), order(shop_id, 2, who="bartek"))
    actions.seal(now=NOON)
    assert all(finding.is_met for finding in queries.verify())

    execute("ALTER TABLE point_transfer DISABLE TRIGGER point_transfer_is_append_only")
    execute("UPDATE point_transfer SET note = 'podmienione' WHERE id = (SELECT min(id) FROM point_transfer)")
    execute("ALTER TABLE point_transfer ENABLE TRIGGER point_transfer_is_append_only")

    broken = [finding.number for finding in queries.verify() if not finding.is_met]
    assert broken == [14]
