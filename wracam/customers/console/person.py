"""The page of one customer: who it is, what happened, what we know and from where."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from babel import Locale
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wracam.customers import ports, queries
from wracam.customers.console.lists import language
from wracam.customers.contracts import Customer, IdentityKind, MergeExplained
from wracam.faces.console.ports import ConsoleRequest, Status, TimelineEntry, console_page, say
from wracam.foundation import clock
from wracam.kernel.language import Words, date_text

KIND_TITLES = {
    IdentityKind.SHOP_ACCOUNT: Words(pl="Konto w sklepie", en="Shop account"),
    IdentityKind.EMAIL: Words(pl="E-mail", en="E-mail"),
    IdentityKind.PHONE: Words(pl="Telefon", en="Phone"),
    IdentityKind.LOYALTY_CARD: Words(pl="Karta klubowa", en="Loyalty card"),
    IdentityKind.MARKETPLACE: Words(pl="Adres z platformy handlowej", en="Marketplace address"),
    IdentityKind.CHAT: Words(pl="Czat", en="Chat"),
    IdentityKind.ANONYMOUS: Words(pl="Przeglądarka", en="Browser"),
}
PROOFS = {
    "person": Words(pl="połączono ręcznie", en="merged by hand"),
    "shop_account": Words(pl="to samo konto w sklepie", en="the same shop account"),
    "email": Words(pl="ten sam adres e-mail", en="the same e-mail address"),
    "phone": Words(pl="ten sam numer telefonu", en="the same phone number"),
    "loyalty_card": Words(pl="ta sama karta klubowa", en="the same loyalty card"),
    "marketplace": Words(pl="ten sam kupujący na platformie", en="the same buyer on a marketplace"),
    "chat": Words(pl="ta sama rozmowa", en="the same chat"),
    "anonymous": Words(pl="ta sama przeglądarka", en="the same browser"),
}
SEXES = {"female": Words(pl="kobieta", en="female"), "male": Words(pl="mężczyzna", en="male")}
CHANNELS = {"email": Words(pl="E-mail", en="E-mail"), "sms": Words(pl="SMS", en="SMS")}


@console_page()
def show(request: ConsoleRequest, customer_id: UUID) -> HttpResponse:
    """Show one customer; a merged profile leads to its survivor."""
    customer = own(request, customer_id)
    if customer.merged_into:
        return redirect("customers:customer", customer.merged_into)
    entries, more = queries.timeline(customer.id, before=_before(request))
    context = {
        "customer": customer,
        "status": _status(customer),
        "facts": _facts(customer),
        "entries": [_entry(one) for one in entries],
        "more_url": f"?{urlencode({'before': f'{more[0].isoformat()}|{more[1]}'})}#story" if more else "",
        "is_continued": "before" in request.GET,
        "identities": [(KIND_TITLES[one.kind], one) for one in queries.identities(customer.id)],
        "conflicts": _conflicts(customer),
        "merges": [_merge(one) for one in queries.merges(customer.id)],
        "consents": [(CHANNELS.get(one.channel), one) for one in queries.consents(customer.id)],
        "notes": queries.notes(customer.id),
        "organisations": queries.organisations_of(customer.id),
        "may_edit": request.user.may("customers.edit"),  # type: ignore[union-attr]  # staff, by console_page
        "may_erase": request.user.may("customers.erase"),  # type: ignore[union-attr]  # staff, by console_page
        "may_export": request.user.may("export"),  # type: ignore[union-attr]  # staff, by console_page
        **_panels(customer),
    }
    return render(request, "customers/customer.html", context)


@console_page(permission="export")
def export(request: ConsoleRequest, customer_id: UUID) -> HttpResponse:
    """Hand out everything held about a customer, for the person to take away."""
    whole = queries.export_everything(own(request, customer_id).id)
    body = msgspec.json.format(msgspec.json.encode(whole), indent=2)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="customer-{customer_id}.json"'
    return response


def own(request: ConsoleRequest, customer_id: UUID) -> Customer:
    """Return a customer of the shop on screen, or answer 404."""
    customer = queries.customer(customer_id)
    if customer is None or customer.shop_id != request.shop.id:
        raise Http404
    return customer


def _panels(customer: Customer) -> dict[str, Any]:
    ids, now = queries.all_ids(customer.id), clock.now()
    places = sorted(ports.PANELS, key=lambda place: place.order)
    found = [(place, place.provide(ids, customer.shop_id, language(), now)) for place in places]
    return {
        "main_panels": [panel for place, panel in found if panel is not None and not place.is_side],
        "side_panels": [panel for place, panel in found if panel is not None and place.is_side],
    }


def _before(request: ConsoleRequest) -> tuple[datetime, str] | None:
    moment, _bar, key = request.GET.get("before", "").partition("|")
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (parsed, key) if parsed.tzinfo and key else None


def _status(customer: Customer) -> Status:
    if customer.is_erased:
        return Status(title=_("Erased"), tone="bad")
    if customer.is_guest:
        return Status(title=_("Guest"))
    return Status(title=_("Has an account"), tone="good")


def _facts(customer: Customer) -> list[tuple[str, str]]:
    place = " ".join(part for part in (customer.postcode, customer.city) if part)
    sex = SEXES.get(customer.sex)
    told = [
        (_("E-mail"), customer.email),
        (_("Phone"), customer.phone),
        (_("Company"), customer.company),
        (_("Tax number"), customer.tax_number),
        (_("Place"), ", ".join(part for part in (place, customer.country) if part)),
        (_("Language"), _language_name(customer.language)),
        (_("Birthday"), date_text(customer.birthday_on, language()) if customer.birthday_on else ""),
        (_("Sex"), say(sex) if sex else ""),
        (_("Known since"), date_text(customer.created_at, language())),
        (_("Account since"), date_text(customer.registered_at, language()) if customer.registered_at else ""),
    ]
    return [(name, text) for name, text in told if text]


def _language_name(code: str) -> str:
    """Return the language's name in the language of the screen: `pl` is `polski` or `Polish`."""
    known = Locale(language()).languages.get(code.replace("-", "_").split("_")[0].lower()) if code else None
    return known or code


def _entry(one: ports.TimelineEntry) -> TimelineEntry:
    return TimelineEntry(
        at=one.moment,
        icon=one.icon,
        sentence=say(one.sentence),
        detail=say(one.detail) if one.detail else "",
        url=one.link,
    )


def _conflicts(customer: Customer) -> list[dict[str, Any]]:
    ids = set(queries.all_ids(customer.id))
    found = queries.conflicts(customer.id)
    others = {one.id: one for one in queries.customers([_other(one, ids) for one in found])}
    return [
        {
            "kind": KIND_TITLES[one.kind],
            "value": one.value,
            "is_ours": one.holder_id in ids,
            "other": others.get(_other(one, ids)),
        }
        for one in found
    ]


def _other(conflict: Any, ids: set[UUID]) -> UUID:
    other: UUID = conflict.other_id if conflict.holder_id in ids else conflict.holder_id
    return other


def _merge(one: MergeExplained) -> dict[str, Any]:
    return {
        "at": one.merged_at,
        "proof": PROOFS.get(one.reason_kind, PROOFS["person"]),
        "value": one.reason_value,
        "actor": one.actor_name,
        "absorbed_id": str(one.absorbed_id)[-8:],
        "identities": [mark.value for mark in one.identities],
        "facts": ", ".join(str(value) for value in one.facts.values() if not isinstance(value, bool)),
    }
