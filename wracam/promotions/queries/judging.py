"""Who may pass: which promotions are out of the question for a visit before prices are looked at, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from wracam.promotions.contracts import Cart, Quote, Reason, Requirement, Standing
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.claims import owner_of
from wracam.promotions.core.explaining import Judged
from wracam.promotions.core.facts import CART_FACTS, cart_facts
from wracam.promotions.core.standings import code_standing, count_standing
from wracam.promotions.queries.live import Gate
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
        counted = {owner_of(key) for key in self._scene.used}
        found: dict[str, Judged] = {}
        for gate in self._scene.offers.gates:
            verdict = self._verdict(gate, is_counted=gate.promotion.key in counted, explains_all=explains_all)
            if verdict:
                found[gate.promotion.key] = verdict
        return found

    def tell(self, judged: Mapping[str, Judged], quote: Quote) -> dict[str, Judged]:
        """Say what conditions of the cart require of the promotions that the quote names."""
        told = dict(judged)
        for one in quote.refused:
            verdict = told.get(one.key)
            if verdict is not None and verdict.standing.reason is Reason.CONDITION_NOT_MET:
                promotion = self._scene.offers.by_key[one.key]
                told[one.key] = Judged(
                    standing=verdict.standing, requirements=self._requirements(promotion, promotion.condition)
                )
        return told

    def _verdict(self, gate: Gate, *, is_counted: bool, explains_all: bool) -> Judged | None:
        promotion, visit = gate.promotion, self._scene.visit
        if promotion.channels and visit.channel not in promotion.channels:
            allowed = ", ".join(sorted(promotion.channels))
            return Judged(standing=Standing(reason=Reason.NOT_YOURS, required=allowed, measured=visit.channel))
        if gate.audience is not None and not self._holds(gate.audience):
            is_told = explains_all or any(campaign in self._campaigns for campaign in promotion.campaigns)
            return Judged(
                standing=_NOT_YOURS,
                requirements=self._requirements(promotion, promotion.audience) if is_told else (),
            )
        standing = code_standing(promotion, self._campaigns)
        if standing is None and is_counted:
            standing = count_standing(promotion, visit.owner, self._scene.today, self._scene.used)
        if standing is not None:
            return Judged(standing=standing)
        if gate.condition is not None and not self._holds(gate.condition):
            return Judged(
                standing=_NOT_MET,
                requirements=self._requirements(promotion, promotion.condition) if explains_all else (),
            )
        return None

    def _holds(self, condition: CompiledCondition) -> bool:
        truth = self._truths.get(id(condition))
        if truth is None:
            truth = condition.truth(self._facts, self._scene.visit.at, self._zone) is True
            self._truths[id(condition)] = truth
        return truth

    def _requirements(self, promotion: Promotion, condition: Mapping[str, Any] | None) -> tuple[Requirement, ...]:
        return requirements_of(condition or {}, self._facts, self._scene.visit.at, promotion.currency)


_NOT_YOURS = Standing(reason=Reason.NOT_YOURS)
_NOT_MET = Standing(reason=Reason.CONDITION_NOT_MET)


def _facts(scene: Scene, cart: Cart) -> dict[str, Any]:
    facts: dict[str, Any] = {rules.TIME_ZONE_FACT: scene.offers.shop.time_zone}
    if not CART_FACTS.isdisjoint(scene.offers.needs):
        visit = scene.visit
        facts |= cart_facts(cart, channel=visit.channel, country=visit.country, codes=visit.codes)
    return facts | dict(scene.facts)
