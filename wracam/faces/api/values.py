"""Types for the fields of API bodies: msgspec checks them, OpenAPI shows them, and money is never a float."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated

from msgspec import Meta, Struct, inspect
from msgspec.inspect import type_info
from msgspec.structs import fields

from wracam.faces.api.problems import invalid
from wracam.kernel.money import MoneyError, currency_code, plain_minor, to_major, to_minor

YEAR_MIN, YEAR_MAX = 1970, 2200

MoneyText = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,4})?$",
        description='A decimal amount in major units, as text: `"129.90"`.',
        examples=["129.90"],
    ),
]
AMOUNT_FORM = r"^[0-9]{1,13}(\.[0-9]{1,4})?$"
AmountText = Annotated[
    str,
    Meta(
        pattern=AMOUNT_FORM,
        description='A decimal amount in major units, zero or more, as text: `"129.90"`.',
        examples=["129.90"],
    ),
]
MinorUnits = Annotated[int, Meta(description="Integer minor units of the currency: 12990 is 129.90.", examples=[12990])]
BasisPoints = Annotated[int, Meta(description="Basis points: 2300 is 23 %.", examples=[2300])]
CurrencyCode = Annotated[str, Meta(pattern=r"^[A-Z]{3}$", description="ISO 4217.", examples=["PLN"])]
Identifier = Annotated[str, Meta(min_length=1, max_length=200, description="Your own id, as text.")]
Name = Annotated[str, Meta(max_length=500)]
Text = Annotated[str, Meta(max_length=10_000)]
Quantity = Annotated[int, Meta(ge=1, le=1_000_000)]
Moment = Annotated[
    datetime,
    Meta(tz=True, description="RFC 3339 with an offset.", examples=["2026-05-04T10:15:00+02:00"]),
]
MOMENT_MIN = datetime(YEAR_MIN, 1, 1, tzinfo=UTC)
MOMENT_MAX = datetime(YEAR_MAX, 1, 1, tzinfo=UTC)


class Part(Struct, forbid_unknown_fields=True):
    """Base of parts of bodies, without moments: an unknown field is an error, so that a typing mistake is not lost."""


class Body(Part):
    """Base of bodies that clients send."""

    def __post_init__(self) -> None:
        """Refuse moments that no shop can mean; years near the ends of the calendar break arithmetic."""
        for name in _moments(type(self)):
            value = getattr(self, name)
            if isinstance(value, datetime) and not MOMENT_MIN <= value < MOMENT_MAX:
                raise ValueError(f"`{name}` must lie between {YEAR_MIN} and {YEAR_MAX}")


@cache
def _moments(body: type[Body]) -> tuple[str, ...]:
    """Return the fields of a body that may hold a moment."""
    return tuple(field.name for field in fields(body) if _holds_moment(type_info(field.type)))


def _holds_moment(told: inspect.Type) -> bool:
    if isinstance(told, inspect.UnionType):
        return any(_holds_moment(one) for one in told.types)
    if isinstance(told, inspect.Metadata):
        return _holds_moment(told.type)
    return isinstance(told, inspect.DateTimeType)


class Answer(Struct):
    """Base of what we answer."""


def minor(amount: str, currency: str, path: str) -> int:
    """Turn the text of an amount into minor units; an amount finer than its currency is refused, never rounded."""
    try:
        code = currency_code(currency)
        if (plain := plain_minor(amount, code)) is not None:
            return plain
        value = to_minor(amount, code)
        if to_major(value, code) != Decimal(amount):
            raise MoneyError(f"{amount} has more decimals than {code} has")
    except MoneyError as error:
        raise invalid(path, "amount", str(error)) from None
    return value


def major(amount_minor: int, currency: str) -> str:
    """Return an amount as the text that the API shows: `"129.90"`."""
    return f"{to_major(amount_minor, currency):f}"
