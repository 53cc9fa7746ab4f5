"""Why did this member get these points? The stored decision behind a movement, rule by rule, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from wracam.definitions import queries as definitions
from wracam.definitions.contracts import LiveVersion, UnknownDefinitionError
from wracam.kernel.language import Language
from wracam.loyalty import models
from wracam.loyalty.contracts import Decision, HistoryEntry, NoProgramError, Outcome, RuleOutcome
from wracam.loyalty.core import promoted, reasons
from wracam.loyalty.core.ladders import read_ladder
from wracam.loyalty.core.multipliers import PREFIX
from wracam.loyalty.core.rule import read_rule
from wracam.loyalty.queries import judging
from wracam.loyalty.queries.history import entries
from wracam.loyalty.queries.programs import EARNING_RULE_KIND, LiveProgram, live_program
from wracam.loyalty.queries.wording import currency_of, rule_in_words
from wracam.promotions import queries as promotions
from wracam.rules import queries as rules


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReason:
    """One rule of the decision, as the version that decided says it."""

    rule: str
    name: str
    version: int | None
    outcome: Outcome
    points: int
    desired: int
    because: str
    """The figures behind the outcome: what a condition asked and found, a limit, the rule that came first."""
    words: str
    """The rule as members read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A movement of points and everything that led to it."""

    entry: HistoryEntry
    rules: tuple[RuleReason, ...]
    cause_event_id: UUID | None
    actor: str
    note: str


def why(*, member_id: UUID, transfer_id: int, language: Language) -> Why | None:
    """Return the reasons of one movement of a member."""
    row = models.Transfer.objects.filter(member_id=member_id, id=transfer_id).first()
    if row is None:
        return None
    earning = models.Earning.objects.filter(id=row.earning_id).first() if row.earning_id else None
    trace = [one for one in _trace(earning) if one.point_kind == row.point_kind] if earning else []
    return Why(
        entry=entries([row])[0],
        rules=reasons_in_words(trace, shop_id=row.shop_id, language=language),
        cause_event_id=row.cause_event_id,
        actor=row.actor,
        note=row.note,
    )


def reasons_in_words(trace: Sequence[RuleOutcome], *, shop_id: int, language: Language) -> tuple[RuleReason, ...]:
    """Say what each rule of a decision gave and why the others did not; the rules with most to say first."""
    speaker = _Speaker(language, currency_of(shop_id), judging.zone(shop_id), _program())
    versions = {one.rule: _version(one.version_id) for one in trace}
    titles = {one.rule: speaker.title(one.rule, versions[one.rule]) for one in trace}
    said = [speaker.reason(one, versions[one.rule], titles) for one in trace]
    return tuple(sorted(said, key=lambda one: -one.points))


@dataclass(frozen=True, slots=True)
class _Speaker:
    language: Language
    currency: str
    zone: ZoneInfo
    program: LiveProgram | None

    def reason(self, one: RuleOutcome, version: LiveVersion | None, titles: Mapping[str, str]) -> RuleReason:
        evidence = rules.evidence_in_words(one.why, self.language, self.currency, self.zone)
        return RuleReason(
            rule=one.rule,
            name=titles[one.rule],
            version=version.number if version else None,
            outcome=one.outcome,
            points=one.points,
            desired=one.desired,
            because=reasons.because(
                one.outcome,
                one.why,
                evidence=evidence,
                titles=titles,
                language=self.language,
                zone=self.zone,
                is_of_tier=one.rule.startswith(PREFIX),
            ),
            words=self._words(one.rule, version) or titles[one.rule],
        )

    def title(self, rule: str, version: LiveVersion | None) -> str:
        """The rule's name; of a tier's multiplier the tier and how many times the points."""
        if version is None:
            return promoted.promotion_of(rule) or rule
        ladder = read_ladder(version.body)[0] if rule.startswith(PREFIX) else None
        return reasons.tier_rule_title(ladder, rule).say(self.language) if ladder else version.name

    def _words(self, rule: str, version: LiveVersion | None) -> str:
        if version is not None and promoted.is_promoted(rule):
            return promotions.body_sentence(version.body, self.language)
        if version is None or version.kind != EARNING_RULE_KIND:
            return ""
        return rule_in_words(read_rule(version.body)[0], self.program, self.language, self.currency)


def _trace(earning: models.Earning) -> tuple[RuleOutcome, ...]:
    return msgspec.convert({name: earning.decision[name] for name in ("kinds", "trace")}, Decision).trace


def _version(version_id: UUID | None) -> LiveVersion | None:
    try:
        return definitions.version(version_id) if version_id else None
    except UnknownDefinitionError:
        return None


def _program() -> LiveProgram | None:
    try:
        return live_program()
    except NoProgramError:
        return None
