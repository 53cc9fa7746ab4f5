"""The programme in words over the API, and what an order would earn."""

from __future__ import annotations

from wracam.commerce.contracts import Order, OrderLine, OrderStatus, PaymentStatus
from wracam.faces.api.endpoints import ApiRequest
from wracam.faces.api.problems import Problem
from wracam.faces.api.values import (
    minor,
)
from wracam.foundation import clock
from wracam.kernel.ids import derived_id
from wracam.loyalty import queries
from wracam.loyalty.api.bodies import (
    PreviewAnswer,
    PreviewBody,
    ProgramAnswer,
    rule_answers,
)
from wracam.loyalty.api.routing import NO_PROGRAM, customer_id_of, router
from wracam.loyalty.contracts import (
    NoProgramError,
)
from wracam.shops import queries as shops


@router.endpoint("POST", "/loyalty/previews", scope="loyalty:read")
def preview_order(request: ApiRequest, body: PreviewBody) -> list[PreviewAnswer]:
    """Examine what an order would earn, rule by rule.

    Nothing is stored. Each rule says what it gives, or why it gives nothing.
    """
    order = _order(request, body)
    return [
        PreviewAnswer(
            program=one.program,
            points={kind.point_kind: kind.points for kind in one.decision.kinds},
            rules=rule_answers(one.decision),
        )
        for one in queries.order_preview(order, now=body.paid_at or clock.now())
    ]


@router.endpoint("GET", "/loyalty/program", scope="loyalty:read")
def show_program(request: ApiRequest, language: str = "en") -> ProgramAnswer:
    """Say the programme in plain words, Polish (`pl`) or English (`en`)."""
    try:
        said = queries.program_in_words(shop_id=request.auth.shop_id, language="pl" if language == "pl" else "en")
    except NoProgramError as error:
        raise Problem(NO_PROGRAM, str(error)) from error
    return ProgramAnswer(key=said.key, name=said.name, sentences=list(said.sentences), rules=list(said.rules))


def _order(request: ApiRequest, body: PreviewBody) -> Order:
    shop = shops.shop(request.auth.shop_id)
    currency = shop.currency if shop else "PLN"
    now = body.paid_at or clock.now()
    customer_id = None
    if body.customer_id or body.email:
        customer_id = customer_id_of(request, body.customer_id, body.email, None, None)
    lines = tuple(
        OrderLine(
            id=derived_id("preview", index),
            external_id=str(index),
            sku=line.sku,
            name=line.name,
            product_id=None,
            categories=tuple(line.categories),
            quantity=line.quantity,
            total_minor=minor(line.total, currency, f"body.lines[{index}].total"),
            tax_minor=minor(line.tax, currency, f"body.lines[{index}].tax"),
            discount_minor=0,
            refunded_quantity=0,
            refunded_minor=0,
        )
        for index, line in enumerate(body.lines)
    )
    shipping = minor(body.shipping, currency, "body.shipping")
    return Order(
        id=derived_id("preview"), shop_id=request.auth.shop_id, customer_id=customer_id, source="preview",
        external_id="", number="", placed_at=now, paid_at=now, delivered_at=None, status=OrderStatus.PROCESSING,
        payment_status=PaymentStatus.PAID, currency=currency,
        total_minor=sum(line.total_minor for line in lines) + shipping, tax_minor=sum(line.tax_minor for line in lines),
        shipping_minor=shipping, discount_minor=0, refunded_minor=0, channel=body.channel,
        coupon_codes=tuple(body.coupon_codes), lines=lines,
    )  # fmt: skip
