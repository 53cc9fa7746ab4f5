"""The cart of the sample shop: changed by forms, priced by the public API."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from wracam.demo.core.storefront import DELIVERIES, DELIVERY_BY_METHOD, units
from wracam.demo.portal import pricing
from wracam.demo.portal.visiting import ShopRequest, frame, items_of, keep, shop_page

CODE_LENGTH_MAX = 64


@shop_page("GET")
def show(request: ShopRequest) -> HttpResponse:
    """Show what is in the cart, what it costs, and what is near."""
    items = items_of(request.keys.shop_id, request.basket)
    priced = pricing.price(request, items)
    context = {**frame(request), "deliveries": DELIVERIES, "priced": priced}
    return render(request, "demo/shop/cart.html", context)


@shop_page("POST")
def change(request: ShopRequest) -> HttpResponse:
    """Change the cart: `add` or `set` units of a `sku`, `remove` it, present or drop a code, choose a delivery."""
    basket, posted = request.basket, request.POST
    sku = posted.get("sku", "")[:CODE_LENGTH_MAX]
    if sku and "remove" in posted:
        basket.put(sku, 0)
    elif sku and "set" in posted:
        basket.put(sku, units(posted["set"]))
    elif sku and "add" in posted:
        basket.put(sku, basket.lines.get(sku, 0) + max(1, units(posted["add"])))
    if code := posted.get("code", "").strip()[:CODE_LENGTH_MAX]:
        basket.present(code)
    basket.codes = [one for one in basket.codes if one != posted.get("drop")]
    if posted.get("delivery") in DELIVERY_BY_METHOD:
        basket.delivery = posted["delivery"]
    if posted.get("gift"):
        basket.gift = posted["gift"][:CODE_LENGTH_MAX]
    keep(request, basket)
    return HttpResponseRedirect(reverse("demo:cart"))
