"""What the sample shop's server asks Wracam about a cart, and how it shows the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wracam.commerce import queries as commerce
from wracam.demo import queries
from wracam.demo.contracts import SHOP_KEY
from wracam.demo.core.orders import CURRENCY, SOURCE, tax_within
from wracam.demo.core.people import Person
from wracam.demo.core.storefront import (
    SHIPPING_TAX_PERCENT,
    Item,
    amount,
    goods_minor,
    tone_of,
)
from wracam.demo.portal.public_api import Reply, call
from wracam.demo.portal.visiting import ShopRequest, language_of
from wracam.faces.portal.core.tokens import sign_token
from wracam.foundation import clock
from wracam.kernel.ids import new_id

TOKEN_SECONDS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the cart with what promotions took off it, each by its title."""

    item: Item
    subtotal_minor: int
    discount_minor: int
    total_minor: int
    tone: int
    lowest_minor: int | None = None
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def less(self) -> int:
        """One unit fewer."""
        return self.item.quantity - 1

    @property
    def more(self) -> int:
        """One unit more."""
        return self.item.quantity + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGift:
    """A gift in the cart, and what could be chosen instead, as (sku, name)."""

    promotion: str
    sku: str
    name: str
    quantity: int
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCode:
    """A code that was presented, and what became of it."""

    code: str
    is_good: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """The cart as the pages show it; amounts in grosze. `told` is what the widgets are told: the cart document."""

    rows: tuple[Row, ...]
    goods_minor: int
    discount_minor: int
    shipping_before_minor: int
    shipping_minor: int
    total_minor: int
    taxes: tuple[tuple[int, int], ...]
    told: Mapping[str, Any]
    gifts: tuple[ShownGift, ...] = ()
    codes: tuple[ShownCode, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    agreed_minor: int | None = None
    """The total as the API knows it, to be sent back with the order so that nobody pays another."""

    @property
    def shipping_discount_minor(self) -> int:
        """What promotions took off the delivery."""
        return self.shipping_before_minor - self.shipping_minor

    @property
    def names_json(self) -> str:
        """Names by SKU, for the widget that shows lowest prices."""
        return json.dumps(self.names, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A cart that is reserved for its buyer, or why it could not be."""

    is_good: bool
    problem: str = ""
    key: str = ""
    lines: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    shipping_minor: int = 0
    codes: tuple[str, ...] = ()


def cart_document(request: ShopRequest, items: Sequence[Item]) -> dict[str, Any]:
    """Return the cart in the words of the API: what any shop would send."""
    basket = request.basket
    document: dict[str, Any] = {
        "currency": CURRENCY,
        "lines": [_line(item) for item in items],
        "shipping": {
            "price": amount(basket.way.price_minor), "method": basket.way.method, "tax_rate": str(SHIPPING_TAX_PERCENT),
        },
        "codes": basket.codes,
        "country": "PL",
    }  # fmt: skip
    if basket.gift:
        promotion, _, sku = basket.gift.partition("/")
        document["gift_picks"] = {promotion: sku}
    if basket.person and (token := member_token(request, basket.person)):
        document["customer_token"] = token
    return document


def _line(item: Item) -> dict[str, Any]:
    line = {
        "id": item.sku, "sku": item.sku, "quantity": item.quantity, "price": amount(item.price_minor),
        "tax_rate": str(item.shelf.tax_percent), "categories": [item.shelf.name],
    }  # fmt: skip
    if item.regular_minor and item.regular_minor > item.price_minor:
        line["regular_price"] = amount(item.regular_minor)
    return line


def member_token(request: ShopRequest, person: Person) -> str:
    """Return the short-lived token with which the shop vouches for its customer; empty if it has no secret."""
    secret = queries.member_secret(request.keys.shop_id)
    now = clock.now()
    issued = int(now.timestamp())
    claims = {
        "iss": SHOP_KEY, "aud": "wracam", "iat": issued, "exp": issued + TOKEN_SECONDS, "jti": new_id(now).hex,
        "sub": person.account, "source": SOURCE,
    }  # fmt: skip
    return sign_token(claims, secret=secret) if secret else ""


def price(request: ShopRequest, items: Sequence[Item]) -> Priced:
    """Ask what the cart costs. A shop goes on selling when nobody answers: then nothing is taken off."""
    document = cart_document(request, items)
    told = {"cart": document}
    if not items:
        return _plain(request, items, told)
    reply = call("POST", "/v1/carts/evaluate", document, key=request.keys.server)
    return _priced(request, items, reply.body, told) if reply.is_good else _plain(request, items, told)


def _plain(request: ShopRequest, items: Sequence[Item], told: Mapping[str, Any]) -> Priced:
    goods, shipping = goods_minor(items), request.basket.way.price_minor
    taxes: dict[int, int] = {SHIPPING_TAX_PERCENT: tax_within(shipping, SHIPPING_TAX_PERCENT)} if shipping else {}
    for item in items:
        percent = item.shelf.tax_percent
        taxes[percent] = taxes.get(percent, 0) + tax_within(item.total_minor, percent)
    rows = [
        Row(item=item, subtotal_minor=item.total_minor, discount_minor=0, total_minor=item.total_minor,
            tone=tone_of(item.sku))
        for item in items
    ]  # fmt: skip
    return Priced(
        rows=tuple(rows), goods_minor=goods, discount_minor=0, shipping_before_minor=shipping, shipping_minor=shipping,
        total_minor=goods + shipping, taxes=tuple(sorted(taxes.items())), told=told,
    )  # fmt: skip


def _priced(request: ShopRequest, items: Sequence[Item], answer: Mapping[str, Any], told: Mapping[str, Any]) -> Priced:
    language = language_of(request)
    lines = {line["id"]: line for line in answer["lines"]}
    return Priced(
        rows=tuple(_row(item, lines[item.sku], answer["offers"], language) for item in items),
        goods_minor=answer["items"],
        discount_minor=sum(line["discount"] for line in answer["lines"]),
        shipping_before_minor=request.basket.way.price_minor,
        shipping_minor=answer["shipping"],
        total_minor=answer["gross"],
        agreed_minor=answer["total"],
        taxes=tuple((one["rate_bp"] // 100, one["tax"]) for one in answer["taxes"] if one["tax"]),
        told=told,
        gifts=_gifts(request, answer),
        codes=tuple(_code(one, language) for one in answer["codes"]),
        names={item.sku: item.name for item in items},
    )


def _row(item: Item, line: Mapping[str, Any], offers: Sequence[Mapping[str, Any]], language: str) -> Row:
    parts = [
        (offer["title"][language], part["discount"])
        for offer in offers
        for part in offer["lines"]
        if part["id"] == item.sku and part["discount"]
    ]
    return Row(
        item=item,
        subtotal_minor=line["subtotal"],
        discount_minor=line["discount"],
        total_minor=line["total"],
        tone=tone_of(item.sku),
        lowest_minor=line["lowest_30_days"],
        parts=tuple(parts),
    )


def _code(one: Mapping[str, Any], language: str) -> ShownCode:
    return ShownCode(code=one["code"], is_good=one["outcome"] == "applied", sentence=one["sentence"][language])


def _gifts(request: ShopRequest, answer: Mapping[str, Any]) -> tuple[ShownGift, ...]:
    choices = {one["promotion"]: one["skus"] for one in answer["gift_choices"]}
    wanted = {one["sku"] for one in answer["gifts"]} | {sku for skus in choices.values() for sku in skus}
    names = {sku: _name(request.keys.shop_id, sku) for sku in sorted(wanted)}
    given = [
        ShownGift(
            promotion=one["promotion"], sku=one["sku"], name=names[one["sku"]], quantity=one["quantity"],
            choices=tuple((sku, names[sku]) for sku in choices.get(one["promotion"], ())),
        )
        for one in answer["gifts"]
    ]  # fmt: skip
    open_choices = [key for key in choices if key not in {one["promotion"] for one in answer["gifts"]}]
    return tuple(given) + tuple(
        ShownGift(promotion=key, sku="", name="", quantity=1, choices=tuple((sku, names[sku]) for sku in choices[key]))
        for key in open_choices
    )


def _name(shop_id: int, sku: str) -> str:
    page = commerce.search_products(shop_id=shop_id, wanted=commerce.ProductFilter(text=sku), limit=5)
    return next((one.name for one in page.products if one.sku == sku), sku)


def reserve(request: ShopRequest, items: Sequence[Item], once: str, total_minor: int | None) -> Held:
    """Hold everything limited that the cart uses while the buyer pays; *total_minor* is the sum they agreed to."""
    body: dict[str, Any] = {"key": once, "cart": cart_document(request, items)}
    if total_minor is not None:
        body["total"] = total_minor
    return _held(request, call("POST", "/v1/carts/reserve", body, key=request.keys.server), once)


def commit(request: ShopRequest, held: Held, number: str) -> Held:
    """Say that the order was placed: what was held is used."""
    body = {"key": held.key, "order": number}
    return _held(request, call("POST", "/v1/carts/commit", body, key=request.keys.server), held.key)


def _held(request: ShopRequest, reply: Reply, key: str) -> Held:
    if not reply.is_good:
        return Held(is_good=False, problem=reply.problem)
    answer = reply.body
    if answer["state"] not in ("held", "committed"):
        return Held(is_good=False, problem=answer["sentence"][language_of(request)])
    priced = answer["evaluation"]
    return Held(
        is_good=True,
        key=key,
        lines={line["sku"]: {"total": line["total"], "discount": line["discount"]} for line in priced["lines"]},
        shipping_minor=priced["shipping"],
        codes=tuple(one["code"] for one in priced["codes"] if one["outcome"] == "applied"),
    )
