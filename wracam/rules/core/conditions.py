"""Reading conditions: from JSON to a tree that is known to be sound, or to the list of everything wrong with it."""

from __future__ import annotations

import json
from collections.abc import Collection as AnyOf
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wracam.definitions.contracts import Problem
from wracam.kernel.language import Words
from wracam.rules.contracts import Attribute, Collection, Condition, Subject, ValueType, Vocabulary
from wracam.rules.core.operators import AGGREGATED_TYPES, AGGREGATES, OPERATORS, QUANTIFIERS, Operator
from wracam.rules.core.values import UNITS, BadValueError, read_value

DEPTH_MAX = 8
LEAVES_MAX = 200
GROUPS = ("all", "any", "none")
LINES = "lines"
"""The collection of the lines of an order or cart, which leaves address as `{"lines": …}`."""
_ATTRIBUTE_KEYS = {"attribute", "is", "value"}
_WHERE_KEYS = {"where", "within_days", "of", "is", "value"}
_LINES_KEYS = {"is", "value", "where"}


@dataclass(frozen=True, slots=True)
class Group:
    """`all`, `any` or `none` of its members."""

    kind: str
    members: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """One attribute compared with one value, as `read_value` returns it."""

    path: str
    leaf: Condition
    attribute: Attribute
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A count, sum, extreme over the items of a collection that meet `where`, compared with a value.

    `result` stands for the aggregated figure as if it were an attribute; its name is the key under which
    `customer_facts` answers it.
    """

    path: str
    leaf: Condition
    how: str
    collection: Collection
    field: Attribute | None
    where: Node | None
    within_days: int | None
    result: Attribute
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class Quantified:
    """`any`, `all` or `none` of the items of a collection meet `where`."""

    path: str
    leaf: Condition
    how: str
    collection: Collection
    where: Node


Node = Group | Test | Aggregate | Quantified


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree of a sound condition, or the problems of another."""

    node: Node | None
    problems: tuple[Problem, ...]


def parse(condition: Any, vocabulary: Vocabulary, subjects: AnyOf[str] | None = None) -> Parsed:
    """Read a condition about *subjects* (None: about anything known). Never raises, whatever the JSON."""
    reader = _Reader(vocabulary, None if subjects is None else frozenset(subjects) | {Subject.CLOCK})
    node = reader.condition(condition, "", 0)
    if reader.leaves > LEAVES_MAX:
        reader.problem(
            "", "condition.too_long", f"Najwyżej {LEAVES_MAX} warunków naraz.", f"At most {LEAVES_MAX} leaves at once."
        )
    return Parsed(None if reader.problems else node, tuple(reader.problems))


def leaves(node: Node) -> Iterator[Test | Aggregate | Quantified]:
    """Yield the leaves of a tree in the order written; conditions inside counting leaves are part of theirs."""
    if isinstance(node, Group):
        for member in node.members:
            yield from leaves(member)
    else:
        yield node


def needs(node: Node) -> Iterator[str]:
    """Yield the names of the facts that judging the tree reads."""
    for leaf in leaves(node):
        if isinstance(leaf, Test):
            yield leaf.attribute.name
        elif isinstance(leaf, Aggregate) and leaf.collection.source is not None:
            yield leaf.result.name
        else:
            yield leaf.collection.name


class _Reader:
    def __init__(self, vocabulary: Vocabulary, subjects: frozenset[str] | None) -> None:
        self.vocabulary = vocabulary
        self.subjects = subjects
        self.problems: list[Problem] = []
        self.leaves = 0

    def problem(self, path: str, code: str, pl: str, en: str) -> None:
        self.problems.append(Problem(path=path, code=code, message=Words(pl=pl, en=en)))

    def condition(self, raw: Any, path: str, depth: int) -> Node | None:
        if not isinstance(raw, Mapping):
            self.problem(
                path, "condition.not_an_object", "Warunek musi być obiektem.", "A condition must be an object."
            )
        elif depth > DEPTH_MAX:
            self.problem(
                path, "condition.too_deep", "Warunki są zbyt głęboko zagnieżdżone.", "The conditions nest too deep."
            )
        elif not raw:
            return Group("all", ())
        elif len(raw) == 1 and next(iter(raw)) in GROUPS:
            return self._group(next(iter(raw)), raw, path, depth)
        else:
            self.leaves += 1
            return self._leaf(raw, path, depth)
        return None

    def _group(self, kind: str, raw: Condition, path: str, depth: int) -> Node | None:
        members = raw[kind]
        where = f"{path}.{kind}" if path else kind
        if not isinstance(members, list | tuple):
            self.problem(where, "group.not_a_list", "Podaj listę warunków.", "Give a list of conditions.")
            return None
        if not members and (kind != "all" or depth > 0):
            self.problem(where, "group.empty", "Ta grupa jest pusta; dodaj warunek.", "This group is empty; add to it.")
        found = [self.condition(member, f"{where}[{index}]", depth + 1) for index, member in enumerate(members)]
        return Group(kind, tuple(member for member in found if member is not None))

    def _leaf(self, raw: Condition, path: str, depth: int) -> Node | None:
        if "attribute" in raw:
            return self._test(raw, path)
        if LINES in raw:
            return self._lines(raw, path, depth)
        how = next((name for name in AGGREGATES if name in raw), None)
        if how is None:
            self.problem(
                path,
                "leaf.unknown",
                "Warunek zaczyna się od attribute, count, sum, highest, lowest, latest, earliest lub lines.",
                "A leaf has attribute, count, sum, highest, lowest, latest, earliest or lines.",
            )
            return None
        self._only(raw, _WHERE_KEYS | {how}, path)
        return self._aggregate(raw, path, depth, how=how, named=raw[how], of=raw.get("of"), where=raw.get("where"))

    def _lines(self, raw: Condition, path: str, depth: int) -> Node | None:
        asked = raw[LINES]
        how = next(iter(asked)) if isinstance(asked, Mapping) and asked else None
        inner = f"{path}.{LINES}" if path else LINES
        if how in QUANTIFIERS:
            self._only(raw, {LINES}, path)
            collection = self._collection(LINES, path)
            where = self._where(asked[how], f"{inner}.{how}", depth, collection)
            return Quantified(path, raw, how, collection, where) if collection and where else None
        if how is not None and "count" in asked:
            self._only(asked, {"count"} | _LINES_KEYS, inner)
            flat = {**asked, "where": asked["count"] or asked.get("where")}
            return self._aggregate(flat, path, depth, how="count", named=LINES, of=None, where=flat["where"], leaf=raw)
        how = next((name for name in AGGREGATED_TYPES if isinstance(asked, Mapping) and name in asked), None)
        if how is None:
            self.problem(
                inner,
                "lines.unknown",
                "Podaj any, all, none, count, sum, highest lub lowest.",
                "Give any, all, none, count, sum, highest or lowest.",
            )
            return None
        self._only(asked, {how} | _LINES_KEYS, inner)
        return self._aggregate(
            asked, path, depth, how=how, named=LINES, of=asked[how], where=asked.get("where"), leaf=raw
        )

    def _test(self, raw: Condition, path: str) -> Node | None:
        self._only(raw, _ATTRIBUTE_KEYS, path)
        attribute = self._attribute(raw["attribute"], path)
        if attribute is None:
            return None
        return self._compared(raw, path, attribute, lambda operator, value: Test(path, raw, attribute, operator, value))

    def _aggregate(
        self,
        raw: Condition,
        path: str,
        depth: int,
        *,
        how: str,
        named: Any,
        of: Any,
        where: Any,
        leaf: Condition | None = None,
    ) -> Node | None:
        collection = self._collection(named, path)
        if collection is None:
            return None
        field = self._field(how, collection, of, path)
        within_days = self._within(raw.get("within_days"), collection, path)
        condition = None if where in (None, {}) else self._where(where, _join(path, "where"), depth, collection)
        if how != "count" and field is None:
            return None
        result = _result(how, collection, field, where, within_days)
        return self._compared(
            raw,
            path,
            result,
            lambda operator, value: Aggregate(
                path, leaf or raw, how, collection, field, condition, within_days, result, operator, value
            ),
        )

    def _compared(self, raw: Condition, path: str, attribute: Attribute, build: Any) -> Node | None:
        asked = raw.get("is")
        operator = OPERATORS.get(asked) if isinstance(asked, str) else None
        if operator is None or attribute.type not in operator.types:
            known = ", ".join(name for name, item in OPERATORS.items() if attribute.type in item.types)
            self.problem(_join(path, "is"), "operator.unknown", f"Wybierz jedno z: {known}.", f"Use one of: {known}.")
            return None
        try:
            value = read_value(attribute, operator, raw.get("value"))
        except BadValueError as error:
            self.problems.append(Problem(path=_join(path, "value"), code=error.code, message=error.message))
            return None
        node: Node = build(operator, value)
        return node

    def _attribute(self, name: Any, path: str) -> Attribute | None:
        attribute = self.vocabulary.attributes.get(name) if isinstance(name, str) else None
        where = _join(path, "attribute")
        if attribute is None:
            self.problem(where, "attribute.unknown", f"Nie ma atrybutu {name!r}.", f"There is no attribute {name!r}.")
            return None
        if self.subjects is not None and attribute.subject not in self.subjects:
            self.problem(
                where,
                "attribute.elsewhere",
                f"Atrybutu {name} nie można tu użyć.",
                f"The attribute {name} cannot be used here.",
            )
            return None
        return attribute

    def _collection(self, name: Any, path: str) -> Collection | None:
        collection = self.vocabulary.collections.get(name) if isinstance(name, str) else None
        if collection is None:
            self.problem(path, "collection.unknown", f"Nie ma zbioru {name!r}.", f"There is no collection {name!r}.")
            return None
        if self.subjects is not None and not self.subjects.intersection(collection.subjects):
            self.problem(
                path,
                "collection.elsewhere",
                f"Zbioru {name} nie można tu użyć.",
                f"The collection {name} cannot be used here.",
            )
            return None
        return collection

    def _field(self, how: str, collection: Collection, of: Any, path: str) -> Attribute | None:
        if how == "count":
            if of is not None:
                self.problem(_join(path, "of"), "field.unexpected", "Liczba nie ma pola.", "A count has no field.")
            return None
        field = collection.field(of) if isinstance(of, str) else None
        if field is None or field.type not in AGGREGATED_TYPES[how]:
            known = ", ".join(item.name for item in collection.fields if item.type in AGGREGATED_TYPES[how])
            self.problem(_join(path, "of"), "field.unknown", f"Wybierz jedno z: {known}.", f"Use one of: {known}.")
            return None
        return field

    def _within(self, days: Any, collection: Collection, path: str) -> int | None:
        if days is None:
            return None
        where = _join(path, "within_days")
        if collection.moment is None:
            self.problem(where, "within.undated", "Ten zbiór nie ma dat.", "Items of this collection have no dates.")
        elif type(days) is not int or not 0 <= days <= UNITS["days"]:
            most = UNITS["days"]
            self.problem(where, "within.days", f"Podaj liczbę od 0 do {most}.", f"Give a number from 0 to {most}.")
        else:
            return days
        return None

    def _where(self, raw: Any, path: str, depth: int, collection: Collection | None) -> Node | None:
        """Read a condition over the items of a collection: their own fields and the clock, no deeper collections."""
        if collection is None:
            return None
        outer, self.subjects = self.subjects, frozenset({collection.item, Subject.CLOCK})
        try:
            return self.condition(raw, path, depth + 1)
        finally:
            self.subjects = outer

    def _only(self, raw: Mapping[str, Any], known: set[str], path: str) -> None:
        for key in raw:
            if key not in known:
                self.problem(
                    _join(path, str(key)), "key.unknown", "Tego pola tu nie ma.", "There is no such field here."
                )


def _result(
    how: str, collection: Collection, field: Attribute | None, where: Any, within_days: int | None
) -> Attribute:
    """Describe the aggregated figure as an attribute, named by the question it answers."""
    question = {how: collection.name, "of": field and field.name, "where": where or None, "within_days": within_days}
    asked = {key: value for key, value in question.items() if value is not None}
    return Attribute(
        name=json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str),
        subject=Subject.CUSTOMER,
        type=ValueType.NUMBER if field is None else field.type,
        title=collection.title if field is None else field.title,
        noun=collection.noun if field is None else field.noun,
    )


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
