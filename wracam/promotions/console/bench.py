"""The test bench: a cart from scratch, from a past order or of a customer, at any moment, with everything explained.

The cart is the query of the address, so that a case can be sent to a colleague; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from wracam.commerce import queries as commerce
from wracam.commerce.contracts import Order, Product
from wracam.customers import queries as customers
from wracam.customers.contracts import Customer
from wracam.definitions import queries as definitions
from wracam.faces.console.ports import ConsoleRequest, console_page
from wracam.foundation import clock
from wracam.kernel.allocation import divide_half_up
from wracam.kernel.money import MoneyError, to_minor
from wracam.promotions import queries
from wracam.promotions.console import verdicts
from wracam.promotions.console.form import typed_decimal
from wracam.promotions.contracts import Cart, CartLine, Evaluation
from wracam.promotions.queries.live import PROMOTION_KIND
from wracam.rules.templatetags.conditions import language_of_screen

LINES_MAX = 40
BLANK_LINES = 3
FOUND_MAX = 8
QUANTITY_MAX = 100_000
CODES_MAX = 20
TAX_DEFAULT = "23"
TEXT_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchLine:
    """A line of the form: as typed, and the product it means."""

    sku: str = ""
    quantity: str = "1"
    price: str = ""
    tax: str = TAX_DEFAULT
    product: Product | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Everything of a case that is not its goods."""

    at: datetime | None
    customer: Customer | None
    drafts: tuple[str, ...]
    codes: tuple[str, ...]
    shipping: str
    shipping_minor: int
    channel: str


@console_page()
def show(request: ConsoleRequest) -> HttpResponse:
    """Show the form and, once it holds a product, what the cart costs and why."""
    asked = request.GET
    problems: list[str] = []
    order = _order(request, asked.get("order", ""), problems)
    lines = _lines(request, asked, order)
    setting = _setting(request, asked, order, problems)
    cart = _cart(request, lines, setting, problems)
    evaluation = _evaluated(request, cart, setting) if cart else None
    context = {
        "lines": [*lines, *[BenchLine()] * BLANK_LINES],
        "asked": asked,
        "setting": setting,
        "order": order,
        "drafts": _drafts(setting.drafts),
        "problems": problems,
        "found": _found(request.shop.id, asked.get("find", "")),
        "currency": request.shop.currency,
        "sign": "zł" if request.shop.currency == "PLN" else request.shop.currency,
        "verdict": _verdict(request, evaluation, lines) if evaluation else None,
    }
    return render(request, "promotions/console/bench.html", context)


@console_page()
def found(request: ConsoleRequest) -> HttpResponse:
    """Return the products whose name or SKU holds what was typed, to be put into the cart."""
    products = _found(request.shop.id, request.GET.get("find", ""))
    context = {"found": products, "currency": request.shop.currency, "asked": request.GET}
    return render(request, "promotions/console/found.html", context)


def _order(request: ConsoleRequest, number: str, problems: list[str]) -> Order | None:
    bare = number.strip().lstrip("#")[:TEXT_LENGTH_MAX]
    if not bare:
        return None
    wanted = commerce.OrderFilter(text=bare)
    page = commerce.search_orders(shop_id=request.shop.id, wanted=wanted, limit=5)
    found = next((one for one in page.orders if bare in (one.number, one.external_id)), None)
    if found is None:
        problems.append(_("There is no order %(number)s.") % {"number": bare})
    return found


def _lines(request: ConsoleRequest, asked: QueryDict, order: Order | None) -> list[BenchLine]:
    """The lines that were typed; of an order that was just named, its own."""
    typed = [
        BenchLine(sku=sku.strip()[:TEXT_LENGTH_MAX], quantity=quantity, price=price, tax=tax)
        for sku, quantity, price, tax in zip(
            *(asked.getlist(name)[:LINES_MAX] for name in ("sku", "quantity", "price", "tax")), strict=False
        )
        if sku.strip()
    ]
    if order is not None and (not typed or asked.get("from_order")):
        typed = [_line_of_order(line) for line in order.lines]
    if added := asked.get("add", "").strip()[:TEXT_LENGTH_MAX]:
        typed.append(BenchLine(sku=added))
    return [replace(one, product=_product(request.shop.id, one.sku)) for one in typed]


def _line_of_order(line: Any) -> BenchLine:
    """A line of a past order at the price before its discount."""
    before_minor = line.total_minor + line.discount_minor
    unit_minor = divide_half_up(before_minor, line.quantity) if line.quantity else before_minor
    net_minor = line.total_minor - line.tax_minor
    rate = round(100 * line.tax_minor / net_minor) if net_minor > 0 else 0
    return BenchLine(
        sku=line.sku or line.external_id,
        quantity=str(line.quantity),
        price=f"{unit_minor // 100}.{unit_minor % 100:02d}",
        tax=str(rate),
    )


def _setting(request: ConsoleRequest, asked: QueryDict, order: Order | None, problems: list[str]) -> Setting:
    zone = ZoneInfo(request.shop.time_zone)
    customer = _customer(request, asked.get("customer", ""), problems)
    if customer is None and order is not None and order.customer_id and not asked.get("customer"):
        customer = customers.customer(order.customer_id)
    at = _moment(asked.get("at", ""), zone, problems)
    if at is None and order is not None and asked.get("as_then"):
        at = order.placed_at
    shipping_minor = _minor(asked.get("shipping_price", ""), request.shop.currency, problems)
    return Setting(
        at=at,
        customer=customer,
        drafts=tuple(asked.getlist("draft")[:LINES_MAX]),
        codes=tuple(code.strip() for code in asked.get("codes", "").replace(",", " ").split())[:CODES_MAX],
        shipping=asked.get("shipping", "").strip()[:TEXT_LENGTH_MAX],
        shipping_minor=order.shipping_minor if order and not asked.get("shipping_price") else shipping_minor or 0,
        channel=asked.get("channel", "").strip()[:60] or "web",
    )


def _customer(request: ConsoleRequest, text: str, problems: list[str]) -> Customer | None:
    bare = text.strip()[:TEXT_LENGTH_MAX]
    if not bare:
        return None
    try:
        found = customers.customer(UUID(bare))
    except ValueError:
        page = customers.search(shop_id=request.shop.id, wanted=customers.CustomerFilter(text=bare), limit=1)
        found = next(iter(page.customers), None)
    if found is None or found.shop_id != request.shop.id:
        problems.append(_("There is no customer “%(text)s”.") % {"text": bare})
        return None
    return found


def _moment(text: str, zone: ZoneInfo, problems: list[str]) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=zone)
    except ValueError:
        problems.append(_("Write the moment as 2026-12-24 18:00."))
        return None


def _cart(request: ConsoleRequest, lines: Sequence[BenchLine], setting: Setting, problems: list[str]) -> Cart | None:
    priced = [one for place, line in enumerate(lines) if (one := _cart_line(request, place, line, problems))]
    if not priced:
        return None
    return Cart(
        currency=request.shop.currency,
        lines=tuple(priced),
        shipping_minor=setting.shipping_minor,
        shipping_method=setting.shipping,
        shipping_tax_rate_bp=2300,
    )


def _cart_line(request: ConsoleRequest, place: int, line: BenchLine, problems: list[str]) -> CartLine | None:
    product = line.product
    price_minor = _minor(line.price, request.shop.currency, problems)
    if price_minor is None:
        price_minor = product.price_minor if product else None
    quantity = (
        int(line.quantity) if line.quantity.isascii() and line.quantity.isdigit() and len(line.quantity) < 7 else 0
    )
    if price_minor is None or not 0 < quantity <= QUANTITY_MAX:
        problems.append(_("%(sku)s: give a number of units and, for an unknown product, a price.") % {"sku": line.sku})
        return None
    tax = typed_decimal(line.tax)
    return CartLine(
        id=str(place + 1),
        sku=line.sku,
        quantity=quantity,
        unit_minor=price_minor,
        regular_minor=product.regular_minor if product and not line.price else None,
        categories=product.categories if product else (),
        tax_rate_bp=int(tax) * 100 if tax.isascii() and tax.isdigit() and len(tax) < 3 else 0,
    )


def _minor(text: str, currency: str, problems: list[str]) -> int | None:
    bare = typed_decimal(text)
    if not bare:
        return None
    try:
        minor = to_minor(bare, currency)
    except (MoneyError, ValueError, ArithmeticError):
        minor = -1
    if minor < 0:
        problems.append(_("“%(text)s” is not an amount.") % {"text": text})
        return None
    return minor


def _evaluated(request: ConsoleRequest, cart: Cart, setting: Setting) -> Evaluation:
    return queries.evaluate(
        shop_id=request.shop.id,
        cart=cart,
        customer_id=setting.customer.id if setting.customer else None,
        codes=setting.codes,
        at=setting.at,
        drafts=setting.drafts,
        channel=setting.channel,
        now=clock.now(),
    )


def _product(shop_id: int, sku: str) -> Product | None:
    page = commerce.search_products(shop_id=shop_id, wanted=commerce.ProductFilter(text=sku), limit=5)
    return next((one for one in page.products if one.sku == sku), None)


def _found(shop_id: int, text: str) -> Sequence[Product]:
    """Return products to put into the cart, by a part of their name or their SKU."""
    bare = text.strip()[:TEXT_LENGTH_MAX]
    if not bare:
        return []
    wanted = commerce.ProductFilter(text=bare, is_active=True)
    page = commerce.search_products(shop_id=shop_id, wanted=wanted, limit=FOUND_MAX)
    return [one for one in page.products if one.sku]


def _verdict(request: ConsoleRequest, evaluation: Evaluation, lines: Sequence[BenchLine]) -> verdicts.Verdict:
    gifts = {gift.sku for gift in evaluation.quote.gifts}
    names = {**commerce.product_names(skus=gifts, shop_ids=[request.shop.id]), **_names(lines)}
    return verdicts.verdict_of(evaluation, names, language_of_screen())


def _names(lines: Sequence[BenchLine]) -> Mapping[str, str]:
    return {line.sku: line.product.name for line in lines if line.product}


def _drafts(chosen: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"key": one.key, "name": one.name, "is_on": one.key in chosen}
        for one in definitions.listed(PROMOTION_KIND)
        if one.draft is not None
    ]
