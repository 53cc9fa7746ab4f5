"""What must be passed before promotions may apply, laid out once for many visits.

Most gates ask one thing only: whom a promotion is for, or a condition of the cart, often the same as others do, or a
code. Those are answered together: one question, and everything that its "no" refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wracam.promotions.contracts import Reason, Standing
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.explaining import Judged
from wracam.rules import queries as rules
from wracam.rules.queries import CompiledCondition

NOT_YOURS = Judged(standing=Standing(reason=Reason.NOT_YOURS))
NOT_MET = Judged(standing=Standing(reason=Reason.CONDITION_NOT_MET))
CODE_REQUIRED = Judged(standing=Standing(reason=Reason.CODE_REQUIRED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What must be passed before a promotion may apply, with its conditions compiled."""

    promotion: Promotion
    audience: CompiledCondition | None
    condition: CompiledCondition | None
    asks: bool
    """Whether anything is asked of every visit; else only counters can close it."""
    asks_for_code: bool
    """Whether a code is the first thing that it asks for."""

    @property
    def needs(self) -> frozenset[str]:
        """The names of the facts that its conditions read."""
        return frozenset(name for ready in (self.audience, self.condition) if ready for name in ready.needs)

    @property
    def only_question(self) -> tuple[CompiledCondition, Judged] | None:
        """The one condition that it asks, and what its "no" means; None for a gate that asks nothing or more."""
        if self.promotion.channels or self.promotion.campaigns or (self.audience and self.condition):
            return None
        if self.audience:
            return self.audience, NOT_YOURS
        return (self.condition, NOT_MET) if self.condition else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A condition that closes some gates, with what is said of each promotion behind them."""

    condition: CompiledCondition
    refusals: Mapping[str, Judged]


class Gates:
    """The gates of a shop: `questions` answer most of them, `coded` stay closed without a code, `others` ask more."""

    __slots__ = ("all", "by_key", "code_refusals", "coded", "others", "questions")

    def __init__(self, promotions: Iterable[Promotion]) -> None:
        self.all = tuple(_gate(one) for one in promotions if one.is_restricted)
        self.by_key = {gate.promotion.key: gate for gate in self.all}
        self.questions = _questions(self.all)
        self.coded = tuple(gate for gate in self.all if gate.asks_for_code)
        self.code_refusals = dict.fromkeys([gate.promotion.key for gate in self.coded], CODE_REQUIRED)
        self.others = tuple(
            gate for gate in self.all if gate.asks and not gate.asks_for_code and gate.only_question is None
        )

    @property
    def needs(self) -> frozenset[str]:
        """The names of the facts that their conditions read."""
        return frozenset(name for gate in self.all for name in gate.needs)


def _gate(promotion: Promotion) -> Gate:
    return Gate(
        promotion=promotion,
        audience=rules.compiled(promotion.audience) if promotion.audience else None,
        condition=rules.compiled(promotion.condition) if promotion.condition else None,
        asks=bool(promotion.channels or promotion.audience or promotion.campaigns or promotion.condition),
        asks_for_code=bool(promotion.campaigns) and not (promotion.channels or promotion.audience),
    )


def _questions(gates: Iterable[Gate]) -> tuple[Question, ...]:
    found: dict[tuple[int, int], tuple[CompiledCondition, dict[str, Judged]]] = {}
    for gate in gates:
        if (only := gate.only_question) is not None:
            condition, refusal = only
            _, refusals = found.setdefault((id(condition), id(refusal)), (condition, {}))
            refusals[gate.promotion.key] = refusal
    return tuple(Question(condition=condition, refusals=refusals) for condition, refusals in found.values())
