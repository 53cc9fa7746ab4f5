"""What events give: orders, amounts, and everything else that happens, under the rules of a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tools.cases.loyalty.orders import CaseLine, amount_of, order_of
from tools.cases.loyalty.rules import ABOUT_WHOM, CaseRule, Occurrence, read
from tools.cases.loyalty.words import CURRENCY, NOW, Said, events
from tools.cases.report import Case, NotUnderstoodError
from wracam.kernel.money import to_minor
from wracam.loyalty.contracts import Decision, Outcome
from wracam.loyalty.core import earning
from wracam.loyalty.core.caps import period_key
from wracam.loyalty.core.program import Rounding
from wracam.loyalty.core.rule import Cap, CapPeriod, EarningRule

BUDGET = "(everybody)"
ROUNDINGS = {
    **dict.fromkeys(("floor", "down", "truncate"), Rounding.DOWN),
    **dict.fromkeys(("round", "half_up", "half up", "nearest"), Rounding.HALF_UP),
    **dict.fromkeys(("ceil", "up", "ceiling"), Rounding.UP),
}


@dataclass(slots=True)
class Earner:
    """A programme's rules, and what its limits have counted so far."""

    rules: Sequence[CaseRule]
    rounding: Rounding
    used: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Points by rule, period and member; the programme's own budgets are those of everybody."""

    def decide(self, one: Occurrence) -> Decision:
        """Decide what an occurrence gives, and count it towards limits."""
        asked = [found for rule in self.rules if (found := rule.asked(one)) is not None]
        local = one.happening.local
        decision = earning.decide(one.happening, asked, self.rounding, lambda rule, cap: self._left(rule, cap, one))
        for outcome in decision.trace:
            for per in CapPeriod:
                if per is not CapPeriod.EVENT:
                    for member in {one.member, BUDGET}:
                        self.used[outcome.rule, period_key(per, local), member] += outcome.points
        return decision

    def _left(self, rule: EarningRule, cap: Cap, one: Occurrence) -> int:
        if cap.per is CapPeriod.EVENT:
            return cap.points
        period = period_key(cap.per, one.happening.local)
        return cap.points - self.used[rule.key, period, BUDGET if cap.is_budget else one.member]


def answers(case: Case) -> dict[str, object]:
    """Return the points that the events of a case give in all, by rule, and the factor that multiplied them."""
    program = Said("program", case.get("program", {}))
    happened = events(case)
    earner = earner_of(program, has_bare_amount=any(one.has("basis_minor", "basis") for one in happened))
    program.finish()
    total, by_rule, multiplier, seen = 0, Counter[str](), Fraction(1), set()
    for said in happened:
        key = said.take("id", "key", "idempotency_key")
        one = occurrence_of(said)
        said.finish()
        if one is None or (key is not None and key in seen):
            continue
        seen.add(key)
        decision = earner.decide(one)
        total += decision.points()
        multiplier *= _factor(decision, earner.rules)
        by_rule.update({one.rule.partition(":")[2]: one.points for one in decision.trace if one.points})
    return {
        "points": total, "earned": total, "total": total, "multiplier": multiplier,
        "breakdown": dict(by_rule), "by_rule": dict(by_rule),
    }  # fmt: skip


def earner_of(program: Said, *, has_bare_amount: bool) -> Earner:
    """Read rules and rounding. Unsaid, an engine that counts bare minor units rounds down, one with lines half up."""
    said = program.take("rounding", "round", default="floor" if has_bare_amount else "round")
    if str(said) not in ROUNDINGS:
        raise NotUnderstoodError(f"program: the rounding {said!r}")
    found = [read(rule, index) for index, rule in enumerate(program.items("rules", "earning_rules"))]
    return Earner([rule for rule in found if rule is not None], ROUNDINGS[str(said)])


def occurrence_of(said: Said) -> Occurrence | None:
    """Read an event; None for a payment by wallet or gift card, which is a means of payment and changes nothing."""
    at = said.moment("at", "date", "on") or NOW
    about = {name: str(said.take(name)) for name in ABOUT_WHOM if name in said}
    name = str(said.take("event", "action", "name", default=""))
    lines = _lines_of(said)
    if lines is None and not name:
        if said.has("pay_with_wallet", "pay_with_gift_card", "paid_with_wallet"):
            said.take("pay_with_wallet", "pay_with_gift_card", "paid_with_wallet")
            return None
        raise NotUnderstoodError("event: neither an order, an amount nor a name")
    happening = earning.Happening(local=at, lines=tuple(one.line for one in lines or ()), currency=CURRENCY)
    member = str(said.take("member", "customer", "customer_id", default=""))
    return Occurrence(happening, name, tuple(lines or ()), about, has_order=lines is not None, member=member)


def _lines_of(said: Said) -> list[CaseLine] | None:
    if said.has("order", "transaction", "purchase"):
        return order_of(said.take("order", "transaction", "purchase"))
    if said.has("basis_minor", "amount_minor", "order_minor"):
        return amount_of(said.whole("basis_minor", "amount_minor", "order_minor"))
    if said.has("basis", "amount", "order_total"):
        value: Any = said.take("basis", "amount", "order_total")
        return amount_of(to_minor(str(value), CURRENCY))
    return None


def _factor(decision: Decision, rules: Sequence[CaseRule]) -> Fraction:
    factors = {one.rule.key: one.rule.give.factor for one in rules}
    counted = (Outcome.APPLIED, Outcome.BELOW_ONE_POINT, Outcome.CAP_REACHED)
    product = Fraction(1)
    for outcome in decision.trace:
        product *= factors.get(outcome.rule, Fraction(1)) if outcome.outcome in counted else 1
    return product
