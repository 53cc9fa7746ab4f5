"""Why did this member get these points? The stored decision behind a movement, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import msgspec

from wracam.definitions import queries as definitions
from wracam.definitions.contracts import UnknownDefinitionError
from wracam.loyalty import models
from wracam.loyalty.contracts import Decision, HistoryEntry, Outcome
from wracam.loyalty.queries.history import entries


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReason:
    """One rule of the decision, with the name and number of the version that decided."""

    rule: str
    name: str
    version: int | None
    outcome: Outcome
    points: int
    desired: int
    why: str
    version_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A movement of points and everything that led to it."""

    entry: HistoryEntry
    rules: tuple[RuleReason, ...]
    cause_event_id: UUID | None
    actor: str
    note: str


def why(*, member_id: UUID, transfer_id: int) -> Why | None:
    """Return the reasons of one movement of a member."""
    row = models.Transfer.objects.filter(member_id=member_id, id=transfer_id).first()
    if row is None:
        return None
    earning = models.Earning.objects.filter(id=row.earning_id).first() if row.earning_id else None
    return Why(
        entry=entries([row])[0],
        rules=_reasons(earning, row.point_kind) if earning else (),
        cause_event_id=row.cause_event_id,
        actor=row.actor,
        note=row.note,
    )


def _reasons(earning: models.Earning, point_kind: str) -> tuple[RuleReason, ...]:
    decision = msgspec.convert({name: earning.decision[name] for name in ("kinds", "trace")}, Decision)
    return tuple(
        _reason(outcome.rule, outcome.version_id, outcome.outcome, outcome.points, outcome.desired, outcome.why)
        for outcome in decision.trace
        if outcome.point_kind == point_kind
    )


def _reason(
    rule: str, version_id: UUID | None, outcome: Outcome, points: int, desired: int, why_not: str
) -> RuleReason:
    name, number = rule, None
    if version_id is not None:
        try:
            version = definitions.version(version_id)
        except UnknownDefinitionError:
            version = None
        if version is not None:
            name, number = version.name, version.number
    return RuleReason(
        rule=rule, name=name, version=number, outcome=outcome, points=points, desired=desired, why=why_not,
        version_id=version_id,
    )  # fmt: skip
