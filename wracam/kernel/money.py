"""Money as integer minor units of an ISO 4217 currency; never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache, total_ordering

EXPONENT_DEFAULT = 2
EXPONENTS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
         "XOF", "XPF"),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip
AMOUNT_MINOR_MAX = 10**15
"""The largest amount we accept from outside: ten trillion in a currency of two decimals."""
_PLAIN = re.compile(r"(-?[0-9]{1,11})(?:\.([0-9]{1,4}))?", re.ASCII)
"""Whole units and decimals, at most as many as `AMOUNT_MINOR_MAX` has in any currency."""


class MoneyError(ValueError):
    """The amount or currency is not one we can hold exactly."""


class CurrencyMismatchError(MoneyError):
    """Amounts of two currencies were added or compared; convert one of them first."""


@lru_cache(maxsize=512)
def currency_code(value: str) -> str:
    """Return *value* as an upper-case three-letter code, or raise `MoneyError`."""
    code = value.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise MoneyError(f"{value!r} is not a three-letter currency code such as PLN")
    return code


def exponent(currency: str) -> int:
    """Decimal places of *currency* (ISO 4217): 2 for PLN, 0 for JPY, 3 for KWD."""
    return EXPONENTS.get(currency, EXPONENT_DEFAULT)


def plain_minor(amount: str, currency: str) -> int | None:
    """Return the minor units of an amount written plainly (`12.34`); None for any other, and for finer decimals.

    The quick way for the amounts of carts and orders; what it does not read, `to_minor` does.
    """
    found = _PLAIN.fullmatch(amount)
    if found is None:
        return None
    whole, fraction = found.groups("")
    digits = exponent(currency)
    return int(whole + fraction.ljust(digits, "0")) if len(fraction) <= digits else None


def to_minor(amount: str | int | Decimal, currency: str) -> int:
    """Turn a decimal amount in major units into minor units, rounding half away from zero.

    `to_minor("12.345", "PLN")` is 1235. Raises `MoneyError` for floats, NaN, infinity and amounts
    beyond `AMOUNT_MINOR_MAX`.
    """
    if isinstance(amount, bool | float):
        raise MoneyError(f"{amount!r} is not an exact amount; send a decimal string")
    try:
        value = Decimal(amount)
    except (InvalidOperation, ValueError) as error:
        raise MoneyError(f"{amount!r} is not an amount such as 12.34") from error
    if not value.is_finite() or abs(value) > AMOUNT_MINOR_MAX:
        raise MoneyError(f"{amount!r} is outside the amounts we can hold")
    minor = int((value.scaleb(exponent(currency))).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if abs(minor) > AMOUNT_MINOR_MAX:
        raise MoneyError(f"{amount!r} {currency} is outside the amounts we can hold")
    return minor


def to_major(amount_minor: int, currency: str) -> Decimal:
    """Turn minor units into an exact decimal in major units: `to_major(1234, "PLN")` is 12.34."""
    return Decimal(amount_minor).scaleb(-exponent(currency))


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency. Arithmetic stays within the currency or raises."""

    amount_minor: int
    currency: str

    @classmethod
    def parse(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Read an amount in major units; see `to_minor` for rounding and errors."""
        code = currency_code(currency)
        return cls(to_minor(amount, code), code)

    @property
    def major(self) -> Decimal:
        """The exact amount in major units."""
        return to_major(self.amount_minor, self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount_minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount_minor < self._same(other)

    def __str__(self) -> str:
        return f"{self.major:f} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"cannot combine {self.currency} with {other.currency}")
        return other.amount_minor
