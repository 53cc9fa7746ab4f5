"""Why a row cannot be imported, as values with a sentence in Polish and in English."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wracam.kernel.language import Words

VALUE_LENGTH_MAX = 80


class Reason(StrEnum):
    """What is wrong with a row."""

    NUMBER_MISSING = "number_missing"
    DATE_MISSING = "date_missing"
    DATE_UNREADABLE = "date_unreadable"
    DATE_ABSURD = "date_absurd"
    AMOUNT_MISSING = "amount_missing"
    AMOUNT_UNREADABLE = "amount_unreadable"
    AMOUNT_ABSURD = "amount_absurd"
    QUANTITY_UNREADABLE = "quantity_unreadable"
    CURRENCY_UNKNOWN = "currency_unknown"
    CURRENCIES_MIXED = "currencies_mixed"
    TOTALS_DIFFER = "totals_differ"
    CUSTOMERS_DIFFER = "customers_differ"
    CELL_TOO_LONG = "cell_too_long"
    CELL_HAS_NUL = "cell_has_nul"
    TOO_MANY_CELLS = "too_many_cells"
    ROW_UNREADABLE = "row_unreadable"
    TOO_MANY_LINES = "too_many_lines"
    REFUSED = "refused"
    SAME_ORDER = "same_order"
    RETURN_WAITS = "return_waits"


SENTENCES = {
    Reason.NUMBER_MISSING: Words(
        pl="Brak numeru zamówienia; wpisz go w tym wierszu.", en="There is no order number; write it in this row."
    ),
    Reason.DATE_MISSING: Words(
        pl="Brak daty zamówienia; wpisz ją w formacie 2026-11-22 14:05.",
        en="There is no order date; write it as 2026-11-22 14:05.",
    ),
    Reason.DATE_UNREADABLE: Words(
        pl="To nie jest data: {value}. Wpisz ją w formacie 2026-11-22 14:05.",
        en="This is not a date: {value}. Write it as 2026-11-22 14:05.",
    ),
    Reason.DATE_ABSURD: Words(
        pl="Data {value} jest sprzed 1990 roku albo z przyszłości; popraw ją.",
        en="The date {value} is before 1990 or in the future; correct it.",
    ),
    Reason.AMOUNT_MISSING: Words(
        pl="Brak ceny i kwoty; wpisz kwotę zamówienia albo cenę pozycji.",
        en="There is neither a price nor a total; write the order's total or the item's price.",
    ),
    Reason.AMOUNT_UNREADABLE: Words(
        pl="To nie jest kwota: {value}. Wpisz ją jak 1234,50.",
        en="This is not an amount: {value}. Write it as 1234.50.",
    ),
    Reason.AMOUNT_ABSURD: Words(
        pl="Kwota {value} jest zbyt duża, by była prawdziwa.", en="The amount {value} is too large to be true."
    ),
    Reason.QUANTITY_UNREADABLE: Words(
        pl="To nie jest liczba sztuk: {value}.", en="This is not a number of units: {value}."
    ),
    Reason.CURRENCY_UNKNOWN: Words(
        pl="Nieznana waluta: {value}. Wpisz trzyliterowy kod, na przykład PLN.",
        en="Unknown currency: {value}. Write its three-letter code, such as PLN.",
    ),
    Reason.CURRENCIES_MIXED: Words(
        pl="Wiersze tego zamówienia podają różne waluty: {value}.",
        en="The rows of this order give different currencies: {value}.",
    ),
    Reason.TOTALS_DIFFER: Words(
        pl="Wiersze tego zamówienia podają różne kwoty razem: {value}.",
        en="The rows of this order give different totals: {value}.",
    ),
    Reason.CUSTOMERS_DIFFER: Words(
        pl="Wiersze tego zamówienia podają różnych klientów: {value}.",
        en="The rows of this order name different customers: {value}.",
    ),
    Reason.CELL_TOO_LONG: Words(
        pl="Komórka jest za długa (ponad 2000 znaków): {value}",
        en="A cell is too long (over 2,000 characters): {value}",
    ),
    Reason.CELL_HAS_NUL: Words(
        pl="Komórka zawiera znak zerowy, którego nie można zapisać: {value}",
        en="A cell holds a NUL character, which cannot be stored: {value}",
    ),
    Reason.TOO_MANY_CELLS: Words(
        pl="Wiersz ma więcej komórek niż nagłówek; sprawdź cudzysłowy i separator.",
        en="The row has more cells than the header; check the quotes and the delimiter.",
    ),
    Reason.ROW_UNREADABLE: Words(
        pl="Wiersza nie da się odczytać; sprawdź cudzysłowy.", en="The row cannot be read; check the quotes."
    ),
    Reason.TOO_MANY_LINES: Words(
        pl="Zamówienie ma więcej pozycji, niż przyjmujemy: {value}.",
        en="The order has more items than we accept: {value}.",
    ),
    Reason.REFUSED: Words(
        pl="Zamówienia nie udało się przyjąć: {value}.", en="The order could not be taken: {value}."
    ),
    Reason.SAME_ORDER: Words(
        pl="Ten wiersz jest dobry, ale inny wiersz tego zamówienia wymaga poprawki.",
        en="This row is fine, but another row of the same order needs correcting.",
    ),
    Reason.RETURN_WAITS: Words(
        pl="Ten zwrot czeka na zamówienie tego samego klienta, które wymaga poprawki.",
        en="This return waits for an order of the same customer that needs correcting.",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason why the row at `line_number` cannot be imported; `value` is what it says there, cut."""

    line_number: int
    reason: Reason
    column: str = ""
    value: str = ""

    def sentence(self) -> Words:
        """Say the problem in both languages, with its column when it has one."""
        words = SENTENCES[self.reason]
        prefix = f"{self.column}: " if self.column else ""
        return Words(
            pl=prefix + words.pl.replace("{value}", f"„{self.value}”"),
            en=prefix + words.en.replace("{value}", f"“{self.value}”"),
        )


class RowError(ValueError):
    """A row that cannot be read: carries its reason, column and value."""

    def __init__(self, reason: Reason, column: str = "", value: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.value = value[:VALUE_LENGTH_MAX]

    def at(self, line_number: int) -> Problem:
        """Return this error as the problem of one line."""
        return Problem(line_number=line_number, reason=self.reason, column=self.column, value=self.value)
