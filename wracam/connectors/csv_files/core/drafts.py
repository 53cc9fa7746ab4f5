"""The rows of one order put together: what the shop said of it, before returns are matched to purchases.

Cells that concern the whole order may stand on each of its rows or only on one (Shopify: the first). The order of the
rows never matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from wracam.commerce.contracts import OrderStatus, PaymentStatus
from wracam.connectors.csv_files.core import statuses
from wracam.connectors.csv_files.core.problems import Problem, Reason, RowError
from wracam.connectors.csv_files.core.rows import (
    CODE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    Line,
    LineReader,
    Reading,
    cached_key,
    cached_text,
    check_cells,
    read_amount,
    whole_code,
)
from wracam.connectors.csv_files.core.values import is_believable, parse_moment
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.kernel.money import MoneyError, currency_code, to_minor
from wracam.kernel.text import normal_email

ORDER_LINES_MAX = 5_000
MOMENTS = (
    "order.placed_at", "order.paid_at", "order.modified_at", "order.shipped_at", "order.delivered_at",
    "order.cancelled_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the file: the number of its first line, and its cells."""

    line_number: int
    cells: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A line in minor units, with an id that does not depend on the order of the rows."""

    line: Line
    external_id: str
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One order as its rows tell it. Amounts are minor units; those of a return are negative."""

    key: str
    external_id: str
    number: str
    currency: str
    moments: dict[str, datetime]
    status: OrderStatus
    payment: PaymentStatus
    lines: tuple[DraftLine, ...]
    total_minor: int
    tax_minor: int
    shipping_minor: int
    discount_minor: int
    refunded_minor: int
    person: PersonSnapshot | None
    coupon_codes: tuple[str, ...]
    payment_method: str
    channel: str

    @property
    def placed_at(self) -> datetime:
        """When the customer ordered (for a credit note: when it was written)."""
        return self.moments["order.placed_at"]

    @property
    def is_return(self) -> bool:
        """Say whether this is a credit note: it gives money back, or all its units are negative."""
        return self.total_minor < 0 or (bool(self.lines) and all(item.line.quantity < 0 for item in self.lines))


class DraftReader:
    """Puts the rows of orders together by one way of reading."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._lines = LineReader(reading)
        self._positions = {field: position for position, field in enumerate(reading.mapping.fields) if field}

    def draft(self, key: str, rows: Sequence[Row]) -> Draft | list[Problem]:
        """Return the order that *rows* tell, or every problem that its rows have."""
        problems: list[Problem] = []
        lines: list[Line] = []
        if len(rows) > ORDER_LINES_MAX:
            raise_at = RowError(Reason.TOO_MANY_LINES, "", str(len(rows)))
            return [raise_at.at(rows[0].line_number)]
        for row in rows:
            try:
                check_cells(row.cells, len(self._reading.header))
                line = self._lines.line(row.line_number, row.cells)
            except RowError as error:
                problems.append(error.at(row.line_number))
                continue
            if line is not None:
                lines.append(line)
        if problems:
            return problems
        try:
            return self._assembled(key, rows, sorted(lines, key=lambda line: line.sort_key))
        except RowError as error:
            return [error.at(_line_of(error, rows))]

    def _assembled(self, key: str, rows: Sequence[Row], lines: list[Line]) -> Draft:
        values = _OrderValues(self._reading, self._positions, rows)
        moments = values.moments()
        currency = values.currency(lines)
        draft_lines = tuple(_with_ids(lines, currency))
        number = values.text("order.number", CODE_LENGTH_MAX) or key
        lines_minor = sum(item.total_minor for item in draft_lines)
        shipping_minor, discount_minor = (
            values.minor("order.shipping", currency),
            values.minor("order.discount", currency),
        )
        total_minor = values.total_minor(currency)
        if total_minor is None:
            total_minor = lines_minor + shipping_minor - abs(discount_minor)
        status, payment = values.statuses(moments)
        return Draft(
            key=key,
            external_id=values.code("order.external_id") or whole_code(number),
            number=whole_code(number),
            currency=currency,
            moments=moments,
            status=status,
            payment=payment,
            lines=draft_lines,
            total_minor=total_minor,
            tax_minor=values.minor("order.tax", currency),
            shipping_minor=shipping_minor,
            discount_minor=abs(discount_minor),
            refunded_minor=values.refunded_minor(currency, total_minor, payment),
            person=values.person(moments["order.placed_at"]),
            coupon_codes=values.coupon_codes(),
            payment_method=values.text("order.payment_method", CODE_LENGTH_MAX),
            channel=values.text("order.channel", 40) or "web",
        )


def _line_of(error: RowError, rows: Sequence[Row]) -> int:
    """Find the row that a problem of the whole order speaks of; the first when it is none in particular."""
    for row in rows:
        if error.value and any(cell[: len(error.value)] == error.value for cell in row.cells):
            return row.line_number
    return min(row.line_number for row in rows)


def _with_ids(lines: list[Line], currency: str) -> list[DraftLine]:
    """Give sorted lines stable ids: their own, else code and count within the order."""
    seen: dict[str, int] = {}
    result = []
    for line in lines:
        base = line.external_id or line.sku or line.name[:CODE_LENGTH_MAX]
        seen[base] = count = seen.get(base, 0) + 1
        external_id = base if line.external_id and count == 1 else f"{base}#{count}"
        result.append(DraftLine(line=line, external_id=external_id, total_minor=minor(line.amount, currency)))
    return result


def minor(amount: Decimal, currency: str) -> int:
    """Turn major into minor units, half away from zero, or raise `RowError` for what we cannot hold."""
    try:
        return to_minor(amount, currency)
    except MoneyError:
        raise RowError(Reason.AMOUNT_ABSURD, "", str(amount)) from None


class _OrderValues:
    """The cells that concern a whole order: each field's distinct values over the order's rows."""

    def __init__(self, reading: Reading, positions: dict[str, int], rows: Sequence[Row]) -> None:
        self._reading = reading
        self._positions = positions
        self._rows = rows

    def _all(self, field: str) -> list[str]:
        position = self._positions.get(field)
        if position is None:
            return []
        return sorted({row.cells[position] for row in self._rows} - {""})

    def text(self, field: str, length_max: int) -> str:
        found = self._all(field)
        return cached_text(found[0], length_max) if found else ""

    def code(self, field: str) -> str:
        return whole_code(self.text(field, CODE_LENGTH_MAX))

    def _column(self, field: str) -> str:
        return self._reading.header[self._positions[field]]

    def moments(self) -> dict[str, datetime]:
        """Read the order's dates; of several placing dates the first counts, of others the last."""
        found = {}
        for field in MOMENTS:
            read = [self._moment(field, text) for text in self._all(field)]
            if read:
                found[field] = min(read) if field == "order.placed_at" else max(read)
        if "order.placed_at" not in found:
            raise RowError(Reason.DATE_MISSING, self._column("order.placed_at"))
        return found

    def _moment(self, field: str, text: str) -> datetime:
        moment = parse_moment(text, self._reading.date_order, self._reading.zone)
        if moment is None:
            raise RowError(Reason.DATE_UNREADABLE, self._column(field), text)
        if not is_believable(moment, self._reading.now):
            raise RowError(Reason.DATE_ABSURD, self._column(field), text)
        return moment

    def currency(self, lines: Sequence[Line]) -> str:
        """Return the order's currency: its column, else the signs beside its amounts, else the shop's."""
        said = {text.strip().upper() for text in self._all("order.currency")}
        said = said or {line.currency for line in lines if line.currency}
        if not said:
            amounts = [read_amount(text, self._reading.decimal_mark, "") for text in self._all("order.total")]
            said = {amount.currency for amount in amounts if amount.currency}
        if len(said) > 1:
            raise RowError(Reason.CURRENCIES_MIXED, "", ", ".join(sorted(said)))
        try:
            return currency_code(said.pop()) if said else self._reading.currency
        except MoneyError:
            raise RowError(Reason.CURRENCY_UNKNOWN, "", self._all("order.currency")[0]) from None

    def minor(self, field: str, currency: str) -> int:
        found = self._all(field)
        return (
            minor(read_amount(found[-1], self._reading.decimal_mark, self._column(field)).value, currency)
            if found
            else 0
        )

    def total_minor(self, currency: str) -> int | None:
        """Return the total that the order's rows agree on, or None when they say none."""
        texts = self._all("order.total")
        column = self._column("order.total") if texts else ""
        said = {minor(read_amount(text, self._reading.decimal_mark, column).value, currency) for text in texts}
        if len(said) > 1:
            raise RowError(Reason.TOTALS_DIFFER, column, ", ".join(texts))
        return said.pop() if said else None

    def refunded_minor(self, currency: str, total_minor: int, payment: PaymentStatus) -> int:
        """Return what went back of this order by its own cells; a refunded order without an amount: all."""
        said = abs(self.minor("order.refunded", currency))
        if not said and payment is PaymentStatus.REFUNDED:
            return max(0, total_minor)
        return min(said, max(0, total_minor))

    def statuses(self, moments: dict[str, datetime]) -> tuple[OrderStatus, PaymentStatus]:
        """Return where the order and its money stand; a file that says nothing tells of finished, paid orders."""
        status_text = self.text("order.status", CODE_LENGTH_MAX)
        payment_text = self.text("order.payment_status", CODE_LENGTH_MAX)
        status = self._order_status(moments, status_text)
        payment = statuses.payment_status(payment_text) if payment_text else None
        if statuses.refunded_by_status(status_text):
            return status, PaymentStatus.REFUNDED
        if payment is None:
            payment = _payment_by_status(status, "order.paid_at" in moments)
        if payment is PaymentStatus.UNPAID and status in {OrderStatus.DELIVERED, OrderStatus.SHIPPED} and status_text:
            payment = PaymentStatus.PAID  # cash on delivery: the payment column still says 0
        return status, payment

    def _order_status(self, moments: dict[str, datetime], text: str) -> OrderStatus:
        if "order.cancelled_at" in moments:
            return OrderStatus.CANCELLED
        if text:
            return statuses.order_status(text) or OrderStatus.PROCESSING
        if "order.delivered_at" in moments:
            return OrderStatus.DELIVERED
        fulfilment = self.text("order.fulfilment_status", CODE_LENGTH_MAX)
        if fulfilment:
            return statuses.order_status(fulfilment) or OrderStatus.PROCESSING
        if "order.shipped_at" in moments:
            return OrderStatus.SHIPPED
        return OrderStatus.PROCESSING if self._all("order.payment_status") else OrderStatus.DELIVERED

    def person(self, placed_at: datetime) -> PersonSnapshot | None:
        """Return who ordered, or None when no cell identifies anybody."""
        account = self._one_of("customer.id", {self.code("customer.id")}) if self._all("customer.id") else ""
        account = "" if account == "0" else account
        emails = {normal_email(text) for text in self._all("customer.email")} - {None}
        email = self._one_of("customer.email", {email for email in emails if email})
        phone = cached_text(self.text("customer.phone", 40), 40)
        marks = ((IdentityKind.SHOP_ACCOUNT, account), (IdentityKind.EMAIL, email), (IdentityKind.PHONE, phone))
        identities = tuple(Identity(kind=kind, value=value) for kind, value in marks if value)
        if not identities:
            return None
        first_name, last_name = self._names()
        return PersonSnapshot(
            identities=identities,
            modified_at=placed_at,
            first_name=first_name or None,
            last_name=last_name or None,
            company=self.text("customer.company", NAME_LENGTH_MAX) or None,
            tax_number=self.text("customer.tax_number", 40) or None,
            city=self.text("address.city", CODE_LENGTH_MAX) or None,
            postcode=self.text("address.postcode", 20) or None,
            country=self.text("address.country", CODE_LENGTH_MAX) or None,
            is_guest=None if account or "customer.id" not in self._positions else True,
            accepts_email=self._yes("customer.accepts_email"),
            accepts_sms=self._yes("customer.accepts_sms"),
        )

    def _one_of(self, field: str, values: set[str]) -> str:
        codes = {whole_code(text) for text in self._all(field)} if field == "customer.id" else values
        if len(codes) > 1:
            raise RowError(Reason.CUSTOMERS_DIFFER, self._column(field), ", ".join(sorted(codes)))
        return next(iter(values), "")

    def _names(self) -> tuple[str, str]:
        first, last = (
            self.text("customer.first_name", CODE_LENGTH_MAX),
            self.text("customer.last_name", CODE_LENGTH_MAX),
        )
        if first or last:
            return first, last
        first, _, last = self.text("customer.name", NAME_LENGTH_MAX).partition(" ")
        return first, last

    def _yes(self, field: str) -> bool | None:
        text = cached_key(self.text(field, 20))
        return None if not text else text in {"yes", "tak", "true", "1", "t", "y"}

    def coupon_codes(self) -> tuple[str, ...]:
        """Return the order's coupon codes, lower-cased as shops compare them."""
        parts = {
            part.strip().lower()
            for text in self._all("order.coupon_codes")
            for part in text.replace(";", ",").split(",")
        }
        return tuple(sorted(cached_text(part, CODE_LENGTH_MAX) for part in parts if part))


def _payment_by_status(status: OrderStatus, has_payment_date: bool) -> PaymentStatus:
    if has_payment_date:
        return PaymentStatus.PAID
    unpaid = {OrderStatus.PENDING, OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.DELETED}
    return PaymentStatus.UNPAID if status in unpaid else PaymentStatus.PAID


def modified_at(draft: Draft, *, also: Sequence[datetime] = ()) -> datetime:
    """Return when the order was last changed, by its own dates and never by the import's.

    How far the order has come is added in microseconds: a later export that says "refunded" wins over an earlier one
    that said "paid", although files tell no time of that change.
    """
    latest = max([*draft.moments.values(), *also]).astimezone(UTC)
    return latest + timedelta(microseconds=statuses.advancement(draft.status, draft.payment))
