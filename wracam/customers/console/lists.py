"""The list of customers: search, filters, sorting, pages, CSV, and the palette's finder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.customers import ports, queries
from wracam.customers.contracts import Customer
from wracam.customers.queries import CustomerFilter, SortBy
from wracam.faces.console.ports import (
    Column,
    ConsoleRequest,
    Empty,
    FilterChip,
    PaletteEntry,
    Row,
    Table,
    console_page,
    csv_response,
    palette,
    say,
)
from wracam.kernel.language import CountedNoun, Language, Words

PAGE_SIZE = 50
CSV_ROWS_MAX = 200_000
SEARCH_LENGTH_MAX = 200
CUSTOMERS = CountedNoun(pl=("klient", "klienci", "klientów", "klienta"), en=("customer", "customers"))
KINDS: dict[str, tuple[Words, CustomerFilter]] = {
    "": (Words(pl="Wszyscy", en="Everybody"), CustomerFilter()),
    "account": (Words(pl="Z kontem", en="With an account"), CustomerFilter(is_guest=False)),
    "guest": (Words(pl="Goście", en="Guests"), CustomerFilter(is_guest=True)),
    "company": (Words(pl="Firmy", en="Companies"), CustomerFilter(is_company=True)),
    "email": (Words(pl="Zgoda na e-maile", en="Accept e-mail"), CustomerFilter(accepts_email=True)),
}


@console_page()
def index(request: ConsoleRequest) -> HttpResponse:
    """Show the customers of the shop."""
    return render(request, "customers/index.html", {"table": _table(request)})


@console_page(permission="export")
def as_csv(request: ConsoleRequest) -> HttpResponseBase:
    """Hand out the list as it is filtered."""
    header = [
        _("Number"), _("First name"), _("Last name"), _("E-mail"), _("Phone"), _("Company"), _("City"), _("Postcode"),
        _("Country"), _("Language"), _("Guest"), _("Accepts e-mail"), _("Accepts SMS"), _("Known since"),
    ]  # fmt: skip
    return csv_response("customers", header, _csv_rows(request.shop.id, _wanted(request)))


@palette("customers")
def find(shop_id: int, text: str, language: str, limit: int) -> Sequence[PaletteEntry]:
    """Find customers by name, e-mail, phone or number."""
    found = queries.search(shop_id=shop_id, wanted=CustomerFilter(text=text[:SEARCH_LENGTH_MAX]), limit=limit)
    group = Words(pl="Klienci", en="Customers")
    return [
        PaletteEntry(
            group=group.pl if language.startswith("pl") else group.en,
            title=customer.display_name,
            detail=customer.email or customer.phone or "",
            url=reverse("customers:customer", args=[customer.id]),
            icon="user",
        )
        for customer in found.customers
    ]


def _table(request: ConsoleRequest) -> Table:
    wanted = _wanted(request)
    sort = request.GET.get("sort", "-created")
    sort_by = SortBy.NAME if sort.lstrip("-") == SortBy.NAME else SortBy.CREATED
    is_descending = sort.startswith("-")
    page = queries.search(
        shop_id=request.shop.id,
        wanted=wanted,
        sort_by=sort_by,
        is_descending=is_descending,
        cursor=request.GET.get("after"),
        limit=PAGE_SIZE,
    )
    total = queries.count(shop_id=request.shop.id, wanted=wanted)
    return Table(
        name="customers",
        caption=_("Customers of the shop"),
        columns=_columns(),
        rows=_rows(page.customers, request.shop.id),
        count=CUSTOMERS.say(total, language()),
        search=wanted.text,
        search_hint=_("Name, e-mail, phone, number"),
        chips=_chips(request.GET.get("kind", "")),
        sort=f"{'-' if is_descending else ''}{sort_by.value}",
        next_cursor=page.next_cursor or "",
        csv_url=f"{reverse('customers:csv')}?{request.GET.urlencode()}" if _may_export(request) else "",
        is_filtered=wanted != CustomerFilter(),
        empty=Empty(
            title=_("Nobody here yet"),
            sentence=_("Customers appear with the first order, import or sign-up. Connect your shop or upload a file."),
            icon="users",
        ),
    )


def _wanted(request: ConsoleRequest) -> CustomerFilter:
    _title, chosen = KINDS.get(request.GET.get("kind", ""), KINDS[""])
    text = request.GET.get("q", "").replace("\x00", "")[:SEARCH_LENGTH_MAX].strip()
    return CustomerFilter(
        text=text,
        is_guest=chosen.is_guest,
        is_company=chosen.is_company,
        accepts_email=chosen.accepts_email,
    )


def _columns() -> list[Column]:
    more = [
        Column(name=f"{added.columns[0].name}.{column.name}", title=say(column.title), kind=column.kind)
        for added in ports.LIST_COLUMNS
        for column in added.columns
    ]
    return [
        Column(name="name", title=_("Name"), sort="name", is_main=True),
        Column(name="city", title=_("City")),
        *more,
        Column(name="created", title=_("Known since"), kind="day", sort="created"),
    ]


def _rows(customers: Sequence[Customer], shop_id: int) -> list[Row]:
    ids = [customer.id for customer in customers]
    cells: dict[UUID, dict[str, Any]] = {
        customer.id: {"name": customer.display_name, "city": customer.city, "created": customer.created_at}
        for customer in customers
    }
    for added in ports.LIST_COLUMNS:
        for customer_id, values in (added.values(ids, shop_id) if ids else {}).items():
            cells[customer_id] |= {f"{added.columns[0].name}.{name}": value for name, value in values.items()}
    return [
        Row(
            id=str(customer.id),
            cells=cells[customer.id],
            url=reverse("customers:customer", args=[customer.id]),
            detail=_detail(customer),
        )
        for customer in customers
    ]


def _detail(customer: Customer) -> str:
    known = [customer.email, customer.phone, _("guest") if customer.is_guest else ""]
    return " · ".join(text for text in known if text and text != customer.display_name)


def _chips(chosen: str) -> list[FilterChip]:
    return [
        FilterChip(name="kind", value=value, title=say(title), is_on=value == chosen)
        for value, (title, _filter) in KINDS.items()
    ]


def _csv_rows(shop_id: int, wanted: CustomerFilter) -> Iterator[Sequence[object]]:
    cursor: str | None = None
    for _page in range(CSV_ROWS_MAX // queries.PAGE_SIZE_MAX):
        page = queries.search(shop_id=shop_id, wanted=wanted, cursor=cursor, limit=queries.PAGE_SIZE_MAX)
        for one in page.customers:
            yield (
                one.id, one.first_name, one.last_name, one.email or "", one.phone or "", one.company, one.city,
                one.postcode, one.country, one.language, one.is_guest, one.accepts_email, one.accepts_sms,
                one.created_at.isoformat(),
            )  # fmt: skip
        cursor = page.next_cursor
        if cursor is None:
            return


def _may_export(request: ConsoleRequest) -> bool:
    return bool(request.user.may("export"))  # type: ignore[union-attr]  # staff, by console_page


def language() -> Language:
    """Return the language of the screen."""
    return "pl" if say(Words(pl="pl", en="en")) == "pl" else "en"
