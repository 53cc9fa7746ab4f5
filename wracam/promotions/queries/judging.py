"""Who may pass: which promotions are out of the question for a visit before prices are looked at, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from wracam.promotions.contracts import Cart, Quote, Reason, Standing
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.claims import owner_of
from wracam.promotions.core.explaining import Judged
from wracam.promotions.core.facts import CART_FACTS, cart_facts
from wracam.promotions.core.standings import code_standing, count_standing
from wracam.promotions.queries.gates import CODE_REQUIRED, NOT_MET, NOT_YOURS, Gate
from wracam.promotions.queries.looking import Scene
from wracam.promotions.queries.requirements import requirements_of
from wracam.rules import queries as rules
from wracam.rules.queries import CompiledCondition


class Jury:
    """Judges the gates of a scene for one cart. Each different condition is asked once, however many gates ask it."""

    def __init__(self, scene: Scene, cart: Cart, campaigns: Collection[str]) -> None:
        """*campaigns* are those of the good codes that were presented."""
        self._scene = scene
        self._campaigns = campaigns
        self._facts = _facts(scene, cart)
        self._zone: ZoneInfo = rules.zone_of(self._facts)
        self._truths: dict[int, bool] = {}

    def judged(self, *, explains_all: bool) -> dict[str, Judged]:
        """Say which promotions are out of the question, each with its first reason.

        Without *explains_all* the conditions of the cart that do not hold are not said yet, since most promotions have
        nothing to do with the cart: `tell` says those that are named.
        """
        gates = self._scene.offers.gates
        counted = {owner_of(key) for key in self._scene.used}
        found: dict[str, Judged] = {}
        asked: Iterable[Gate] = [gate for gate in gates.all if gate.asks or gate.promotion.key in counted]
        if not explains_all:
            found, asked = self._answered_together(), self._left(counted)
        for gate in asked:
            key = gate.promotion.key
            verdict = self._verdict(gate, is_counted=key in counted, explains_all=explains_all)
            if verdict:
                found[key] = verdict
        return found

    def _answered_together(self) -> dict[str, Judged]:
        """Say what the questions that close many gates at once refuse."""
        gates = self._scene.offers.gates
        found = {} if self._campaigns else dict(gates.code_refusals)
        for question in gates.questions:
            if not self._holds(question.condition):
                found |= question.refusals
        return found

    def _left(self, counted: Collection[str | None]) -> Iterator[Gate]:
        """Yield the gates that are asked one by one: also those whose promotion was used, for their counters."""
        gates = self._scene.offers.gates
        yield from gates.others
        if self._campaigns:
            yield from gates.coded
        for key in counted:
            if key in gates.by_key:
                yield gates.by_key[key]

    def tell(self, judged: Mapping[str, Judged], quote: Quote) -> dict[str, Judged]:
        """Say what conditions of the cart require of the promotions that the quote names."""
        told = dict(judged)
        for one in quote.refused:
            verdict = told.get(one.key)
            if verdict is not None and verdict.standing.reason is Reason.CONDITION_NOT_MET:
                promotion = self._scene.offers.by_key[one.key]
                told[one.key] = self._with_requirements(verdict, promotion, promotion.condition)
        return told

    def _verdict(self, gate: Gate, *, is_counted: bool, explains_all: bool) -> Judged | None:
        promotion, visit = gate.promotion, self._scene.visit
        if promotion.channels and visit.channel not in promotion.channels:
            allowed = ", ".join(sorted(promotion.channels))
            return Judged(standing=Standing(reason=Reason.NOT_YOURS, required=allowed, measured=visit.channel))
        if gate.audience is not None and not self._holds(gate.audience):
            is_told = explains_all or any(campaign in self._campaigns for campaign in promotion.campaigns)
            return self._with_requirements(NOT_YOURS, promotion, promotion.audience) if is_told else NOT_YOURS
        if promotion.campaigns and code_standing(promotion, self._campaigns):
            return CODE_REQUIRED
        if is_counted:
            standing = count_standing(promotion, visit.owner, self._scene.today, self._scene.used)
            if standing is not None:
                return Judged(standing=standing)
        if gate.condition is not None and not self._holds(gate.condition):
            return self._with_requirements(NOT_MET, promotion, promotion.condition) if explains_all else NOT_MET
        return None

    def _holds(self, condition: CompiledCondition) -> bool:
        truth = self._truths.get(id(condition))
        if truth is None:
            truth = condition.truth(self._facts, self._scene.visit.at, self._zone) is True
            self._truths[id(condition)] = truth
        return truth

    def _with_requirements(self, verdict: Judged, promotion: Promotion, condition: Mapping[str, Any] | None) -> Judged:
        asked = requirements_of(condition or {}, self._facts, self._scene.visit.at, promotion.currency)
        return Judged(standing=verdict.standing, requirements=asked)


def _facts(scene: Scene, cart: Cart) -> dict[str, Any]:
    facts: dict[str, Any] = {rules.TIME_ZONE_FACT: scene.offers.shop.time_zone}
    if not CART_FACTS.isdisjoint(scene.offers.needs):
        visit = scene.visit
        facts |= cart_facts(
            cart, channel=visit.channel, country=visit.country, codes=visit.codes, needs=scene.offers.needs
        )
    return facts | dict(scene.facts)
