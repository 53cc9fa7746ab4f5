"""Pushing codes into a connected shop as coupons; a coupon that is there already is brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from wracam.connectors.woocommerce import models
from wracam.connectors.woocommerce.actions.rest import Rest, RestError
from wracam.connectors.woocommerce.core.errors import RestFailure
from wracam.connectors.woocommerce.translate import coupons as translate
from wracam.vouchers.ports import CodeToPush, PushOutcome

BATCH_SIZE = 100
"""WooCommerce takes no more in one call."""


def push_coupons(*, shop_id: int, codes: Sequence[CodeToPush], now: datetime) -> list[PushOutcome]:
    """Make *codes* known to the connected shop; an outcome for each, in their order.

    Raises `RestError` when the shop cannot be reached: the whole call may be repeated, nothing is doubled.
    """
    row = models.Connection.objects.filter(shop_id=shop_id).first()
    if row is None:
        raise RestError(RestFailure.KEYS_REFUSED)
    pushed: list[PushOutcome] = []
    with Rest(row, now=now) as rest:
        for start in range(0, len(codes), BATCH_SIZE):
            batch = codes[start : start + BATCH_SIZE]
            content = {"create": [translate.coupon_of(code) for code in batch]}
            answer = msgspec.json.decode(rest.write("POST", "coupons/batch", content))
            told = translate.outcomes(batch, answer)
            pushed += [_settled(rest, code, one) for code, one in zip(batch, told, strict=True)]
    return pushed


def _settled(rest: Rest, code: CodeToPush, told: PushOutcome) -> PushOutcome:
    """Bring a coupon of this code that the shop has already up to date."""
    if told.refusal != translate.CODE_TAKEN:
        return told
    coupon = translate.coupon_of(code)
    known = msgspec.json.decode(rest.get("coupons", {"code": coupon["code"]}))
    if not known:
        return told
    external_id = str(known[0]["id"])
    rest.write("PUT", f"coupons/{external_id}", coupon)
    return PushOutcome(code=code.code, external_id=external_id)
