"""The public language of rules: what can be asked of whom, what was measured, and what came out.

A *condition* is JSON: groups `{"all": […]}`, `{"any": […]}`, `{"none": […]}` around leaves such as
`{"attribute": "order.total", "is": "at_least", "value": "100.00"}`. `docs/rules.md` describes the whole language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from wracam.definitions.contracts import Problem
from wracam.events.contracts import Cause
from wracam.kernel.language import CountedNoun, Words

Condition = Mapping[str, Any]
"""A condition as JSON values, the way definitions hold it."""
Facts = Mapping[str, Any]
"""What is known, by attribute name. Absent or None means unknown."""
Truth = bool | None
"""True, False, or None for unknown (Kleene's three-valued logic)."""

ALWAYS: Condition = {"all": []}
"""The condition that everybody meets."""


class ValueType(StrEnum):
    """What kind of value an attribute has, and how a fact of it looks in Python and in SQL."""

    TEXT = "text"
    """`str`; compared without regard to case. Empty text counts as unknown."""
    NUMBER = "number"
    """`int` or `Decimal`; integer or numeric in SQL."""
    MONEY = "money"
    """`kernel.money.Money`; minor units in SQL, with `Attribute.currency_sql` beside them."""
    DATE = "date"
    """`date`."""
    MOMENT = "moment"
    """Aware `datetime`; timestamptz in SQL."""
    BOOLEAN = "boolean"
    CHOICE = "choice"
    """One of known codes, as `str`; compared exactly."""
    TEXTS = "texts"
    """A set of texts (tags, categories), any iterable of `str`; `text[]` in SQL; compared exactly."""


class Subject(StrEnum):
    """Who or what a condition may ask about. Items of collections (purchases …) are subjects of their own."""

    CUSTOMER = "customer"
    EVENT = "event"
    ORDER = "order"
    CART = "cart"
    LINE = "line"
    CLOCK = "clock"
    """The moment of the decision itself; allowed everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One code that an attribute may have, and what people call it."""

    value: str
    title: Words


Choices = tuple[Choice, ...] | Callable[[], Sequence[Choice]]
"""Fixed choices, or a function that looks them up (tiers, categories)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something that conditions can ask about.

    `name` is `subject.noun` (`customer.first_name`). `title` is a noun phrase in the nominative ("wartość
    zamówienia", "order value"); a boolean says itself with `yes` and `no` ("jest gościem", "nie jest gościem").

    `sql` makes the attribute usable over many customers: an expression in which the row of the customer is
    `customer`, its shop is `shop`, and the decision's time is `clock.now` (timestamptz) and `clock.today` (date in the
    shop's zone); a field of a collection refers to the alias of the collection's source instead. `joins` are
    `LEFT JOIN …` texts the expression needs, each matching at most one row per customer; the same text is joined once.
    `noun` counts a number ("3 zamówienia"). `example` is a condition value for the reference and the editor.
    """

    name: str
    subject: str
    type: ValueType
    title: Words
    sql: str | None = None
    joins: tuple[str, ...] = ()
    currency_sql: str = "shop.currency"
    choices: Choices = ()
    noun: CountedNoun | None = None
    yes: Words | None = None
    no: Words | None = None
    about: Words | None = None
    example: Any = None

    def options(self) -> tuple[Choice, ...]:
        """Return the choices, looked up now if they are a function."""
        return tuple(self.choices() if callable(self.choices) else self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Things that conditions can count and sum: a customer's purchases, the lines of a cart.

    `fields` are attributes whose subject is `item`; their names start with it (`purchase.total` of the item
    `purchase`). `moment` names the field that dates an item, for windows such as "within 90 days".
    `source` is what follows FROM in SQL (`"commerce_order AS purchase"`, joins and all), `customer_key` the
    expression that equals the customer's id (`"purchase.customer_id"`), `filter` an optional condition on rows.
    Without a source the collection exists in facts only: `facts[name]` is a sequence of mappings by field name.
    `noun` counts items ("3 zakupy", "3 purchases").
    """

    name: str
    item: str
    title: Words
    noun: CountedNoun
    fields: tuple[Attribute, ...]
    subjects: tuple[str, ...] = (Subject.CUSTOMER,)
    moment: str | None = None
    source: str | None = None
    customer_key: str | None = None
    filter: str | None = None

    def field(self, name: str) -> Attribute | None:
        """Return the field called *name*, or None."""
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSource:
    """Where SQL finds customers: `source` follows FROM and must name the row `customer`.

    The row needs `id` (uuid) and `shop_id`. `filter` leaves out rows that are nobody any more (merged away).
    """

    source: str = "customer AS customer"
    filter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Granting:
    """One effect to bring about for a customer. `key` makes it happen once; `source` says for what, in words."""

    key: str
    shop_id: int
    customer_id: UUID
    parameters: Mapping[str, Any]
    source: Words
    version_id: UUID | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something a rule can do. `schema` is the JSON Schema of its parameters, `example` one valid value.

    `grant` brings it about for a batch, in the open transaction of what caused it; a key that was granted before
    does nothing. `take_back` undoes what the same keys granted, as far as that is possible. `problems` names what is
    wrong with parameters, `sentence` says them: "50 points". An effect without `grant` can only be described.
    """

    name: str
    title: Words
    schema: Mapping[str, Any]
    example: Mapping[str, Any]
    grant: Callable[[Sequence[Granting], datetime], None] | None = None
    take_back: Callable[[Sequence[Granting], datetime], None] | None = None
    problems: Callable[[Mapping[str, Any]], Sequence[Problem]] = lambda _parameters: ()
    sentence: Callable[[Mapping[str, Any]], Words] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vocabulary:
    """Everything that conditions may speak of; what is registered, frozen for the pure core. Compared by identity."""

    attributes: Mapping[str, Attribute]
    collections: Mapping[str, Collection]
    customers: CustomerSource = CustomerSource()


class LeafVerdict(Struct, frozen=True, kw_only=True):
    """What one leaf asked and found. `path` locates it in the condition (`all[1].any[0]`).

    `name` is the attribute, or the collection for counting leaves; `required` is the value in the condition as JSON,
    `measured` the fact it met (None: unknown).
    """

    path: str
    name: str
    operator: str
    required: Any
    measured: Any
    truth: Truth
    leaf: Condition


class Verdict:
    """The answer to a condition. `leaves` are worked out when first asked for, from the same facts and time."""

    __slots__ = ("_leaves", "truth")

    def __init__(self, truth: Truth, leaves: Callable[[], tuple[LeafVerdict, ...]]) -> None:
        self.truth = truth
        self._leaves: Callable[[], tuple[LeafVerdict, ...]] | tuple[LeafVerdict, ...] = leaves

    @property
    def is_true(self) -> bool:
        """Say whether the condition holds; unknown does not."""
        return self.truth is True

    @property
    def leaves(self) -> tuple[LeafVerdict, ...]:
        """Every leaf of the condition with what it required and measured, in the order written."""
        if callable(self._leaves):
            self._leaves = self._leaves()
        return self._leaves

    def __repr__(self) -> str:
        return f"Verdict({self.truth})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One leaf in words: what it asks (`sentence`), what was found (`measured`), and both in a line (`line`)."""

    path: str
    truth: Truth
    sentence: str
    measured: str
    line: str
