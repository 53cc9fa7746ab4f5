"""The live programme with its rules, compiled once per published version."""

from __future__ import annotations

from dataclasses import dataclass
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

PROGRAM_KIND = "program"
EARNING_RULE_KIND = "earning_rule"
LADDER_KIND = "tier_ladder"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveProgram:
    """A programme in force and the earning rules in force for it."""

    key: str
    version_id: UUID
    program: Program
    rules: tuple[EarningRule, ...]

    def rules_for(self, event_name: str) -> tuple[EarningRule, ...]:
        """Return the rules that this event triggers."""
        return tuple(rule for rule in self.rules if rule.event == event_name)


def live_programs(at: datetime | None = None) -> tuple[LiveProgram, ...]:
    """Return the programmes in force, each with its earning rules, in the order of their keys."""
    programs = definitions.live(PROGRAM_KIND, at)
    if not programs:
        return ()
    return _compiled(programs, definitions.live(EARNING_RULE_KIND, at), definitions.live(LADDER_KIND, at))


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
