"""The policy that a case names, as our settings: what its sentences ask for, and which of them nobody knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tools.cases.promotion.saying import Said, flag
from tools.cases.report import Case, NotUnderstoodError
from wracam.promotions.contracts import (
    Combination,
    PercentBase,
    PerProduct,
    Policy,
    Remainder,
    Rounding,
    RoundingMode,
    TaxRounding,
)
from wracam.promotions.core.offers import Pick


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a policy says that our engine has as a setting of each effect."""

    limit_pick: Pick = Pick.DEAREST
    get_pick: Pick = Pick.DEAREST
    group_pick: Pick = Pick.DEAREST
    set_pick: Pick = Pick.DEAREST
    is_once: bool = False
    are_caps_gross: bool = False
    are_amounts_gross: bool = False
    is_strict_order: bool = False
    """Each promotion works wholly before the next, whatever it is on."""
    is_budget_whole: bool = False


@dataclass(slots=True)
class Named:
    """What a case's policy comes to; what is said first counts. `unknown` are its sentences that matched nothing."""

    settings: dict[str, Any] = field(default_factory=dict)
    habits: dict[str, Any] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


Setting = tuple[str, dict[str, Any], dict[str, Any]]
PRIORITY = {"combination": Combination.PRIORITY}
RULES: tuple[Setting, ...] = (
    # What a percentage is taken of.
    (r"(price )?bands?\b", {}, {}),
    (r"(percent|action|coupon|discount|comput|calculat|taken|second).*\b(original|initial|undiscounted|list|full|base)\b",
     {"percent_base": PercentBase.ORIGINAL}, {}),
    (r"(running|reduced|discounted|remaining|what is left)\b.*(amount|price|total)|compound|of the rest",
     {"percent_base": PercentBase.RUNNING}, {}),
    # Who gets the odd cents.
    (r"(first|earliest) lines?\b.*\b(rest|odd|remainder|difference)|odd cents?.*first",
     {"remainder": Remainder.FIRST}, {}),
    (r"(last|final) lines?\b.*\b(rest|odd|remainder|difference)|odd cents?.*last", {"remainder": Remainder.LAST}, {}),
    (r"remainder\b.*\b(first|earliest)", {"remainder": Remainder.FIRST}, {}),
    (r"remainder\b.*\b(last|final)", {"remainder": Remainder.LAST}, {}),
    (r"remainder|largest fraction|hamilton|prorat|split .*proportion", {}, {}),
    # Rounding.
    (r"round\w*.*\bper (unit|item|piece)|per[ -](unit|item|piece) round|(unit|item) price\w* (is|are)? ?round",
     {"rounding": Rounding.UNIT}, {}),
    (r"round\w*.*\bper line|per[ -]line round|line by line", {"rounding": Rounding.LINE}, {}),
    (r"price\w* (is |are )?(round\w* )?half up|round\w* the resulting price half up|discount\w* (is |are )?(round\w* )?"
     r"half down", {"rounding_mode": RoundingMode.HALF_DOWN}, {}),
    (r"discount\w* (is |are )?(round\w* )?half up|price\w* (is |are )?(round\w* )?half down|^round\w* half up",
     {"rounding_mode": RoundingMode.HALF_UP}, {}),
    (r"half[ -](to )?even|banker", {"rounding_mode": RoundingMode.HALF_EVEN}, {}),
    (r"discount\w* (is |are )?(always )?(round\w* down|floor\w*|truncat\w*)|round\w* (the )?discount\w* down|truncat",
     {"rounding_mode": RoundingMode.DOWN}, {}),
    (r"discount\w* (is |are )?(always )?(round\w* up|ceil\w*)|round\w* (the )?discount\w* up|price\w* .*(floor|round\w*"
     r" down)", {"rounding_mode": RoundingMode.UP}, {}),
    # Tax.
    (r"\b(tax|taxes|net|vat|gross)\b.*\b(per|of each|each) (unit|item|piece)", {"tax_rounding": TaxRounding.UNIT}, {}),
    (r"\b(tax|taxes|net|vat|gross)\b.*\b(per|of each|each) line", {"tax_rounding": TaxRounding.LINE}, {}),
    (r"\b(tax|net|vat)\b.*\bper rate", {"tax_rounding": TaxRounding.RATE}, {}),
    (r"cap\b.*(incl\w* tax|tax incl\w*|gross)|maximum.*(incl\w* tax|gross)", {}, {"are_caps_gross": True}),
    (r"amount\b.*(incl\w* tax|tax incl\w*|gross)", {}, {"are_amounts_gross": True}),
    # Which promotions, and in which order.
    (r"(promotions?|conditions?|discounts?) (run|appl\w+|work|are tested|are applied|are evaluated)\b.*\b"
     r"(order|one after another|running|in turn|sequen)", PRIORITY, {}),
    (r"requested order|strict order|order (of|in) the request|one after another on|order of (entry|application)",
     PRIORITY, {"is_strict_order": True}),
    (r"lanes? run|lane after lane|phases? (run|one after)", PRIORITY, {}),
    (r"exclusive\b.*\b(first|wins|regardless|even|before|whatever|lower)", PRIORITY | {"is_exclusive_first": True}, {}),
    (r"best (discount|adjustment|promotion|one)? ?(per|on each|of each|for each) (item|line|product)|"
     r"one (promotion|discount|incentive|offer)\b.*\b(item|line|product|unit)s?\b.*\b(best|most|largest|highest)",
     PRIORITY | {"per_product": PerProduct.BEST}, {}),
    (r"one (promotion|discount|incentive|offer) (per|on|for|can affect|may affect|applies to|of) .*"
     r"(item|line|product|unit)|single application|(item|line|product|unit)s? "
     r"(takes?|can take|may take|is used|can be used|serves?|belongs?)\b"
     r".*\bone (promotion|offer|discount|incentive)|consumed .*not available",
     PRIORITY | {"per_product": PerProduct.FIRST}, {}),
    (r"\bpriorit|higher priority|wins over an exclusion|first in order|first match|by sort order", PRIORITY, {}),
    (r"condition\w*.*(running|already reduced|after (the )?(others|previous)|discounted)",
     PRIORITY | {"is_condition_on_running_total": True}, {}),
    (r"best[ -](price|deal|combination|discount)|lowest price wins|customer'?s? (best|favou?r)",
     {"combination": Combination.BEST}, {}),
    # Which units.
    (r"(unit limit|limit).*(most expensive|dearest)|(most expensive|dearest).*first", {}, {"limit_pick": Pick.DEAREST}),
    (r"(unit limit|limit|affected|reduced).*cheapest|cheapest.*first", {},
     {"limit_pick": Pick.CHEAPEST, "set_pick": Pick.CHEAPEST}),
    (r"(free|discounted|get|target) (units|items|ones).*(dearest|most expensive)", {}, {"get_pick": Pick.DEAREST}),
    (r"(free|discounted|get|target) (units|items|ones).*cheapest|cheapest (target|free|get)", {},
     {"get_pick": Pick.CHEAPEST, "group_pick": Pick.CHEAPEST}),
    (r"cheapest .*(of all|whole cart|in the cart|overall|of the (cart|basket|range))", {},
     {"group_pick": Pick.CHEAPEST}),
    (r"cheapest (unit|item|product)s? .*set|sets? .*cheapest", {}, {"set_pick": Pick.CHEAPEST}),
    (r"applied once|once per (promotion|cart|order)|does not repeat|not repeated|single time|only once", {},
     {"is_once": True}),
    (r"budget\b.*\b(whole|all or nothing|refused|nothing)", {}, {"is_budget_whole": True}),
    # What we do in any case.
    (r"minimum price|price floor|unused discount moves|floors?\b", {}, {}),
    (r"surcharges?|fees?\b.*(not|never|un)|gift cards? (pay|are payment)|payment,? not (a )?discount", {}, {}),
    (r"universal|no unit is used twice|never (below|negative)|only promotions that hold|consum", {}, {}),
    (r"search must find|best possible|must find", {}, {}),
    (r"case[- ]insensitive|merged? lines|line split", {}, {}),
)  # fmt: skip
CHOICES: dict[str, Any] = {
    "combination": Combination, "percent_base": PercentBase, "rounding": Rounding, "rounding_mode": RoundingMode,
    "remainder": Remainder, "tax_rounding": TaxRounding, "per_product": PerProduct,
}  # fmt: skip
WHOLE_NUMBERS = {"promotions_max"}
FLAGS = {
    "exclusive_first": "is_exclusive_first",
    "conditions_on_running_total": "is_condition_on_running_total",
}
SWITCHES = {
    "sequential": ({"percent_base": PercentBase.RUNNING}, {"percent_base": PercentBase.ORIGINAL}),
}


def named_by(case: Case) -> Named:
    """Read `portable` ("universal" or "policy: …") and, where it is said apart, `policy`."""
    named = Named()
    for said in (case.get("portable"), case.get("policy")):
        if isinstance(said, Mapping):
            _from_settings(said, named)
        elif said is not None and not isinstance(said, bool):
            for sentence in _sentences(str(said)):
                _from_sentence(sentence, named)
    return named


def _sentences(text: str) -> list[str]:
    """What stands in brackets explains; what stands between semicolons is one thing each."""
    bare = re.sub(r"\([^()]*\)", "", text.lower())
    parts = re.split(r"[;.]\s+|[;.]$|\bpolicy\s*:", bare)
    return [part for one in parts if (part := one.strip(" ,.;:")) and part != "universal"]


NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
SETS_A_NUMBER = re.compile(
    r"(?:at most|maximum of|no more than|up to|only) (\d+|one|two|three|four|five) (?:valid )?"
    r"(?:incentives?|promotions?|discounts?|coupons?|offers?) "
    r"(?:(?:is|are|may be|can be) applied|(?:may|can)? ?(?:apply|count|stand)|"
    r"(?:per|in (?:a|an|one|the)) (?:order|cart|request))"
)
"""How many promotions may apply together."""


def _from_sentence(sentence: str, named: Named) -> None:
    number = SETS_A_NUMBER.search(sentence)
    if number:
        named.settings["promotions_max"] = NUMBERS.get(number[1]) or int(number[1])
    matched = [rule for rule in RULES if re.search(rule[0], sentence)]
    if any("bands?" in rule[0] for rule in matched):
        return
    if not matched and not number:
        named.unknown.append(sentence)
    for _, settings, habits in matched:
        named.settings = settings | named.settings
        named.habits = habits | named.habits


def _from_settings(words: Mapping[str, Any], named: Named) -> None:
    said = Said(words, "the policy")
    for name, choices in CHOICES.items():
        if name in said:
            value = str(said.take(name))
            if value not in set(choices):
                raise NotUnderstoodError(f"the policy says {name}: {value!r}")
            named.settings[name] = choices(value)
    for name in WHOLE_NUMBERS:
        if name in said:
            named.settings[name] = int(said.take(name))
    for name, setting in FLAGS.items():
        if name in said:
            named.settings[setting] = flag(said.take(name))
    for name, (on, off) in SWITCHES.items():
        if name in said:
            named.settings |= on if flag(said.take(name)) else off
    said.finish()


def policy_of(named: Named, *, is_ordered: bool, has_exclusive: bool) -> Policy:
    """Return the policy; a case that gives its promotions an order means the merchant's.

    There, a condition on the discounted total looks at what those before have left.
    """
    policy = replace(Policy(), **named.settings)
    if "combination" not in named.settings and is_ordered:
        policy = replace(policy, combination=Combination.PRIORITY)
        if has_exclusive and "is_exclusive_first" not in named.settings:
            policy = replace(policy, is_exclusive_first=True)
    if policy.combination is Combination.PRIORITY:
        policy = replace(policy, is_condition_on_running_total=True)
    return policy


def habits_of(named: Named) -> Habits:
    """Return the habits; where a product takes only one promotion, all must meet in one phase for it to be told."""
    is_one_only = named.settings.get("per_product", PerProduct.ALL) is not PerProduct.ALL
    return replace(
        Habits(**named.habits), is_strict_order=named.habits.get("is_strict_order", False) and not is_one_only
    )
