"""How much capped and budgeted rules have given: counters read for a batch, and what it adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from wracam.foundation.bulk import fetch
from wracam.loyalty.contracts import Decision
from wracam.loyalty.core.caps import period_key
from wracam.loyalty.core.earning import Left
from wracam.loyalty.core.rule import Cap, CapPeriod, EarningRule
from wracam.loyalty.queries.judging import Occasion
from wracam.loyalty.queries.programs import LiveProgram

_Counter = tuple[str, UUID | None, str]


class Usage:
    """Counters of capped rules: what stood in the database, and what this batch adds."""

    def __init__(self, rules: Sequence[EarningRule]) -> None:
        self._rules = {rule.key: rule for rule in rules if rule.caps}
        self._before: dict[_Counter, int] = {}
        self._added: dict[_Counter, int] = {}

    @classmethod
    def load(cls, program: LiveProgram, member_ids: Iterable[UUID], due: Sequence[Occasion]) -> Usage:
        """Read the counters of these members and of the whole programme."""
        usage = cls([rule for name in sorted({one.event_name for one in due}) for rule in program.rules_for(name)])
        if not usage._rules:
            return usage
        rows = fetch(
            """SELECT rule, member_id, period, points FROM loyalty_rule_usage
               WHERE rule = ANY(%s) AND (member_id IS NULL OR member_id = ANY(%s::uuid[]))""",
            list(usage._rules),
            list(member_ids),
        )
        usage._know(rows)
        return usage

    @classmethod
    def of(cls, program: LiveProgram, event_name: str, rows: Iterable[tuple[str, UUID | None, str, int]]) -> Usage:
        """Take counters that were read already: (rule, member, period, points)."""
        usage = cls(program.rules_for(event_name) if program.capped_rules(event_name) else ())
        usage._know(rows)
        return usage

    def _know(self, rows: Iterable[tuple[str, UUID | None, str, int]]) -> None:
        self._before = {(rule, member_id, period): points for rule, member_id, period, points in rows}

    def left(self, member_id: UUID | None, local: datetime) -> Left:
        """Return how many points each cap still allows this member at this local time."""

        def allowed(rule: EarningRule, cap: Cap) -> int:
            if cap.per is CapPeriod.EVENT:
                return cap.points
            counter = _counter(rule.key, cap, member_id, local)
            return cap.points - self._before.get(counter, 0) - self._added.get(counter, 0)

        return allowed

    def count(self, member_id: UUID | None, local: datetime, decision: Decision) -> None:
        """Add what capped rules gave in *decision*."""
        for outcome in decision.trace if self._rules else ():
            rule = self._rules.get(outcome.rule)
            if rule is not None and outcome.points:
                for counter in {
                    _counter(rule.key, cap, member_id, local) for cap in rule.caps if cap.per is not CapPeriod.EVENT
                }:
                    self._added[counter] = self._added.get(counter, 0) + outcome.points

    def added(self) -> list[dict[str, object]]:
        """Return what was counted, as rows to be stored."""
        return [
            {"rule": rule, "member_id": member_id, "period": period, "points": points}
            for (rule, member_id, period), points in self._added.items()
        ]


def _counter(rule: str, cap: Cap, member_id: UUID | None, local: datetime) -> _Counter:
    return rule, None if cap.is_budget else member_id, period_key(cap.per, local)
