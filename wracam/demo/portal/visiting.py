"""Who visits the sample shop, in which language, with what in the cart; kept in the visitor's session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone, translation

from wracam.commerce import queries as commerce
from wracam.demo import actions, queries
from wracam.demo.contracts import StorefrontKeys
from wracam.demo.core.calendar import WARSAW
from wracam.demo.core.people import KNOWN_PEOPLE, Person, known_person
from wracam.demo.core.storefront import (
    CODES_MAX,
    DELIVERIES,
    DELIVERY_BY_METHOD,
    LINES_MAX,
    SHELVES,
    UNITS_MAX,
    Delivery,
    Item,
    shelf_of,
)
from wracam.foundation import assets, clock
from wracam.kernel.language import Language

SESSION = "demo_shop"


@dataclass(slots=True)
class Basket:
    """What a visitor has chosen so far."""

    lines: dict[str, int] = field(default_factory=dict)
    """Units by SKU, in the order they were put in."""
    codes: list[str] = field(default_factory=list)
    delivery: str = DELIVERIES[0].method
    who: str = ""
    """One of the four people of the demo, or nobody."""
    language: str = ""
    attempt: int = 1
    """Counts the orders of this visit, so that a double click orders once."""
    gift: str = ""
    """The gift chosen among several."""

    @property
    def units(self) -> int:
        """How many things are in the cart."""
        return sum(self.lines.values())

    @property
    def way(self) -> Delivery:
        """How it shall be delivered."""
        return DELIVERY_BY_METHOD.get(self.delivery, DELIVERIES[0])

    @property
    def person(self) -> Person | None:
        """Who is signed in."""
        return known_person(self.who) if self.who in KNOWN_PEOPLE else None

    def put(self, sku: str, quantity: int) -> None:
        """Set how many of a product are wanted; none takes it out."""
        if quantity <= 0:
            self.lines.pop(sku, None)
        elif sku in self.lines or len(self.lines) < LINES_MAX:
            self.lines[sku] = min(quantity, UNITS_MAX)

    def present(self, code: str) -> None:
        """Remember a code."""
        if code and code not in self.codes:
            self.codes = [*self.codes, code][-CODES_MAX:]


class ShopRequest(HttpRequest):
    """A request of the sample shop, for type checkers."""

    basket: Basket
    keys: StorefrontKeys
    origin: str
    csp_nonce: str


View = Callable[..., HttpResponseBase]


def shop_page(*methods: str) -> Callable[[View], View]:
    """Make a function a page of the sample shop; without the demo there is none (404)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in {*methods, "HEAD"}:
                return HttpResponseNotAllowed(sorted(methods))
            visit = _enter(request)
            translation.activate(visit.basket.language)
            timezone.activate(WARSAW)
            return view(visit, *args, **kwargs)

        return page

    return decorate


def _enter(request: HttpRequest) -> ShopRequest:
    if queries.demo_shop_id() is None:
        raise Http404("there is no sample shop here")
    visit = cast(ShopRequest, request)
    visit.origin = f"{'https' if settings.IS_SECURE else request.scheme}://{request.get_host()}"
    visit.basket = read(request)
    try:
        known = queries.storefront_keys(visit.origin)
        visit.keys = known or actions.open_storefront(origin=visit.origin, now=clock.now())
    except actions.NoStorefrontError as error:
        raise Http404(str(error)) from error
    return visit


def read(request: HttpRequest) -> Basket:
    """Return the visitor's basket, an empty one for somebody new."""
    kept = request.session.get(SESSION)
    basket = Basket(**kept) if isinstance(kept, dict) and kept.keys() <= set(Basket.__slots__) else Basket()
    asked = request.GET.get("lang")
    if asked in ("pl", "en") and asked != basket.language:
        basket.language = asked
        keep(request, basket)
    if not basket.language:
        basket.language = "pl" if (translation.get_language() or "").startswith("pl") else "en"
    return basket


def keep(request: HttpRequest, basket: Basket) -> None:
    """Keep the basket for the visitor's next page."""
    request.session[SESSION] = {name: getattr(basket, name) for name in Basket.__slots__}


def items_of(shop_id: int, basket: Basket) -> list[Item]:
    """Return what is in the cart with today's prices; what the shop no longer sells is left out."""
    found = {one.sku: one for one in _products(shop_id, list(basket.lines))}
    return [
        Item(
            sku=sku,
            external_id=found[sku].external_id,
            name=found[sku].name,
            shelf=shelf_of(found[sku].categories),
            quantity=quantity,
            price_minor=found[sku].price_minor or 0,
            regular_minor=found[sku].regular_minor,
            product_id=str(found[sku].id),
        )
        for sku, quantity in basket.lines.items()
        if sku in found
    ]


def _products(shop_id: int, skus: list[str]) -> list[Any]:
    found = []
    for sku in skus:
        wanted = commerce.ProductFilter(text=sku, is_active=True)
        page = commerce.search_products(shop_id=shop_id, wanted=wanted, limit=5)
        found += [one for one in page.products if one.sku == sku and one.price_minor is not None][:1]
    return found


def language_of(request: ShopRequest) -> Language:
    """Return the language the visitor reads."""
    return "pl" if request.basket.language == "pl" else "en"


def frame(request: ShopRequest) -> dict[str, Any]:
    """Return what every page of the shop shows around its content."""
    return {
        "basket": request.basket,
        "shelves": SHELVES,
        "people": [known_person(key) for key in KNOWN_PEOPLE],
        "person": request.basket.person,
        "css": assets.url("shop.css"),
        "js": assets.url("shop.js"),
        "publishable_key": request.keys.publishable,
        "language": language_of(request),
    }
