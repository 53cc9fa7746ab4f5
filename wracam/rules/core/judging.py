"""The Python interpreter: a condition compiled into nested functions of facts and clock.

Truth is three-valued. A fact that is absent, None, an empty text or of a wrong type is unknown; a comparison with it is
unknown; `all`, `any` and `none` combine unknowns as Kleene does (and as SQL does with NULL).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from wracam.kernel.money import Money
from wracam.rules.contracts import Attribute, Facts, LeafVerdict, Truth, ValueType, Verdict
from wracam.rules.core import comparing
from wracam.rules.core.calendar import Clock
from wracam.rules.core.conditions import Aggregate, Group, Node, Quantified, Test, leaves

Judge = Callable[[Facts, Clock], Truth]
_WRONG_TYPE = (TypeError, AttributeError, ValueError, ArithmeticError)


class Compiled:
    """A condition ready to be judged many times. Immutable; keep it for as long as the version it came from."""

    __slots__ = ("_judge", "needs", "node")

    def __init__(self, node: Node, needed: Iterable[str]) -> None:
        self.node = node
        self.needs = frozenset(needed)
        """The names of the facts it reads."""
        self._judge = _compile(node)

    def truth(self, facts: Facts, now: datetime, zone: tzinfo) -> Truth:
        """Say whether the condition holds: True, False, or None when it cannot be known."""
        return self._judge(facts, Clock(now, zone))

    def judge(self, facts: Facts, now: datetime, zone: tzinfo) -> Verdict:
        """Like `truth`, with every leaf's answer at hand."""
        clock = Clock(now, zone)
        return Verdict(self._judge(facts, clock), lambda: _leaf_verdicts(self.node, facts, clock))


def _compile(node: Node) -> Judge:
    if isinstance(node, Group):
        return _GROUPS[node.kind]([_compile(member) for member in node.members])
    if isinstance(node, Test):
        return _tested(node)
    if isinstance(node, Aggregate):
        return _aggregated(node)
    return _quantified(node)


def _all(judges: Sequence[Judge]) -> Judge:
    if len(judges) == 1:
        return judges[0]

    def judge(facts: Facts, clock: Clock) -> Truth:
        unknown = False
        for each in judges:
            truth = each(facts, clock)
            if truth is False:
                return False
            if truth is None:
                unknown = True
        return None if unknown else True

    return judge


def _any(judges: Sequence[Judge]) -> Judge:
    if len(judges) == 1:
        return judges[0]

    def judge(facts: Facts, clock: Clock) -> Truth:
        unknown = False
        for each in judges:
            truth = each(facts, clock)
            if truth:
                return True
            if truth is None:
                unknown = True
        return None if unknown else False

    return judge


def _none(judges: Sequence[Judge]) -> Judge:
    some = _any(judges)

    def judge(facts: Facts, clock: Clock) -> Truth:
        truth = some(facts, clock)
        return None if truth is None else not truth

    return judge


_GROUPS: dict[str, Callable[[Sequence[Judge]], Judge]] = {"all": _all, "any": _any, "none": _none}


def _tested(node: Test) -> Judge:
    name = node.attribute.name
    if name == "clock.now":
        return _judged(lambda _facts, clock: clock.now, node)
    return _judged(lambda facts, _clock: facts.get(name), node) if _is_existence(node) else _plain(name, node)


def _plain(name: str, node: Test) -> Judge:
    """The common leaf, with the reading of the fact inlined: this is the hot path."""
    compare = comparing.comparison(node.attribute.type, node.operator.name, node.value)
    may_be_empty = node.attribute.type in (ValueType.TEXT, ValueType.CHOICE)

    def judge(facts: Facts, clock: Clock) -> Truth:
        value = facts.get(name)
        if value is None or (may_be_empty and value == ""):
            return None
        try:
            return compare(value, clock)
        except _WRONG_TYPE:
            return None

    return judge


def _judged(measure: Callable[[Facts, Clock], Any], node: Test | Aggregate) -> Judge:
    """A leaf over any measured value; existence operators see unknowns too."""
    if _is_existence(node):
        wanted = node.operator.name == "is_known"
        return lambda facts, clock: _is_known(measure(facts, clock)) is wanted
    kind = node.attribute.type if isinstance(node, Test) else node.result.type
    compare = comparing.comparison(kind, node.operator.name, node.value)

    def judge(facts: Facts, clock: Clock) -> Truth:
        value = measure(facts, clock)
        if not _is_known(value):
            return None
        try:
            return compare(value, clock)
        except _WRONG_TYPE:
            return None

    return judge


def _is_existence(node: Test | Aggregate) -> bool:
    return node.operator.name in ("is_known", "is_unknown")


def _is_known(value: Any) -> bool:
    return value is not None and value != ""


def _aggregated(node: Aggregate) -> Judge:
    return _judged(_measure(node), node)


def _measure(node: Aggregate) -> Callable[[Facts, Clock], Any]:
    """The aggregated figure: given with the facts under its key, else worked out from the items given."""
    key, name = node.result.name, node.collection.name
    selected = _selection(node)
    figure = _FIGURES[node.how]
    field = node.field

    def measure(facts: Facts, clock: Clock) -> Any:
        if key in facts:
            return facts[key]
        items = facts.get(name)
        return None if items is None else figure(field, [item for item in items if selected(item, clock)])

    return measure


def _selection(node: Aggregate) -> Callable[[Facts, Clock], bool]:
    where = _compile(node.where) if node.where else None
    moment, within_days = node.collection.moment, node.within_days

    def selected(item: Facts, clock: Clock) -> bool:
        if within_days is not None and not comparing.is_within_days(item.get(moment or ""), clock, within_days):
            return False
        return where is None or where(item, clock) is True

    return selected


def _known_values(field: Attribute | None, items: Iterable[Facts]) -> list[Any]:
    name = field.name if field else ""
    return [value for item in items if (value := item.get(name)) is not None]


def _sum(field: Attribute | None, items: Iterable[Facts]) -> Any:
    values = _known_values(field, items)
    if field is None or field.type is not ValueType.MONEY:
        return sum(values)
    currencies = {value.currency for value in values}
    if len(currencies) > 1:
        return None
    return Money(sum(value.amount_minor for value in values), currencies.pop() if currencies else comparing.NO_CURRENCY)


def _extreme(pick: Callable[[Any], Any]) -> Callable[[Attribute | None, Iterable[Facts]], Any]:
    def extreme(field: Attribute | None, items: Iterable[Facts]) -> Any:
        values = _known_values(field, items)
        if not values or len({value.currency for value in values if isinstance(value, Money)}) > 1:
            return None
        return pick(values)

    return extreme


_FIGURES: dict[str, Callable[[Attribute | None, list[Facts]], Any]] = {
    "count": lambda _field, items: len(items),
    "sum": _sum,
    "highest": _extreme(max),
    "lowest": _extreme(min),
    "latest": _extreme(max),
    "earliest": _extreme(min),
}


def _quantified(node: Quantified) -> Judge:
    where, name, how = _compile(node.where), node.collection.name, node.how
    decisive = how != "all"
    """The answer of one item that settles the question: one that fails `all`, one that meets `any` or `none`."""

    def judge(facts: Facts, clock: Clock) -> Truth:
        items = facts.get(name)
        if items is None:
            return None
        unknown = False
        for item in items:
            truth = where(item, clock)
            if truth is decisive:
                return how == "any"
            if truth is None:
                unknown = True
        return None if unknown else how != "any"

    return judge


def _leaf_verdicts(node: Node, facts: Facts, clock: Clock) -> tuple[LeafVerdict, ...]:
    return tuple(_leaf_verdict(leaf, facts, clock) for leaf in leaves(node))


def _leaf_verdict(leaf: Test | Aggregate | Quantified, facts: Facts, clock: Clock) -> LeafVerdict:
    truth = _compile(leaf)(facts, clock)
    if isinstance(leaf, Test):
        measured = clock.now if leaf.attribute.name == "clock.now" else facts.get(leaf.attribute.name)
        name, operator = leaf.attribute.name, leaf.operator.name
    elif isinstance(leaf, Aggregate):
        measured, name, operator = _measure(leaf)(facts, clock), leaf.collection.name, leaf.operator.name
    else:
        measured, name, operator = _matching_items(leaf, facts, clock), leaf.collection.name, leaf.how
    return LeafVerdict(
        path=leaf.path,
        name=name,
        operator=operator,
        required=_required(leaf),
        measured=measured if _is_known(measured) else None,
        truth=truth,
        leaf=leaf.leaf,
    )


def _matching_items(leaf: Quantified, facts: Facts, clock: Clock) -> int | None:
    """How many items meet the condition: what a quantifier measures."""
    items = facts.get(leaf.collection.name)
    where = _compile(leaf.where)
    return None if items is None else sum(where(item, clock) is True for item in items)


def _required(leaf: Test | Aggregate | Quantified) -> Any:
    if isinstance(leaf, Quantified):
        return None
    inner = leaf.leaf.get("lines")
    return inner.get("value") if isinstance(inner, Mapping) else leaf.leaf.get("value")
