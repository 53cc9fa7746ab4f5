"""Codes as WooCommerce coupons (`POST /wc/v3/coupons`), and the shop's answers to a batch of them. Pure.

Amounts are texts in major units; the last moment is exclusive and in UTC (`date_expires_gmt`); the shop keeps codes in
small letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from wracam.kernel.money import to_major
from wracam.vouchers.ports import CodeToPush, PushOutcome, ShopDiscount

CODE_TAKEN = "woocommerce_rest_coupon_code_already_exists"


def coupon_of(code: CodeToPush) -> dict[str, Any]:
    """Return the coupon that the shop shall know; a limit that we do not name stays open."""
    body: dict[str, Any] = {"code": code.code.lower(), **_discount(code.discount)}
    if code.ends_at is not None:
        body["date_expires_gmt"] = code.ends_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    if code.uses is not None:
        body["usage_limit"] = code.uses
    if code.uses_per_customer is not None:
        body["usage_limit_per_user"] = code.uses_per_customer
    if code.email:
        body["email_restrictions"] = [code.email]
    return body


def outcomes(codes: Sequence[CodeToPush], answer: Mapping[str, Any]) -> list[PushOutcome]:
    """Return what the shop says of each code of a batch, in their order."""
    told = answer.get("create") or []
    return [
        _outcome(code.code, told[number] if number < len(told) and isinstance(told[number], Mapping) else {})
        for number, code in enumerate(codes)
    ]


def _discount(discount: ShopDiscount) -> dict[str, Any]:
    minimum = discount.minimum_minor
    body: dict[str, Any] = {"free_shipping": discount.has_free_shipping}
    if discount.percent_bp:
        body |= {"discount_type": "percent", "amount": _percent(discount.percent_bp)}
    else:
        amount = to_major(discount.amount_minor, discount.currency or "PLN")
        body |= {"discount_type": "fixed_cart", "amount": f"{amount:f}"}
    if minimum is not None:
        body["minimum_amount"] = f"{to_major(minimum, discount.currency or 'PLN'):f}"
    return body


def _percent(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}"


def _outcome(code: str, told: Mapping[str, Any]) -> PushOutcome:
    error = told.get("error")
    if isinstance(error, Mapping):
        return PushOutcome(code=code, refusal=str(error.get("code", "refused")))
    if told.get("id"):
        return PushOutcome(code=code, external_id=str(told["id"]))
    return PushOutcome(code=code, refusal="no_answer")
