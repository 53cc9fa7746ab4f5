"""The live programme with its rules, compiled once per published version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from wracam.definitions import queries as definitions
from wracam.definitions.contracts import LiveVersion
from wracam.loyalty.contracts import NoProgramError
from wracam.loyalty.core.ladders import read_ladder
from wracam.loyalty.core.multipliers import multipliers
from wracam.loyalty.core.program import Program, read_program
from wracam.loyalty.core.rule import EarningRule, read_rule
from wracam.rules import queries as rules
from wracam.rules.queries import CompiledCondition

PROGRAM_KIND = "program"
EARNING_RULE_KIND = "earning_rule"
LADDER_KIND = "tier_ladder"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRule:
    """An earning rule with its conditions compiled. `asks_occasion`: about more than the customer."""

    rule: EarningRule
    condition: CompiledCondition | None
    lines: CompiledCondition | None
    asks_occasion: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveProgram:
    """A programme in force and the earning rules in force for it."""

    key: str
    version_id: UUID
    program: Program
    rules: tuple[EarningRule, ...]
    _ready: dict[str, tuple[ReadyRule, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def rules_for(self, event_name: str) -> tuple[EarningRule, ...]:
        """Return the rules that this event triggers."""
        return tuple([ready.rule for ready in self.ready_for(event_name)])

    def ready_for(self, event_name: str) -> tuple[ReadyRule, ...]:
        """Return the rules that this event triggers, ready to be asked; they are compiled once."""
        ready = self._ready.get(event_name)
        if ready is None:
            ready = tuple(ready_rule(rule) for rule in self.rules if rule.event == event_name)
            self._ready[event_name] = ready
        return ready

    def needs_for(self, event_name: str) -> frozenset[str]:
        """Return the names of the facts that conditions of these rules read."""
        return frozenset(
            name for ready in self.ready_for(event_name) if ready.condition for name in ready.condition.needs
        )

    def capped_rules(self, event_name: str) -> tuple[str, ...]:
        """Return the keys of these rules that give only so much."""
        return tuple([ready.rule.key for ready in self.ready_for(event_name) if ready.rule.caps])


def ready_rule(rule: EarningRule) -> ReadyRule:
    """Compile the conditions of a rule."""
    condition = rules.compiled(rule.condition) if rule.condition else None
    return ReadyRule(
        rule=rule,
        condition=condition,
        lines=rules.compiled(rule.lines) if rule.lines else None,
        asks_occasion=condition is not None and not rules.are_of_customers(condition.needs),
    )


def live_programs(at: datetime | None = None) -> tuple[LiveProgram, ...]:
    """Return the programmes in force, each with its earning rules, in the order of their keys."""
    programs, earning_rules, ladders = definitions.live_of((PROGRAM_KIND, EARNING_RULE_KIND, LADDER_KIND), at)
    return _compiled(programs, earning_rules, ladders) if programs else ()


def live_program(key: str | None = None, at: datetime | None = None) -> LiveProgram:
    """Return one programme in force (the first of them without a key) or raise `NoProgramError`."""
    for program in live_programs(at):
        if key is None or program.key == key:
            return program
    raise NoProgramError(NoProgramError.__doc__)


def rules_of(version: LiveVersion) -> list[EarningRule]:
    """Return the earning rules that a version says: a rule is one, a ladder has one for each tier that multiplies."""
    if version.kind == LADDER_KIND:
        ladder = read_ladder(version.body, key=version.key, version_id=version.version_id)[0]
        return multipliers(ladder) if ladder else []
    return [read_rule(version.body, key=version.key, version_id=version.version_id)[0]]


def rule_events() -> frozenset[str]:
    """Return the names of all events that some live earning rule listens to."""
    return frozenset(rule.event for program in live_programs() for rule in program.rules)


@lru_cache(maxsize=64)
def _compiled_by_id(
    _version_ids: tuple[UUID, ...], programs: _Versions, rules: _Versions, ladders: _Versions
) -> tuple[LiveProgram, ...]:
    earning_rules = [rule for version in (*rules.versions, *ladders.versions) for rule in rules_of(version)]
    return tuple(
        LiveProgram(
            key=version.key,
            version_id=version.version_id,
            program=read_program(version.body)[0],
            rules=tuple(rule for rule in earning_rules if rule.program in ("", version.key)),
        )
        for version in programs.versions
    )


class _Versions:
    """Versions as an argument that the cache does not compare: their ids are the key."""

    __slots__ = ("versions",)

    def __init__(self, versions: tuple[LiveVersion, ...]) -> None:
        self.versions = versions

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Versions)

    def __hash__(self) -> int:
        return 0


def _compiled(
    programs: tuple[LiveVersion, ...], rules: tuple[LiveVersion, ...], ladders: tuple[LiveVersion, ...]
) -> tuple[LiveProgram, ...]:
    ids = tuple(version.version_id for version in (*programs, *rules, *ladders))
    return _compiled_by_id(ids, _Versions(programs), _Versions(rules), _Versions(ladders))
