"""Undoing what orders gave, by unit, from the ledger: never by running today's rules.

Each order event changes what is in force for an earning (its refunds, whether its order stands, its lines). Then
`core.refunds.kept` says how many points the order may keep, and the difference to what it has is posted: taken
back or restored, in one entry. Nothing to do is the usual answer to a repeated notice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wracam.commerce.contracts import Refund
from wracam.events import actions as events
from wracam.events.contracts import Event, RecordedEvent
from wracam.foundation.bulk import as_json, execute
from wracam.kernel.ids import derived_id
from wracam.loyalty import models
from wracam.loyalty.actions import posting
from wracam.loyalty.contracts import (
    Account,
    Decision,
    EarningState,
    Lot,
    PointsRestored,
    PointsTakenBack,
    Reason,
)
from wracam.loyalty.core import lots as core_lots
from wracam.loyalty.core import promoted
from wracam.loyalty.core import refunds as core
from wracam.loyalty.core.ledger import Posting, Taken
from wracam.loyalty.core.program import Shortage
from wracam.loyalty.queries import lots as lot_queries
from wracam.loyalty.queries.programs import live_programs

_SAVE = """
UPDATE loyalty_earning AS e SET
    decision = i.decision, standing = i.standing, refunds = i.refunds, state = i.state, heard = i.heard
FROM jsonb_to_recordset(%s::text::jsonb) AS i(
    id uuid, decision jsonb, standing jsonb, refunds jsonb, state text, heard jsonb)
WHERE e.id = i.id
"""
_SAVED = ("id", "decision", "standing", "refunds", "state", "heard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """What changes for every earning of an order, because of an event."""

    order_id: UUID
    alter: Callable[[models.Earning], None]
    cause: RecordedEvent | None


@dataclass(slots=True)
class Change:
    """An earning under change: its row, the event behind it, and what will be written and announced."""

    row: models.Earning
    cause: RecordedEvent | None
    shortage: Shortage
    now: datetime
    differences: dict[str, int] = field(default_factory=dict)
    """How many points more (or, negative, fewer) the earning should have, by point kind; none where it is right."""
    postings: list[Posting] = field(default_factory=list)
    announced: list[Event] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The part of idempotency keys that names this change."""
        return f"{self.row.id}:{self.cause.id if self.cause else self.now.isoformat()}"


@dataclass(frozen=True, slots=True)
class Sight:
    """The lots that a set of changes has to do with, read once."""

    open: lot_queries.LotsByKind
    lapsed: Mapping[tuple[UUID, str], int]
    first: Mapping[UUID, Lot]
    taken: lot_queries.TakenByKind


def apply(alterations: Sequence[Alteration], *, now: datetime) -> None:
    """Alter what is in force for the earnings of orders, and post the differences that follow.

    An event that an earning has heard of before changes nothing, whatever came after it: the log may be read again.
    """
    by_order = _locked([one.order_id for one in alterations])
    altered = [(row, one) for one in alterations for row in by_order.get(one.order_id, ()) if _is_news(row, one)]
    for together in _each_member_once(altered):
        for row, one in together:
            one.alter(row)
        reconcile([(row, one.cause) for row, one in together], now=now)


def _is_news(row: models.Earning, one: Alteration) -> bool:
    """Say whether the earning has not heard of this event, and note that it has now."""
    if one.cause is None:
        return True
    if str(one.cause.id) in row.heard or _was_seen(row, one.cause):
        return False
    row.heard.append(str(one.cause.id))
    return True


def _was_seen(row: models.Earning, cause: RecordedEvent) -> bool:
    """Say whether this stands in the log before what made the earning, which was made of the order as it was then."""
    made = (mark.partition(":") for mark in row.heard if ":" in mark)
    return any((cause.txid, cause.position) < (int(txid), int(position)) for txid, _, position in made)


def _each_member_once(
    altered: Sequence[tuple[models.Earning, Alteration]],
) -> list[list[tuple[models.Earning, Alteration]]]:
    """Split into sets in which no member stands twice: what one change takes, the next cannot take again."""
    sets: list[list[tuple[models.Earning, Alteration]]] = []
    count: Counter[UUID] = Counter()
    for row, one in altered:
        if count[row.member_id] == len(sets):
            sets.append([])
        sets[count[row.member_id]].append((row, one))
        count[row.member_id] += 1
    return sets


def add_refund(row: models.Earning, happened: RecordedEvent) -> None:
    """Put a refund in force; the same refund again changes nothing."""
    data = happened.data
    units = {unit["line_id"]: unit["quantity"] for unit in data["units"]}
    row.refunds[str(data["refund_id"])] = {
        "units": units,
        "units_minor": sum(unit["total_minor"] for unit in data["units"]),
        "total_minor": data["total_minor"],
    }


def refund_data(refund: Refund) -> dict[str, Any]:
    """Return a refund as an earning keeps it."""
    return {
        "units": {str(unit.line_id): unit.quantity for unit in refund.units},
        "units_minor": sum(unit.total_minor for unit in refund.units),
        "total_minor": refund.total_minor,
    }


def remove_refund(row: models.Earning, happened: RecordedEvent) -> None:
    """Take a withdrawn refund out of force."""
    row.refunds.pop(str(happened.data["refund_id"]), None)


def cancel(row: models.Earning) -> None:
    """The order is cancelled or deleted."""
    if row.state == EarningState.STANDING:
        row.state = EarningState.CANCELLED


def restore(row: models.Earning) -> None:
    """The order stands again."""
    if row.state == EarningState.CANCELLED:
        row.state = EarningState.STANDING


def move_away(row: models.Earning) -> None:
    """The order belongs to somebody else now."""
    row.state = EarningState.MOVED


def reconcile(altered: Sequence[tuple[models.Earning, RecordedEvent | None]], *, now: datetime) -> None:
    """Post the differences between what earnings have given and what they may keep, and store their rows.

    No member may stand in *altered* twice.
    """
    if not altered:
        return
    posting.lock_members([row.member_id for row, _ in altered])
    policies = {program.key: program.program.shortage for program in live_programs()}
    changes = [
        Change(row=row, cause=cause, shortage=policies.get(row.program, Shortage.CARRY), now=now)
        for row, cause in altered
    ]
    for change in changes:
        change.differences = _differences(change.row)
    sight = _sight(changes)
    for change in changes:
        _settle(change, sight)
    _write(changes, now)


def _differences(row: models.Earning) -> dict[str, int]:
    """Return what is missing (or too much, negative) of each point kind."""
    is_cancelled = row.state != EarningState.STANDING
    targets = {
        kind.point_kind: core.kept(kind.shares, _refunds(row), row.decision["order_minor"], is_cancelled=is_cancelled)
        for kind in decision_of(row).kinds
    }
    missing = {}
    for point_kind in sorted({*targets, *row.standing}):
        standing = row.standing.setdefault(point_kind, {"earned": 0, "taken": 0, "forgiven": 0})
        has = standing["earned"] - standing["taken"] - standing["forgiven"]
        missing[point_kind] = targets.get(point_kind, 0) - has
    return {point_kind: points for point_kind, points in missing.items() if points}


def _sight(changes: Sequence[Change]) -> Sight:
    """Read the lots that these changes take from and give to."""
    fewer = [change.row for change in changes if any(points < 0 for points in change.differences.values())]
    more = [change.row for change in changes if any(points > 0 for points in change.differences.values())]
    members, earnings = [row.member_id for row in more], [row.id for row in more]
    return Sight(
        open=lot_queries.open_lots_of([row.member_id for row in fewer]) if fewer else {},
        lapsed=lot_queries.lapsed([row.id for row in fewer]) if fewer else {},
        first=lot_queries.first_of_earnings(earnings) if more else {},
        taken=lot_queries.taken_back(member_ids=members, earning_ids=earnings) if more else {},
    )


def _settle(change: Change, sight: Sight) -> None:
    for point_kind, points in change.differences.items():
        standing = change.row.standing[point_kind]
        if points < 0:
            _take_back(change, sight, point_kind, -points, standing)
        else:
            _give_again(change, sight, point_kind, points, standing)


def _write(changes: Sequence[Change], now: datetime) -> None:
    postings = [posted for change in changes for posted in change.postings]
    posting.post(postings)
    richer = {posted.member_id for posted in postings if posted.credit is Account.ACTIVE}
    if richer:
        posting.settle_debts(richer, now=now)
    rows = [change.row for change in changes]
    execute(_SAVE, as_json({name: getattr(row, name) for name in _SAVED} for row in rows))
    events.record([event for change in changes for event in change.announced], now=now)


def decision_of(row: models.Earning) -> Decision:
    """Return the stored decision."""
    kept = {name: row.decision[name] for name in ("kinds", "trace")}
    return msgspec.convert(kept, Decision)


def _locked(order_ids: Sequence[UUID]) -> dict[UUID, list[models.Earning]]:
    rows = models.Earning.objects.select_for_update().filter(order_id__in=set(order_ids))
    found: dict[UUID, list[models.Earning]] = {}
    for row in rows.exclude(state=EarningState.MOVED).order_by("id"):
        if row.order_id is not None:
            found.setdefault(row.order_id, []).append(row)
    return found


def _refunds(row: models.Earning) -> list[core.Refund]:
    return [
        core.Refund(
            units=tuple((UUID(line_id), quantity) for line_id, quantity in refund["units"].items()),
            units_minor=refund["units_minor"],
            total_minor=refund["total_minor"],
        )
        for refund in row.refunds.values()
    ]


def _take_back(change: Change, sight: Sight, point_kind: str, points: int, standing: dict[str, int]) -> None:
    member_lots = sight.open.get((change.row.member_id, point_kind), [])
    own = [lot for lot in member_lots if lot.earning_id == change.row.id]
    lapsed = sight.lapsed.get((change.row.id, point_kind), 0) - standing.get("lapsed", 0)
    plan = core.plan_take_back(points, own, core_lots.spendable(member_lots, change.now), change.shortage, lapsed)
    for debit, allocations in ((Account.PENDING, plan.from_pending), (Account.ACTIVE, plan.from_active)):
        taken = sum(part.points for part in allocations)
        if taken:
            change.postings.append(_posting(change, point_kind, debit, Account.REVERSED, taken, allocations))
    if plan.owed:
        change.postings.append(_posting(change, point_kind, Account.DEBT, Account.REVERSED, plan.owed))
    standing["taken"] += points - plan.forgiven
    standing["forgiven"] += plan.forgiven
    standing["lapsed"] = standing.get("lapsed", 0) + plan.lapsed
    change.announced.append(
        PointsTakenBack(
            **_base(change), member_id=change.row.member_id, point_kind=point_kind, points=points - plan.forgiven,
            forgiven=plan.forgiven, order_id=change.row.order_id,
        )
    )  # fmt: skip


def _give_again(change: Change, sight: Sight, point_kind: str, points: int, standing: dict[str, int]) -> None:
    """Give points back: first what was let go on paper, then to the lots they came from, then as new points."""
    unforgiven = min(points, standing["forgiven"])
    standing["forgiven"] -= unforgiven
    standing["lapsed"] = min(standing.get("lapsed", 0), standing["forgiven"])
    back = min(points - unforgiven, standing["taken"])
    standing["taken"] -= back
    _restore_lots(change, sight, point_kind, back)
    more = points - unforgiven - back
    if more:
        _issue(change, sight, point_kind, more)
        standing["earned"] += more
    if back + more:
        change.announced.append(
            PointsRestored(
                **_base(change), member_id=change.row.member_id, point_kind=point_kind, points=back + more,
                order_id=change.row.order_id,
            )
        )  # fmt: skip


def _restore_lots(change: Change, sight: Sight, point_kind: str, points: int) -> None:
    taken = sight.taken.get((change.row.id, point_kind), [])
    to_pending = core_lots.give_back([part for part, lot in taken if not lot.is_active], points)
    rest = points + _sum(to_pending)
    to_active = core_lots.give_back([part for part, lot in taken if lot.is_active], rest)
    rest += _sum(to_active)
    for credit, allocations in ((Account.PENDING, to_pending), (Account.ACTIVE, to_active)):
        if allocations:
            change.postings.append(
                _posting(change, point_kind, Account.REVERSED, credit, -_sum(allocations), allocations)
            )
    if rest:
        change.postings.append(
            _dated(change, sight, _posting(change, point_kind, Account.REVERSED, Account.ACTIVE, rest), "owed")
        )


def _issue(change: Change, sight: Sight, point_kind: str, points: int) -> None:
    """Give more than was ever given: the order was corrected upwards. The dates are those of its first points."""
    first = sight.first.get(change.row.id)
    waits = first is not None and not first.is_active
    posted = _posting(change, point_kind, Account.ISSUED, Account.PENDING if waits else Account.ACTIVE, points)
    note = promoted.note(decision_of(change.row), point_kind)
    change.postings.append(_dated(change, sight, replace(posted, reason=Reason.EARNED, note=note), "more"))


def _dated(change: Change, sight: Sight, posted: Posting, part: str) -> Posting:
    first = sight.first.get(change.row.id)
    return replace(
        posted,
        key=f"{posted.key}:{part}",
        activates_at=first.activates_at if first else change.now,
        expires_at=first.expires_at if first else None,
    )


def _posting(
    change: Change, point_kind: str, debit: Account, credit: Account, points: int, allocations: tuple[Taken, ...] = ()
) -> Posting:
    return Posting(
        shop_id=change.row.shop_id,
        key=f"undo:{change.key}:{point_kind}:{debit}:{credit}",
        entry_id=derived_id("undo", change.key),
        member_id=change.row.member_id,
        point_kind=point_kind,
        debit=debit,
        credit=credit,
        points=points,
        at=change.now,
        happened_at=change.cause.occurred_at if change.cause else change.now,
        reason=Reason.TAKEN_BACK if credit is Account.REVERSED else Reason.RESTORED,
        order_id=change.row.order_id,
        earning_id=change.row.id,
        cause_event_id=change.cause.id if change.cause else None,
        allocations=allocations,
    )


def _base(change: Change) -> dict[str, Any]:
    return {
        "shop_id": change.row.shop_id,
        "customer_id": change.row.customer_id,
        "occurred_at": change.cause.occurred_at if change.cause else change.now,
        "cause": change.cause.as_cause() if change.cause else None,
    }


def _sum(taken: Sequence[Taken]) -> int:
    return sum(part.points for part in taken)
