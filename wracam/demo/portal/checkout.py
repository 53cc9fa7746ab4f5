"""Buying in the sample shop: reserve, commit and tell the order, all through the public API from the shop's server."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.demo.core.people import Person
from wracam.demo.core.storefront import order_document
from wracam.demo.portal import pricing
from wracam.demo.portal.public_api import call
from wracam.demo.portal.visiting import ShopRequest, frame, items_of, keep, shop_page
from wracam.foundation import clock
from wracam.kernel.ids import new_id
from wracam.kernel.text import normal_email


@shop_page("GET", "POST")
def show(request: ShopRequest) -> HttpResponse:
    """Ask for the address and show the sums again; a POST buys."""
    items = items_of(request.keys.shop_id, request.basket)
    if not items:
        return HttpResponseRedirect(reverse("demo:cart"))
    if request.method == "POST":
        return _buy(request, items)
    return _form(request, items, {})


def _form(
    request: ShopRequest, items: Any, values: dict[str, str], problem: str = "", status: int = 200
) -> HttpResponse:
    person = request.basket.person
    known = {"email": person.email, "first_name": person.first_name, "last_name": person.last_name,
             "city": person.city, "postcode": person.postcode} if person else {}  # fmt: skip
    context = {
        **frame(request), "priced": pricing.price(request, items), "values": known | values, "problem": problem,
        "once": new_id(clock.now()).hex,
    }  # fmt: skip
    return render(request, "demo/shop/checkout.html", context, status=status)


def _buy(request: ShopRequest, items: Any) -> HttpResponse:
    names = ("email", "first_name", "last_name", "street", "postcode", "city")
    values = {name: request.POST.get(name, "").strip()[:200] for name in names}
    if normal_email(values["email"]) is None:
        return _form(request, items, values, _("Enter an e-mail address such as ania@example.com."), 422)
    once = request.POST.get("once", "")[:40] or new_id(clock.now()).hex
    agreed = request.POST.get("total", "")
    held = pricing.reserve(request, items, once, int(agreed) if agreed.isascii() and agreed.isdigit() else None)
    number = f"S-{once[-10:].upper()}"
    committed = pricing.commit(request, held, number) if held.is_good else held
    if not committed.is_good:
        return _form(request, items, values, committed.problem, 409)
    document = order_document(
        number=number, items=items, priced=held.lines, shipping_minor=held.shipping_minor,
        person=_buyer(request.basket.person, values, request.basket.language), codes=held.codes,
    )  # fmt: skip
    told = call("POST", "/v1/orders", document, key=request.keys.server, once=f"order-{once}")
    if not told.is_good:
        return _form(request, items, values, told.problem, 409)
    request.basket.lines, request.basket.codes, request.basket.gift = {}, [], ""
    keep(request, request.basket)
    return HttpResponseRedirect(reverse("demo:thanks", args=[number]))


def _buyer(person: Person | None, values: dict[str, str], language: str) -> dict[str, Any]:
    """Who bought, as the API wants it: the account when signed in, else a guest."""
    account = {"account_id": person.account} if person and values["email"] == person.email else {"is_guest": True}
    named = {name: values[name] for name in ("email", "first_name", "last_name", "postcode", "city") if values[name]}
    return {**named, **account, "country": "PL", "language": language}


@shop_page("GET")
def thanks(request: ShopRequest, number: str) -> HttpResponse:
    """Thank for the order and show what it was, as the API knows it."""
    found = call("GET", f"/v1/orders/{number[:40]}?source=demo", key=request.keys.server)
    if not found.is_good:
        messages.info(request, _("We do not know this order."))
        return HttpResponseRedirect(reverse("demo:shop"))
    return render(request, "demo/shop/thanks.html", {**frame(request), "order": found.body, "number": number[:40]})


@shop_page("GET")
def club(request: ShopRequest) -> HttpResponse:
    """Lead a signed-in customer to their member page, signed in by the shop's token."""
    person = request.basket.person
    place = reverse("portal:home", args=["zielnik"])
    if person is None:
        return HttpResponseRedirect(place)
    token = pricing.member_token(request, person)
    target = reverse("portal:enter", args=["zielnik"])
    return HttpResponseRedirect(f"{target}#token={token}" if token else place)
