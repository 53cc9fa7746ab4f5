"""Looking around in the sample shop: the front page, categories, a product, and a set to put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from wracam.commerce import queries as commerce
from wracam.commerce.contracts import Product
from wracam.demo.core.people import KNOWN_PEOPLE
from wracam.demo.core.storefront import (
    SET_CATEGORY,
    SET_SIZE,
    SHELF_BY_NAME,
    SHELF_BY_SLUG,
    Shelf,
    shelf_of,
    tone_of,
)
from wracam.demo.portal.visiting import ShopRequest, frame, keep, shop_page
from wracam.foundation import assets

STATIC = Path(__file__).parent.parent / "static/demo"
CONSOLE_CSS = Path(__file__).parent.parent.parent / "faces/console/static/console/css"
CARDS_A_PAGE = 24
CARDS_AT_HOME = 8
REDUCED_LOOKED_AT = 500
SEARCH_LENGTH_MAX = 80

assets.register_bundle("shop.css", *(CONSOLE_CSS / f"{name}.css" for name in ("reset", "tokens")), STATIC / "shop.css")
assets.register_bundle("shop.js", STATIC / "shop.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A product on a shelf. `lowest_minor` is the lowest price of the 30 days before its reduction (Omnibus)."""

    product: Product
    shelf: Shelf
    tone: int
    lowest_minor: int | None = None

    @property
    def is_reduced(self) -> bool:
        """Whether it costs less than usual."""
        product = self.product
        return bool(product.regular_minor and product.price_minor and product.price_minor < product.regular_minor)


@shop_page("GET")
def home(request: ShopRequest) -> HttpResponse:
    """Show the front page; with `?q=` what was searched for."""
    text = request.GET.get("q", "")[:SEARCH_LENGTH_MAX].strip()
    if text:
        return _shelf_page(request, commerce.ProductFilter(text=text, is_active=True), text=text)
    chosen = _products(request, commerce.ProductFilter(category="Rośliny doniczkowe", is_active=True), 4)
    chosen += _products(request, commerce.ProductFilter(category="Doniczki i osłonki", is_active=True), 4)
    context = {**frame(request), "reduced": _reduced(request), "chosen": _cards(chosen)}
    return render(request, "demo/shop/home.html", context)


def _reduced(request: ShopRequest) -> list[Card]:
    """Return a few products that cost less now, from different shelves."""
    products = _products(request, commerce.ProductFilter(is_active=True), REDUCED_LOOKED_AT)
    cheaper = [one for one in products if one.regular_minor and one.price_minor and one.price_minor < one.regular_minor]
    by_shelf: dict[str, list[Product]] = {}
    for one in cheaper:
        by_shelf.setdefault(shelf_of(one.categories).name, []).append(one)
    in_turn = [one for row in zip_longest(*by_shelf.values()) for one in row if one is not None]
    return _cards(in_turn[:CARDS_AT_HOME])


@shop_page("GET")
def category(request: ShopRequest, slug: str) -> HttpResponse:
    """Show a category, page by page."""
    shelf = SHELF_BY_SLUG.get(slug)
    if shelf is None:
        raise Http404
    return _shelf_page(request, commerce.ProductFilter(category=shelf.name, is_active=True), shelf=shelf)


@shop_page("GET")
def product(request: ShopRequest, sku: str) -> HttpResponse:
    """Show one product and what else is on its shelf."""
    found = _products(request, commerce.ProductFilter(text=sku[:SEARCH_LENGTH_MAX], is_active=True), 5)
    shown = next((one for one in found if one.sku == sku), None)
    if shown is None:
        raise Http404
    [card] = _cards([shown])
    beside = _products(request, commerce.ProductFilter(category=card.shelf.name, is_active=True), 5)
    others = _cards([one for one in beside if one.sku != sku][:4])
    return render(request, "demo/shop/product.html", {**frame(request), "card": card, "others": others})


@shop_page("GET", "POST")
def build_set(request: ShopRequest) -> HttpResponse:
    """Put a set together: choose three herbs, pay one price for all; a POST puts them into the cart."""
    if request.method == "POST":
        for sku in request.POST.getlist("sku")[:SET_SIZE]:
            request.basket.put(sku, request.basket.lines.get(sku, 0) + 1)
        keep(request, request.basket)
        return HttpResponseRedirect(reverse("demo:cart"))
    herbs = _products(request, commerce.ProductFilter(category=SET_CATEGORY, is_active=True), 24)
    context = {**frame(request), "cards": _cards(herbs), "size": SET_SIZE, "shelf": SHELF_BY_NAME[SET_CATEGORY]}
    return render(request, "demo/shop/build_set.html", context)


@shop_page("POST")
def who(request: ShopRequest) -> HttpResponse:
    """Become one of the people of the demo, or a guest again: a switch that only a demo may have."""
    chosen = request.POST.get("who", "")
    request.basket.who = chosen if chosen in KNOWN_PEOPLE else ""
    keep(request, request.basket)
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(target if is_ours else reverse("demo:shop"))


def _shelf_page(
    request: ShopRequest, wanted: commerce.ProductFilter, *, shelf: Shelf | None = None, text: str = ""
) -> HttpResponse:
    page = commerce.search_products(
        shop_id=request.keys.shop_id, wanted=wanted, cursor=request.GET.get("after"), limit=CARDS_A_PAGE
    )
    context = {
        **frame(request),
        "shelf": shelf,
        "text": text,
        "count": commerce.count_products(shop_id=request.keys.shop_id, wanted=wanted),
        "cards": _cards(page.products),
        "next_cursor": page.next_cursor,
    }
    return render(request, "demo/shop/category.html", context)


def _products(request: ShopRequest, wanted: commerce.ProductFilter, limit: int) -> list[Product]:
    page = commerce.search_products(shop_id=request.keys.shop_id, wanted=wanted, limit=limit)
    return [one for one in page.products if one.price_minor is not None]


def _cards(products: Sequence[Product]) -> list[Card]:
    return [_card(one) for one in products]


def _card(product: Product) -> Card:
    is_reduced = bool(product.regular_minor and product.price_minor and product.price_minor < product.regular_minor)
    return Card(
        product=product,
        shelf=shelf_of(product.categories),
        tone=tone_of(product.sku),
        lowest_minor=_lowest_before_reduction(product) if is_reduced else None,
    )


def _lowest_before_reduction(product: Product) -> int | None:
    """Return the lowest price of the 30 days before the price that is asked now began."""
    periods = commerce.price_history(product.id)
    began = periods[-1].starts_at if periods else None
    return commerce.lowest_price(product.id, currency=product.currency, before=began) if began else None
