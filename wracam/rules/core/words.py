"""Conditions and their verdicts as sentences, in Polish and in English.

The phrases avoid agreement with the gender of a title, which any feature may bring; numbers agree with the nouns they
count (`co najmniej 3 zakupy`, `co najmniej 5 zakupów`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from wracam.kernel.language import CountedNoun, Language, Words, date_text, moment_text, money_text, number_text
from wracam.kernel.money import Money, to_minor
from wracam.rules.contracts import Attribute, Truth, ValueType
from wracam.rules.core import phrases
from wracam.rules.core.comparing import NO_CURRENCY
from wracam.rules.core.conditions import Aggregate, Group, Node, Quantified, Test

LIST_SHOWN_MAX = 8


class Speaker:
    """Says conditions in one language. `currency` completes amounts that leave theirs open."""

    def __init__(self, language: Language, currency: str | None = None, zone: tzinfo | None = None) -> None:
        self.language = language
        self.currency = currency
        self.zone = zone

    def sentence(self, node: Node) -> str:
        """Say a whole condition, without capital letter and full stop."""
        if isinstance(node, Group):
            return self._group(node)
        if isinstance(node, Test):
            return self._test(node)
        if isinstance(node, Aggregate):
            return self._count(node) if node.how == "count" else self._figure(node)
        return self._quantified(node)

    def truth(self, truth: Truth) -> str:
        """Say yes, no or not known."""
        return phrases.TRUTHS[truth].say(self.language)

    def measured(self, leaf: Test | Aggregate | Quantified, value: Any) -> str:
        """Say what a leaf measured, as people write such a value."""
        if value is None:
            return phrases.UNKNOWN.say(self.language)
        if isinstance(leaf, Quantified) or (isinstance(leaf, Aggregate) and leaf.field is None):
            return leaf.collection.noun.say(value, self.language)
        return self._fact(leaf.attribute if isinstance(leaf, Test) else leaf.result, value)

    def _group(self, node: Group) -> str:
        if not node.members:
            return phrases.ALWAYS.say(self.language)
        if node.kind == "none":
            return self._none(node.members)
        parts = [self._member(member, alone=len(node.members) == 1) for member in node.members]
        return self._joined(parts, phrases.AND if node.kind == "all" else phrases.OR)

    def _none(self, members: Sequence[Node]) -> str:
        if len(members) == 1:
            return f"{phrases.NOT_TRUE.say(self.language)} {self._member(members[0])}"
        return f"{phrases.NONE_OF.say(self.language)}: {'; '.join(self._member(member) for member in members)}"

    def _member(self, node: Node, *, alone: bool = False) -> str:
        said = self.sentence(node)
        return f"({said})" if isinstance(node, Group) and len(node.members) > 1 and not alone else said

    def _test(self, node: Test) -> str:
        attribute, name = node.attribute, node.operator.name
        if attribute.type is ValueType.BOOLEAN and name == "equals":
            return self._boolean(attribute, node.value)
        raw = node.leaf.get("value")
        return self._compared(attribute.title.say(self.language), attribute, name, raw, node.value)

    def _boolean(self, attribute: Attribute, value: bool) -> str:
        said = attribute.yes if value else attribute.no
        if said is not None:
            return said.say(self.language)
        return f"{attribute.title.say(self.language)}: {self.truth(value)}"

    def _compared(self, title: str, attribute: Attribute, name: str, raw: Any, value: Any) -> str:
        pattern = phrases.pattern(attribute.type, name, _count_of(value)).say(self.language)
        return pattern.format(title, *self._values(attribute, name, raw, value))

    def _values(self, attribute: Attribute, name: str, raw: Any, value: Any) -> list[str]:
        if name == "between":
            return [self._scalar(attribute, member) for member in value]
        if name in phrases.LISTS:
            return [self._list([self._scalar(attribute, member) for member in raw], phrases.LISTS[name])]
        if name in phrases.DURATIONS:
            return [self._duration(name, raw)]
        if name == "weekday":
            return [self._list([phrases.ON_WEEKDAY[day].say(self.language) for day in sorted(value)], phrases.OR)]
        if name == "month":
            return [self._list([phrases.IN_MONTH[month - 1].say(self.language) for month in sorted(value)], phrases.OR)]
        if name == "time_of_day":
            return list(raw)
        shown = raw if attribute.type in (ValueType.TEXT, ValueType.CHOICE) else value
        return [] if value is None else [self._scalar(attribute, shown)]

    def _count(self, node: Aggregate) -> str:
        noun, name = node.collection.noun, node.operator.name
        if name in ("is_known", "is_unknown"):
            return self._compared(node.collection.title.say(self.language), node.result, name, None, None)
        if name == "equals" and node.value == 0:
            said = phrases.NO.say(self.language).format(_plural(noun, self.language))
        else:
            said = self._counted(noun, name, node.value)
        return said + self._where(node)

    def _counted(self, noun: CountedNoun, name: str, value: Any) -> str:
        numbers = sorted(value) if isinstance(value, tuple | frozenset) else [value]
        last = self._genitive(noun, numbers[-1]) if name == "between" else noun.say(numbers[-1], self.language)
        if name in phrases.LISTS:
            return self._list([*(number_text(each, self.language) for each in numbers[:-1]), last], phrases.OR)
        first = [number_text(each, self.language) for each in numbers[:-1]]
        return phrases.COUNTS[name].say(self.language).format(*first, last)

    def _genitive(self, noun: CountedNoun, number: int | Decimal) -> str:
        """Number and noun after the Polish `do`, which asks for the genitive: `do 4 zakupów`, `do 1 zakupu`."""
        if self.language == "en":
            return noun.say(number, self.language)
        singular = number == 1 or number != int(number)
        return f"{number_text(number, self.language)}\u00a0{noun.pl[3] if singular else noun.pl[2]}"

    def _figure(self, node: Aggregate) -> str:
        field = node.field.title.say(self.language) if node.field else ""
        items = node.collection.title.say(self.language) + self._where(node)
        title = phrases.FIGURES[node.how].say(self.language).format(field, items)
        return self._compared(title, node.result, node.operator.name, _raw_value(node), node.value)

    def _where(self, node: Aggregate) -> str:
        where = f" ({self.sentence(node.where)})" if node.where else ""
        if node.within_days is None:
            return where
        return f"{where} {self._duration('within_last', {'days': node.within_days})}"

    def _quantified(self, node: Quantified) -> str:
        noun, where = node.collection.noun, self.sentence(node.where)
        if node.how == "any":
            return f"{self._counted(noun, 'at_least', 1)} ({where})"
        if node.how == "none":
            return f"{phrases.NO.say(self.language).format(_plural(noun, self.language))} ({where})"
        few = noun.pl[1] if self.language == "pl" else noun.en[1]
        return f"{phrases.EVERY.say(self.language).format(few)}: {where}"

    def _duration(self, name: str, raw: Mapping[str, int]) -> str:
        ((unit, count),) = raw.items()
        if count == 0 and unit not in ("minutes", "hours"):
            return phrases.TODAY.say(self.language)
        one, many = phrases.UNITS[unit]
        if count == 1:
            return one[phrases.DURATIONS[name]].say(self.language)
        number = number_text(count, self.language)
        return phrases.SPANS[phrases.DURATIONS[name]].say(self.language).format(number, many.say(self.language))

    def _scalar(self, attribute: Attribute, value: Any) -> str:
        if attribute.type is ValueType.MONEY:
            return self._amount(value.amount, value.currency or self.currency)
        if attribute.type is ValueType.NUMBER:
            return number_text(Decimal(str(value)), self.language)
        if isinstance(value, datetime):
            return moment_text(value, self.language)
        if isinstance(value, date):
            return date_text(value, self.language)
        for choice in attribute.options():
            if choice.value == value:
                return choice.title.say(self.language)
        return phrases.QUOTED.say(self.language).format(value)

    def _fact(self, attribute: Attribute, value: Any) -> str:
        """Say a fact; one of a wrong type is shown as it is."""
        if isinstance(value, Money):
            currency = self.currency if value.currency == NO_CURRENCY else value.currency
            return money_text(value.amount_minor, currency, self.language) if currency else "0"
        if isinstance(value, bool):
            return self.truth(value)
        if isinstance(value, int | Decimal):
            return number_text(value, self.language)
        if isinstance(value, datetime):
            return moment_text(value.astimezone(self.zone) if self.zone else value, self.language)
        if isinstance(value, date):
            return date_text(value, self.language)
        if isinstance(value, Iterable) and not isinstance(value, str):
            texts = [self._scalar(attribute, member) for member in sorted(value, key=str)]
            return self._list(texts, phrases.AND) or phrases.NOTHING.say(self.language)
        return self._scalar(attribute, value) if isinstance(value, str) else str(value)

    def _amount(self, amount: Decimal, currency: str | None) -> str:
        if currency is None:
            return number_text(amount, self.language)
        return money_text(to_minor(amount, currency), currency, self.language)

    def _list(self, texts: Sequence[str], conjunction: Words) -> str:
        if len(texts) > LIST_SHOWN_MAX:
            return f"{', '.join(texts[:LIST_SHOWN_MAX])} … ({len(texts)})"
        return self._joined(texts, conjunction)

    def _joined(self, texts: Sequence[str], conjunction: Words) -> str:
        word = conjunction.say(self.language)
        if len(texts) < 2:
            return "".join(texts)
        if word.startswith(("ani", "nor")):
            return f", {word} ".join(texts) if self.language == "pl" else f" {word} ".join(texts)
        return f"{', '.join(texts[:-1])} {word} {texts[-1]}"


def _count_of(value: Any) -> int:
    return len(value) if isinstance(value, frozenset) else 1


def _raw_value(node: Aggregate) -> Any:
    inner = node.leaf.get("lines")
    return inner.get("value") if isinstance(inner, Mapping) else node.leaf.get("value")


def _plural(noun: CountedNoun, language: Language) -> str:
    return noun.form(0, language)
