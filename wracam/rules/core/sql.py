"""The SQL interpreter: conditions and facts of many customers at once.

Everything a merchant wrote travels as a parameter; only texts from registered attributes become SQL. SQL's NULL is the
language's unknown, and AND, OR, NOT treat it as Kleene does, so the tree translates group by group. What each operator
means is said in Python by `core/comparing.py`; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import sql

from wracam.kernel.money import EXPONENT_DEFAULT, EXPONENTS
from wracam.rules.contracts import Attribute, CustomerSource, ValueType
from wracam.rules.core.comparing import NO_CURRENCY
from wracam.rules.core.conditions import Aggregate, Group, Node, Test
from wracam.rules.core.folding import CAPITALS, SMALL
from wracam.rules.core.values import Duration, Limit

WINDOW_SLACK_DAYS = 2
"""A window in days of the calendar lies within this many more days of 24 hours: lets an index narrow it down."""


class NotInSqlError(ValueError):
    """The condition asks about something that exists in facts only (a cart, an order, an event)."""


@dataclass(frozen=True, slots=True)
class Query:
    """A statement and its parameters, for `cursor.execute(query.text, query.parameters)`."""

    text: str
    parameters: dict[str, Any]


@dataclass(slots=True)
class Builder:
    """Collects the parameters and joins of one statement while its parts are compiled."""

    prefix: str = "rule_"
    parameters: dict[str, Any] = field(default_factory=dict)
    joins: dict[str, None] = field(default_factory=dict)

    def parameter(self, value: Any, cast: str) -> sql.Composable:
        """Add a parameter and return its placeholder, cast to an SQL type."""
        name = f"{self.prefix}{len(self.parameters)}"
        self.parameters[name] = value
        return sql.Composed([sql.Placeholder(name), sql.SQL("::" + cast)])

    def condition(self, node: Node) -> sql.Composable:
        """Return the three-valued SQL of a tree; raises `NotInSqlError`."""
        if isinstance(node, Group):
            return self._group(node)
        if isinstance(node, Test):
            return self._test(node)
        if isinstance(node, Aggregate):
            return self._aggregate(node)
        raise NotInSqlError(f"{node.collection.name} cannot be asked of many customers")

    def fact(self, attribute: Attribute) -> sql.Composable:
        """Return the expression of one attribute's value as `facts.read_fact` understands it."""
        return _as_fact(attribute.type, self._own(attribute), _raw(attribute.currency_sql))

    def aggregated_fact(self, node: Aggregate) -> sql.Composable:
        """Return the expression of an aggregated figure as `facts.read_fact` understands it."""
        return self._over_items(node, lambda figure, currency: _as_fact(node.result.type, figure, currency))

    def _group(self, node: Group) -> sql.Composable:
        if not node.members:
            return _raw("TRUE" if node.kind != "any" else "FALSE")
        glue = " AND " if node.kind == "all" else " OR "
        inner = _grouped(sql.SQL(glue).join([self.condition(member) for member in node.members]))
        # in parentheses, because IS TRUE binds tighter than NOT
        return _text("(NOT {})", inner) if node.kind == "none" else inner

    def _test(self, node: Test) -> sql.Composable:
        expression = self._expression(node.attribute)
        return self._compared(node, node.attribute.type, expression, _raw(node.attribute.currency_sql))

    def _aggregate(self, node: Aggregate) -> sql.Composable:
        return self._over_items(node, lambda figure, currency: self._compared(node, node.result.type, figure, currency))

    def _compared(
        self, node: Test | Aggregate, kind: ValueType, expression: sql.Composable, currency: sql.Composable
    ) -> sql.Composable:
        name = node.operator.name
        if name in ("is_known", "is_unknown"):
            return _grouped(_text("{} IS NOT NULL" if name == "is_known" else "{} IS NULL", expression))
        if kind is ValueType.MONEY:
            return self._money(name, node.value, expression, currency)
        if kind in (ValueType.DATE, ValueType.MOMENT):
            return self._time(kind, name, node.value, expression)
        if kind is ValueType.TEXTS:
            return self._set(name, node.value, expression)
        if kind is ValueType.TEXT and name in _AFFIXES:
            return _grouped(_text(_AFFIXES[name], expression, self.parameter(node.value, "text")))
        return self._plain(name, node.value, expression, _CASTS[kind])

    def _own(self, attribute: Attribute) -> sql.Composable:
        """The attribute's own expression, with what it joins."""
        if attribute.sql is None:
            raise NotInSqlError(f"{attribute.name} cannot be asked of many customers")
        for join in attribute.joins:
            self.joins[join] = None
        return _grouped(_raw(attribute.sql))

    def _expression(self, attribute: Attribute) -> sql.Composable:
        """The expression to compare: empty text is NULL, and case is folded where it does not count."""
        own = self._own(attribute)
        if attribute.type is ValueType.TEXT:
            capitals, small = self.parameter(CAPITALS, "text"), self.parameter(SMALL, "text")
            return _text("translate(lower(NULLIF({}, '') COLLATE \"C\"), {}, {})", own, capitals, small)
        if attribute.type is ValueType.CHOICE:
            return _text("NULLIF({}::text, '')", own)
        return own

    def _plain(self, name: str, value: Any, expression: sql.Composable, cast: str) -> sql.Composable:
        if name == "between":
            low, high = (self.parameter(member, cast) for member in value)
            return _grouped(_text("{} BETWEEN {} AND {}", expression, low, high))
        if name in ("is_one_of", "is_not_one_of"):
            several = [Decimal(member) for member in sorted(value)] if cast == "numeric" else sorted(value)
            wanted = self.parameter(several, cast + "[]")
            return _grouped(_text("{} = ANY({})" if name == "is_one_of" else "{} <> ALL({})", expression, wanted))
        return _grouped(_text("{} " + _SIGNS[name] + " {}", expression, self.parameter(value, cast)))

    def _set(self, name: str, value: frozenset[str], expression: sql.Composable) -> sql.Composable:
        wanted = self.parameter(sorted(value), "text[]")
        return _grouped(_text(_SETS[name], expression, wanted))

    def _money(self, name: str, value: Any, expression: sql.Composable, currency: sql.Composable) -> sql.Composable:
        limits: tuple[Limit, ...] = value if isinstance(value, tuple) else (value,)
        scaled = [
            _text("round({} * {})", self.parameter(limit.amount, "numeric"), _scale(currency)) for limit in limits
        ]
        if name == "between":
            compared = _text("{} BETWEEN {} AND {}", expression, *scaled)
        else:
            compared = _text("{} " + _SIGNS[name] + " {}", expression, scaled[0])
        if limits[0].currency is None:
            return _grouped(compared)
        allowed = self.parameter([limits[0].currency, NO_CURRENCY], "text[]")
        return _text("(CASE WHEN {} = ANY({}) THEN {} END)", currency, allowed, compared)

    def _time(self, kind: ValueType, name: str, value: Any, expression: sql.Composable) -> sql.Composable:
        is_moment = kind is ValueType.MOMENT
        if name in ("within_last", "not_within_last", "within_next"):
            inside = self._window(is_moment, name, value, expression)
            return _text("(NOT {})", inside) if name == "not_within_last" else inside
        if isinstance(value, datetime):
            sign = {"before": "<", "after": ">"}.get(name, "=")
            return _grouped(_text("{} " + sign + " {}", expression, self.parameter(value, "timestamptz")))
        if name == "time_of_day":
            return self._time_of_day(value, expression)
        day = _day_of(expression) if is_moment else expression
        if name == "anniversary_within":
            return self._anniversary(value, day)
        if name in _PARTS:
            wanted = self.parameter(sorted(value), "int[]")
            return _grouped(_text(_PARTS[name], day, wanted))
        return self._plain("equals" if name == "on" else name, value, day, "date")

    def _window(self, is_moment: bool, name: str, duration: Duration, expression: sql.Composable) -> sql.Composable:
        past = name != "within_next"
        if duration.is_exact:
            span = self.parameter(f"{duration.count} {duration.unit}", "interval")
            pattern = (
                "({0} >= clock.now - {1} AND {0} <= clock.now)"
                if past
                else "({0} >= clock.now AND {0} <= clock.now + {1})"
            )
            return _text(pattern, expression, span)
        span = self.parameter(f"{duration.count} {duration.unit}", "interval")
        edge = _text("(clock.today " + ("-" if past else "+") + " {})::date", span)
        if not is_moment:
            pattern = "({0} BETWEEN {1} AND clock.today)" if past else "({0} BETWEEN clock.today AND {1})"
            return _text(pattern, expression, edge)
        pattern = "({0} <= clock.now AND {1} >= {2})" if past else "({0} >= clock.now AND {1} <= {2})"
        return _text(pattern, expression, _day_of(expression), edge)

    def _time_of_day(self, hours: tuple[int, int], expression: sql.Composable) -> sql.Composable:
        start, end = hours
        local = _text("({} AT TIME ZONE shop.time_zone)", expression)
        minute = _text("(extract(hour FROM {0}) * 60 + extract(minute FROM {0}))", local)
        low, high = self.parameter(start, "int"), self.parameter(end, "int")
        pattern = "({0} >= {1} AND {0} < {2})" if start < end else "({0} >= {1} OR {0} < {2})"
        return _text(pattern, minute, low, high)

    def _anniversary(self, days: int, day: sql.Composable) -> sql.Composable:
        """This year's and next year's anniversaries; PostgreSQL keeps 29 February on the 28th in common years."""
        last = _text("(clock.today + {})", self.parameter(days, "int"))
        either = [
            _text(
                "(extract(year FROM clock.today)::int + {0} > extract(year FROM {1})::int AND"
                " ({1} + make_interval(years => extract(year FROM clock.today)::int + {0}"
                " - extract(year FROM {1})::int))::date BETWEEN clock.today AND {2})",
                sql.Literal(ahead),
                day,
                last,
            )
            for ahead in (0, 1)
        ]
        return _grouped(sql.SQL(" OR ").join(either))

    def _over_items(
        self, node: Aggregate, then: Callable[[sql.Composable, sql.Composable], sql.Composable]
    ) -> sql.Composable:
        """Return `(SELECT then(figure, currency) FROM items …)` for one customer's items."""
        collection = node.collection
        if collection.source is None or collection.customer_key is None:
            raise NotInSqlError(f"{collection.name} cannot be asked of many customers")
        figure, currency = self._figure(node)
        filters = [_text("{} = customer.id", _raw(collection.customer_key))]
        if collection.filter:
            filters.append(_grouped(_raw(collection.filter)))
        if node.within_days is not None:
            filters += self._recent(node)
        if node.where is not None:
            filters.append(_text("{} IS TRUE", self.condition(node.where)))
        return sql.Composed(
            [
                sql.SQL("(SELECT "),
                then(figure, currency),
                sql.SQL(" FROM "),
                _raw(collection.source),
                sql.SQL(" WHERE "),
                sql.SQL(" AND ").join(filters),
                sql.SQL(")"),
            ]
        )

    def _figure(self, node: Aggregate) -> tuple[sql.Composable, sql.Composable]:
        if node.field is None:
            return _raw("count(*)"), _raw("NULL::text")
        own = self._expression(node.field)
        figure = _text(_FIGURES[node.how], own)
        if node.field.type is not ValueType.MONEY:
            return figure, _raw("NULL::text")
        currency = _raw(node.field.currency_sql)
        single = _text(
            "(CASE WHEN count(DISTINCT {0}) FILTER (WHERE {1} IS NOT NULL) <= 1 THEN {2} END)", currency, own, figure
        )
        return single, _text(
            "coalesce(min({0}) FILTER (WHERE {1} IS NOT NULL), {2})", currency, own, sql.Literal(NO_CURRENCY)
        )

    def _recent(self, node: Aggregate) -> list[sql.Composable]:
        moment = node.collection.field(node.collection.moment or "")
        if moment is None or node.within_days is None:
            raise NotInSqlError(f"items of {node.collection.name} have no dates")
        own = self._expression(moment)
        is_moment = moment.type is ValueType.MOMENT
        window = self._window(is_moment, "within_last", Duration(node.within_days, "days"), own)
        if not is_moment:
            return [window]
        slack = self.parameter(f"{node.within_days + WINDOW_SLACK_DAYS} days", "interval")
        return [_text("{} >= clock.now - {}", own, slack), window]


def customers_query(
    *,
    source: CustomerSource,
    node: Node,
    now: datetime,
    shop_id: int | None = None,
    prefix: str = "rule_",
    column: str = "customer.id",
) -> Query:
    """Return the statement that yields the ids (or another column) of the customers who meet a condition."""
    builder = Builder(prefix=prefix)
    condition = builder.condition(node)
    wanted = [condition]
    if shop_id is not None:
        wanted.append(_text("customer.shop_id = {}", builder.parameter(shop_id, "int")))
    return _statement(builder, source, [_raw(column)], wanted, now)


def facts_query(
    *, source: CustomerSource, wanted: Sequence[Attribute | Aggregate], ids: Iterable[object], now: datetime
) -> Query:
    """Return the statement that yields id, time zone and the wanted values of some customers."""
    builder = Builder(prefix="fact_")
    columns = [_raw("customer.id"), _raw("shop.time_zone")]
    columns += [builder.fact(item) if isinstance(item, Attribute) else builder.aggregated_fact(item) for item in wanted]
    chosen = _text("customer.id = ANY({})", builder.parameter(list(ids), "uuid[]"))
    return _statement(builder, source, columns, [chosen], now)


def _statement(
    builder: Builder,
    source: CustomerSource,
    columns: Sequence[sql.Composable],
    wanted: Sequence[sql.Composable],
    now: datetime,
) -> Query:
    filters = [*wanted, *([_grouped(_raw(source.filter))] if source.filter else [])]
    moment = builder.parameter(now, "timestamptz")
    statement = sql.Composed(
        [
            sql.SQL("SELECT "),
            sql.SQL(", ").join(columns),
            sql.SQL(" FROM "),
            _raw(source.source),
            sql.SQL(" JOIN shop ON shop.id = customer.shop_id CROSS JOIN LATERAL (SELECT "),
            _text("{0} AS now, ({0} AT TIME ZONE shop.time_zone)::date AS today", moment),
            sql.SQL(") AS clock "),
            *(_raw(join + " ") for join in builder.joins),
            sql.SQL(" WHERE "),
            sql.SQL(" AND ").join(filters),
        ]
    )
    return Query(statement.as_string(None), builder.parameters)


def _as_fact(kind: ValueType, expression: sql.Composable, currency: sql.Composable) -> sql.Composable:
    """The expression of a value as one column that `facts.read_fact` turns into a fact."""
    if kind is ValueType.MONEY:
        return _text("({}::text || ' ' || {})", expression, currency)
    if kind is ValueType.NUMBER:
        return _text("({})::numeric", expression)
    return expression


def _raw(text: str) -> sql.Composable:
    """A text of a registered attribute or of this module; its percent signs are no placeholders."""
    return sql.SQL(text.replace("%", "%%"))


def _text(pattern: str, *parts: sql.Composable) -> sql.Composable:
    return sql.SQL(pattern).format(*parts)


def _grouped(part: sql.Composable) -> sql.Composable:
    return sql.Composed([sql.SQL("("), part, sql.SQL(")")])


def _day_of(moment: sql.Composable) -> sql.Composable:
    return _text("({} AT TIME ZONE shop.time_zone)::date", moment)


def _scale(currency: sql.Composable) -> sql.Composable:
    """How many minor units one unit of a currency has (ISO 4217)."""
    others = sorted({exponent for exponent in EXPONENTS.values() if exponent != EXPONENT_DEFAULT})
    cases = [
        _text(
            "WHEN {} = ANY({}) THEN {}",
            currency,
            sql.Literal([code for code, exponent in EXPONENTS.items() if exponent == chosen]),
            sql.Literal(10**chosen),
        )
        for chosen in others
    ]
    return sql.Composed(
        [
            sql.SQL("CASE "),
            sql.SQL(" ").join(cases),
            sql.SQL(" ELSE "),
            sql.Literal(10**EXPONENT_DEFAULT),
            sql.SQL(" END"),
        ]
    )


_CASTS = {
    ValueType.TEXT: "text",
    ValueType.NUMBER: "numeric",
    ValueType.BOOLEAN: "boolean",
    ValueType.CHOICE: "text",
}
_SIGNS = {
    "equals": "=",
    "not_equals": "<>",
    "at_least": ">=",
    "more_than": ">",
    "after": ">",
    "at_most": "<=",
    "less_than": "<",
    "before": "<",
}
_AFFIXES = {
    "contains": "position({1} IN {0}) > 0",
    "starts_with": "starts_with({0}, {1})",
    "ends_with": "right({0}, length({1})) = {1}",
}
_SETS = {
    "has_any": "{}::text[] && {}",
    "has_all": "{}::text[] @> {}",
    "has_none": "NOT ({}::text[] && {})",
}
_PARTS = {
    "weekday": "(extract(isodow FROM {0})::int - 1) = ANY({1})",
    "month": "extract(month FROM {0})::int = ANY({1})",
}
_FIGURES = {
    "sum": "coalesce(sum({0}), 0)",
    "highest": "max({0})",
    "lowest": "min({0})",
    "latest": "max({0})",
    "earliest": "min({0})",
}
