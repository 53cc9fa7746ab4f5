"""Orders of loyalty cases as earning sees them: lines with labels and categories, discounts spread over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from msgspec import structs

from tools.cases.loyalty.words import CURRENCY, Said
from tools.cases.report import NotUnderstoodError
from wracam.kernel.allocation import split_by_weights
from wracam.kernel.money import to_minor
from wracam.loyalty.core.earning import Line

PAYMENTS = ("wallet", "gift_card", "card", "cash", "transfer", "paid_with_wallet", "paid_with_gift_card")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line, and by what rules may choose it."""

    line: Line
    sku: str = ""
    labels: frozenset[tuple[str, str]] = frozenset()
    categories: frozenset[str] = frozenset()
    is_gift_card: bool = False


def order_of(said: Any) -> list[CaseLine]:
    """Return the lines of an order, after all its discounts."""
    order = Said("order", said)
    order.take("id", "number", "currency", "status")
    _check_payments(order)
    lines = [_line(index, Said("line", one)) for index, one in enumerate(order.items("lines", "items"))]
    goods = [one for one in lines if one.line.gross_minor >= 0]
    off = -sum(one.line.gross_minor for one in lines if one.line.gross_minor < 0)
    off += order.minor("discount", "order_discount", "discount_total", default=0)
    worth = sum(one.line.gross_minor for one in goods if not one.line.is_shipping)
    off += _part(worth, int(order.number("discount_percent", default=0) * 100), 10_000)
    shipping = order.minor("delivery_cost", "shipping", "shipping_cost", "delivery", default=0)
    order.finish()
    goods = _discounted(goods, off)
    if shipping:
        goods.append(CaseLine(Line(line_id=UUID(int=len(lines) + 1), quantity=1, gross_minor=shipping,
                                   net_minor=shipping, is_shipping=True)))  # fmt: skip
    return goods


def _check_payments(order: Said) -> None:
    """Read how the order was paid, which changes no amount."""
    order.take(*PAYMENTS)
    for one in order.items("payments"):
        payment = Said("payment", one)
        for name in (*PAYMENTS, "amount", "method", "type"):
            payment.take(name)
        payment.finish()


def amount_of(minor: int) -> list[CaseLine]:
    """Return an order of one line that is worth so much."""
    return [CaseLine(Line(line_id=UUID(int=1), quantity=1, gross_minor=minor, net_minor=minor))]


def labels_of(said: Any) -> frozenset[tuple[str, str]]:
    """Read labels: {"color": "red"}, {"color": ["red", "blue"]}, ["color:red"], [{"key": "color", "value": "red"}]."""
    if isinstance(said, Mapping):
        if {"key", "value"} <= set(said):
            pair = Said("label", said)
            for name in ("key", "value"):
                pair.take(name)
            pair.finish()
            return frozenset({(str(said["key"]), str(said["value"]))})
        return frozenset(
            (str(key), str(one))
            for key, value in said.items()
            for one in (value if isinstance(value, list) else [value])
        )
    if isinstance(said, list):
        return frozenset().union(*(labels_of(one) for one in said))
    if isinstance(said, str):
        key, _colon, value = said.partition(":")
        return frozenset({(key, value)})
    raise NotUnderstoodError(f"labels: {said!r}")


def _line(index: int, said: Said) -> CaseLine:
    quantity = said.whole("qty", "quantity", "units", default=1)
    if quantity < 1:
        raise NotUnderstoodError(f"line: a quantity of {quantity}")
    gross, net = _amounts(said, quantity)
    off = said.minor("discount", "discount_amount", default=0)
    off += _part(gross, int(said.number("discount_percent", default=0) * 100), 10_000)
    whole = gross or 1
    line = Line(
        line_id=UUID(int=index + 1), quantity=quantity, gross_minor=gross - off,
        net_minor=net - _part(net, off, whole), is_shipping=said.flag("delivery", "is_delivery", "shipping"),
    )  # fmt: skip
    found = CaseLine(
        line=line,
        sku=str(said.take("sku", "product", "product_id", default="")),
        labels=labels_of(said.take("labels", "label", "attributes", default={})),
        categories=frozenset(map(str, said.items("category", "categories", "taxon", "collection", "tags"))),
        is_gift_card=said.flag("gift_card", "is_gift_card"),
    )
    said.finish()
    return found


def _amounts(said: Said, quantity: int) -> tuple[int, int]:
    """Return the gross and the net of the whole line; what is not said is worked out from the rate of tax."""
    rate = said.number("tax_rate", "vat", "vat_rate", default=0) / 100
    each = said.has("unit_gross", "unit_price", "price", "unit_net")
    gross = said.take("gross", "total", "amount", "gross_value")
    net = said.take("net", "net_value")
    if each:
        unit_gross, unit_net = said.take("unit_gross", "unit_price", "price"), said.take("unit_net")
        gross = gross if unit_gross is None else Decimal(str(unit_gross)) * quantity
        net = net if unit_net is None else Decimal(str(unit_net)) * quantity
    if said.has("gross_minor"):
        gross = Decimal(said.whole("gross_minor")) / 100
    if gross is None and net is None:
        raise NotUnderstoodError("line: no amount")
    if gross is None:
        gross = _cents(Decimal(str(net)) * (1 + rate))
    if net is None:
        net = _cents(Decimal(str(gross)) / (1 + rate))
    return to_minor(str(gross), CURRENCY), to_minor(str(net), CURRENCY)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _part(amount: int, off: int, whole: int) -> int:
    return int((Decimal(amount) * off / whole).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _discounted(lines: list[CaseLine], off: int) -> list[CaseLine]:
    """Take a discount on the whole order off its goods, by their value."""
    goods = [one for one in lines if not one.line.is_shipping]
    if not off or not goods:
        return lines
    shares = split_by_weights(off, [one.line.gross_minor for one in goods])
    left = {
        one.line.line_id: structs.replace(
            one.line,
            gross_minor=one.line.gross_minor - share,
            net_minor=one.line.net_minor - _part(one.line.net_minor, share, one.line.gross_minor or 1),
        )
        for one, share in zip(goods, shares, strict=True)
    }
    return [replace(one, line=left.get(one.line.line_id, one.line)) for one in lines]
