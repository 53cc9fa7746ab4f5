"""Evaluating a cart: candidates, the choice, and the whole explanation, as one pure function.

`quote`, `commit`, `refund`, simulation and back-test all call `evaluate`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from wracam.promotions.contracts import Cart, Combination, Policy, Quote, Reason, RefusedOffer, Shortfall, Standing
from wracam.promotions.core.answer import quote_of
from wracam.promotions.core.catalog import Catalog, Entry
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.explain import refusals
from wracam.promotions.core.hopeless import without_hopeless
from wracam.promotions.core.parts import conflict
from wracam.promotions.core.priority import in_turn
from wracam.promotions.core.search import Choice, best
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.units import Units

__all__ = ["Catalog", "evaluate"]

NO_STANDINGS: Final[Mapping[str, Standing]] = {}
NO_FIGURES: Final[Mapping[str, int]] = {}
PRIORITY: Final = Combination.PRIORITY


def evaluate(
    cart: Cart,
    catalog: Catalog,
    policy: Policy,
    standings: Mapping[str, Standing] = NO_STANDINGS,
    *,
    budgets: Mapping[str, int] = NO_FIGURES,
    stocks: Mapping[str, int] = NO_FIGURES,
    explains_all: bool = False,
    explained: Collection[str] = (),
) -> Quote:
    """Price *cart* with the live offers of *catalog*.

    *standings* names the offers that this customer cannot have now (dates, limits, codes, audience), with the reason.
    *budgets* says by key how much (minor units) some promotions may still give; *stocks* how many pieces of some gift
    SKUs are left. What is not named is unlimited.
    With *explains_all*, offers whose products are not in the cart, or whose total is far away, are listed among the
    refused too; of them those *explained* by key in any case.
    """
    units = Units(cart, policy.rounding_mode)
    candidates = catalog.candidates(units, policy.nearly_share_bp)
    eligible, refused = _judged(candidates, units, policy, standings, budgets)
    eligible, idle = without_hopeless(eligible, units, policy)
    refused += idle
    desk = Desk(units, eligible, policy, budgets, stocks)
    choice, missing = _chosen(desk)
    refused += refusals(desk, choice, missing)
    if explains_all or explained:
        asked = catalog.entries if explains_all else [entry for key in explained if (entry := catalog.get(key))]
        refused += _absent(asked, candidates, units, standings)
    return quote_of(desk, choice, refused, catalog.deliveries)


def _judged(
    candidates: Sequence[Entry],
    units: Units,
    policy: Policy,
    standings: Mapping[str, Standing],
    budgets: Mapping[str, int],
) -> tuple[list[Entry], list[RefusedOffer]]:
    """Part the candidates into those that may apply and those that may not, with the reason."""
    eligible: list[Entry] = []
    refused: list[RefusedOffer] = []
    is_running = policy.combination is PRIORITY and policy.is_condition_on_running_total
    for entry in candidates:
        if standings and entry.key in standings:
            refused.append(_standing(entry, standings[entry.key]))
        elif budgets and budgets.get(entry.key, 1) <= 0:
            refused.append(RefusedOffer(key=entry.key, reason=Reason.BUDGET_SPENT))
        elif entry.conditions and (short := shortfalls(entry.offer, units)) and not is_running:
            refused.append(RefusedOffer(key=entry.key, reason=Reason.CONDITION_NOT_MET, shortfalls=short))
        else:
            eligible.append(entry)
    return eligible, refused


def _standing(entry: Entry, standing: Standing) -> RefusedOffer:
    return RefusedOffer(key=entry.key, reason=standing.reason, detail=standing.required)


def _chosen(desk: Desk) -> tuple[Choice, dict[int, tuple[Shortfall, ...]]]:
    """Choose: the promotions in the merchant's order first, then the best combination of the others."""
    default = desk.policy.combination
    in_order = [place for place, entry in enumerate(desk.entries) if (entry.combination or default) is PRIORITY]
    if not in_order:
        return best(desk, range(len(desk.entries))), {}
    choice, missing = in_turn(desk, in_order)
    if len(in_order) == len(desk.entries):
        return choice, missing
    desk.first = choice.places
    allowed = [
        place
        for place in range(len(desk.entries))
        if place in choice.places
        or (
            place not in in_order and not any(conflict(desk.offer(place), desk.offer(other)) for other in choice.places)
        )
    ]
    return best(desk, allowed), missing


def _absent(
    asked: Iterable[Entry], candidates: Sequence[Entry], units: Units, standings: Mapping[str, Standing]
) -> list[RefusedOffer]:
    """Why the offers *asked* about that are no candidates give nothing: mostly written down beforehand."""
    named = set(candidates)
    refused = []
    for entry in asked:
        if entry in named:
            continue
        if standings and entry.key in standings:
            refused.append(_standing(entry, standings[entry.key]))
        elif entry.waits_for_total:
            short = shortfalls(entry.offer, units)
            refused.append(RefusedOffer(key=entry.key, reason=Reason.CONDITION_NOT_MET, shortfalls=short))
        else:
            refused.append(entry.absent)
    return refused
