"""Lists of customers: search by any name or address, filters, sorted pages by keyset."""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from wracam.customers import models
from wracam.customers.contracts import CustomerPage
from wracam.customers.queries.people import customer_contract
from wracam.kernel.text import search_key

PAGE_SIZE = 50
PAGE_SIZE_MAX = 500


class SortBy(StrEnum):
    """What a list may be sorted by."""

    NAME = "name"
    CREATED = "created"

    @property
    def column(self) -> str:
        """The column behind it."""
        return {"name": "sort_key", "created": "created_at"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilter:
    """Which customers are wanted; None and empty mean "any"."""

    text: str = ""
    is_guest: bool | None = None
    accepts_email: bool | None = None
    country: str = ""
    city: str = ""
    created_from: datetime | None = None
    created_to: datetime | None = None
    is_company: bool | None = None


def search(
    *,
    shop_id: int | None,
    wanted: CustomerFilter,
    sort_by: SortBy = SortBy.CREATED,
    is_descending: bool = True,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
) -> CustomerPage:
    """Return one page of the living customers that match. An unreadable cursor starts from the beginning."""
    size = max(1, min(limit, PAGE_SIZE_MAX))
    rows = _after(_matching(shop_id, wanted), sort_by, is_descending, _read_cursor(cursor, sort_by))
    sign = "-" if is_descending else ""
    found = list(rows.order_by(f"{sign}{sort_by.column}", f"{sign}id")[: size + 1])
    page = found[:size]
    more = _cursor(page[-1], sort_by) if len(found) > size else None
    return CustomerPage(customers=tuple(customer_contract(row) for row in page), next_cursor=more)


def count(*, shop_id: int | None, wanted: CustomerFilter) -> int:
    """Return how many living customers match."""
    return _matching(shop_id, wanted).count()


def _matching(shop_id: int | None, wanted: CustomerFilter) -> QuerySet[models.CustomerRow]:
    rows = models.CustomerRow.objects.filter(merged_into=None, erased_at=None, is_known=True)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    exact: dict[str, Any] = {
        "is_guest": wanted.is_guest,
        "accepts_email": wanted.accepts_email,
        "country": wanted.country.upper() or None,
        "city__iexact": wanted.city or None,
        "created_at__gte": wanted.created_from,
        "created_at__lt": wanted.created_to,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.is_company is not None:
        rows = rows.exclude(company="") if wanted.is_company else rows.filter(company="")
    return rows.filter(_text_condition(wanted.text)) if wanted.text.strip() else rows


def _text_condition(text: str) -> Q:
    """Names, company, e-mail, phone and account number, each from its beginning."""
    key = search_key(text)
    address = text.strip().lower().replace(" ", "")
    by_identity = Q(value__startswith=address)
    digits = "".join(character for character in address if character.isdigit())
    if len(digits) >= 5 and not address.startswith("+") and len(digits) == len(address.replace("-", "")):
        by_identity |= Q(kind="phone", value__in=[f"+{digits}", f"+48{digits}"])
    if address and "@" not in address:
        by_identity |= Q(kind="shop_account", value__endswith=f":{address}")
    holders = models.IdentityRow.objects.filter(by_identity).values("customer_id")
    condition = Q(id__in=holders)
    if key:
        condition |= Q(key_by_last__startswith=key) | Q(key_by_first__startswith=key)
        condition |= Q(key_by_company__startswith=key) & ~Q(key_by_company="")
    with suppress(ValueError):
        condition |= Q(id=UUID(text.strip()))
    return condition


def _after(
    rows: QuerySet[models.CustomerRow], sort_by: SortBy, is_descending: bool, place: tuple[Any, UUID] | None
) -> QuerySet[models.CustomerRow]:
    if place is None:
        return rows
    value, last_id = place
    side = "lt" if is_descending else "gt"
    beyond = Q(**{f"{sort_by.column}__{side}": value})
    return rows.filter(beyond | Q(**{sort_by.column: value, f"id__{side}": last_id}))


def _cursor(row: models.CustomerRow, sort_by: SortBy) -> str:
    value = getattr(row, sort_by.column)
    packed = msgspec.json.encode([sort_by.value, value, row.id])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _read_cursor(cursor: str | None, sort_by: SortBy) -> tuple[Any, UUID] | None:
    if not cursor:
        return None
    value: datetime | str
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if sort_by is SortBy.CREATED:
            name, value, last_id = msgspec.json.decode(packed, type=tuple[str, datetime, UUID])
        else:
            name, value, last_id = msgspec.json.decode(packed, type=tuple[str, str, UUID])
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None
    return (value, last_id) if name == sort_by.value else None
