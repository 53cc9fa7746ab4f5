"""Units of a committed cart come back: money, payments, gifts; budgets, codes and uses as policy says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from wracam.events import actions as events
from wracam.foundation import transactions
from wracam.kernel.ids import derived_id
from wracam.promotions import models
from wracam.promotions.actions.payments import GIFT_CARD
from wracam.promotions.contracts import (
    CartKeyReusedError,
    CartRefunded,
    Payment,
    RefundedCart,
    RefundedLine,
    ReturnedGift,
    TooManyUnitsError,
    UnknownCartError,
)
from wracam.promotions.core.policies import AfterRefund, PricePolicy, UsesAfterRefund
from wracam.promotions.core.refunds import NOTHING, Refund, Returned, costs_beside, refund, together
from wracam.promotions.core.returns import VALUE, Pieces, Sold, amounts_back, lines_left, pieces, undeserved
from wracam.promotions.core.shares import payment_shares
from wracam.promotions.ports import CART_PAYMENTS
from wracam.promotions.queries.live import policy_version
from wracam.promotions.queries.records import CartRecord, restored, stored
from wracam.promotions.queries.remaining import deserved_gifts
from wracam.vouchers import actions as vouchers


def refund_cart(
    *,
    shop_id: int,
    order: str,
    key: str,
    units: Mapping[str, int] | None,
    with_shipping: bool,
    gifts: Pieces | None = None,
    now: datetime,
) -> RefundedCart:
    """Refund *units* (by line id; None: all that are left) of the order, and delivery if asked.

    *gifts* are pieces that came back, by promotion and SKU; by the shop's policy those whose condition no longer holds
    are counted as back too. Nothing is ever refunded beyond what was paid, and refunding everything returns exactly
    all of it. The same key again gets the first answer; with another refund it raises `CartKeyReusedError`. Raises
    `UnknownCartError` and `TooManyUnitsError`.
    """
    with transactions.action():
        row = models.CartCommit.objects.select_for_update().filter(shop_id=shop_id, order=order).first()
        if row is None:
            raise UnknownCartError(UnknownCartError.__doc__)
        earlier = list(row.refunds.order_by("refunded_at", "id"))
        asked = _Asked(units=units, with_shipping=with_shipping, gifts=gifts or {})
        known = next((one for one in earlier if one.key == key), None)
        if known is not None:
            return _known(known, asked)
        return _refund_once(row, key, asked, earlier, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What one refund asks for."""

    units: Mapping[str, int] | None
    with_shipping: bool
    gifts: Pieces

    @property
    def stored(self) -> dict[str, Any]:
        """What tells one refund under a key from another."""
        units = None if self.units is None else dict(self.units)
        return {"asked": units, "asked_gifts": _as_lists(self.gifts)}


def _refund_once(
    row: models.CartCommit, key: str, asked: _Asked, earlier: Sequence[models.CartRefund], now: datetime
) -> RefundedCart:
    record = restored(CartRecord, row.record)
    policy = policy_version(record.evaluation.policy_version_id)
    before = _back_before(earlier)
    coming = _coming(record, asked, before, policy)
    back = _refund(record, coming, before)
    answer = _answer(row, key, record, back, asked)
    _give_back(row, record, answer, coming, before, policy, key, now)
    _store(row, key, asked, answer, now)
    return answer


def _known(row: models.CartRefund, asked: _Asked) -> RefundedCart:
    first = {"asked": row.units.get("asked"), "asked_gifts": row.units.get("asked_gifts", [])}
    if first != asked.stored or row.with_shipping != asked.with_shipping:
        raise CartKeyReusedError(CartKeyReusedError.__doc__)
    return replace(restored(RefundedCart, row.answer), was_new=False)


def _coming(record: CartRecord, asked: _Asked, before: Returned, policy: PricePolicy) -> Returned:
    """Return what comes back now: what was asked, and gifts that the rest of the cart no longer deserves."""
    quote = record.evaluation.quote
    quantities = {line.id: line.quantity for line in quote.lines}
    units = dict(asked.units) if asked.units is not None else lines_left(quantities, before.units, list(quantities))
    wants_shipping = asked.with_shipping and not before.has_shipping and costs_beside(quote)
    now = Returned(units=units, gifts=asked.gifts, has_shipping=wants_shipping)
    if policy.gifts_after_refund is AfterRefund.KEPT or not quote.gifts or not units.keys() <= quantities.keys():
        return now
    back = together(now, before)
    left = lines_left(quantities, back.units, list(quantities))
    due = undeserved(pieces(quote.gifts), pieces(deserved_gifts(record, left)), back.gifts)
    return together(now, Returned(units={}, gifts=due))


def _refund(record: CartRecord, coming: Returned, before: Returned) -> Refund:
    try:
        return refund(record.evaluation.quote, coming, before)
    except ValueError as error:
        raise TooManyUnitsError(str(error)) from error


def _back_before(earlier: Sequence[models.CartRefund]) -> Returned:
    """Return what came back with earlier refunds."""
    back = NOTHING
    for one in earlier:
        gifts = {(promotion, sku): count for promotion, sku, count in one.units.get("gifts", [])}
        back = together(back, Returned(units=one.units["returned"], gifts=gifts, has_shipping=one.with_shipping))
    return back


def _as_lists(gifts: Pieces) -> list[list[Any]]:
    return [[promotion, sku, count] for (promotion, sku), count in sorted(gifts.items())]


def _units_of(refunds: Sequence[models.CartRefund]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in refunds:
        for line, quantity in one.units["returned"].items():
            total[line] = total.get(line, 0) + quantity
    return total


def _answer(row: models.CartCommit, key: str, record: CartRecord, back: Refund, asked: _Asked) -> RefundedCart:
    gross = record.evaluation.quote.gross_minor
    shares = payment_shares(
        [payment.amount_minor for payment in record.payments], gross, row.refunded_minor, back.gross_minor
    )
    payments = tuple(
        Payment(kind=payment.kind, name=payment.name, amount_minor=amount)
        for payment, amount in zip(record.payments, shares, strict=True)
        if amount
    )
    return RefundedCart(
        refund_id=derived_id("cart refund", row.id, key),
        commit_id=row.id,
        lines=tuple(
            RefundedLine(id=line.id, quantity=line.quantity, amount_minor=line.amount_minor, tax_minor=line.tax_minor)
            for line in back.lines
        ),
        shipping_minor=back.shipping_minor,
        shipping_tax_minor=back.shipping_tax_minor,
        fees_minor=back.fees_minor,
        total_minor=back.gross_minor,
        tax_minor=back.tax_minor,
        taxes=back.taxes,
        payments=payments,
        due_minor=back.gross_minor - sum(payment.amount_minor for payment in payments),
        is_full=back.gross_minor + row.refunded_minor == gross and _is_all_back(record, row, back),
        was_new=True,
        gifts=tuple(
            ReturnedGift(
                promotion=promotion,
                sku=sku,
                quantity=count,
                is_expected=count > asked.gifts.get((promotion, sku), 0),
            )
            for promotion, sku, count in back.gifts
        ),
        gifts_kept_minor=back.gifts_kept_minor,
    )


def _is_all_back(record: CartRecord, row: models.CartCommit, back: Refund) -> bool:
    returned = _units_of(list(row.refunds.all()))
    for line in back.lines:
        returned[line.id] = returned.get(line.id, 0) + line.quantity
    return all(returned.get(line.id, 0) == line.quantity for line in record.evaluation.quote.lines)


def _give_back(
    row: models.CartCommit,
    record: CartRecord,
    answer: RefundedCart,
    coming: Returned,
    before: Returned,
    policy: PricePolicy,
    key: str,
    now: datetime,
) -> None:
    """Give gift cards and points back what they paid, gifts their stock, and codes, uses and budgets by policy."""
    amounts = _of_cards(record, sum(one.amount_minor for one in answer.payments if one.kind == GIFT_CARD), row)
    sold = Sold(
        claimed=record.claimed or {},
        offers=record.evaluation.offers,
        codes=record.gathered.codes,
        quantities={line.id: line.quantity for line in record.evaluation.quote.lines},
    )
    gives_uses = policy.uses_after_refund is UsesAfterRefund.GIVE_BACK
    amounts |= amounts_back(sold, coming, before, is_full=answer.is_full, gives_uses=gives_uses)
    if amounts:
        vouchers.give_back(reservation_id=row.hold_id, amounts=amounts, now=now, key=key)
    for payment in answer.payments:
        if payment.kind in CART_PAYMENTS:
            CART_PAYMENTS.get(payment.kind).give_back(
                reservation_id=row.hold_id, amount_minor=payment.amount_minor, key=key, now=now
            )


def _of_cards(record: CartRecord, back: int, row: models.CartCommit) -> dict[str, int]:
    """Fill the gift cards again, the one that paid first last, by what each paid."""
    cards = [(name, paid) for name, paid in (record.claimed or {}).items() if name.startswith(VALUE)]
    paid = [amount for _, amount in cards]
    already = sum(
        one["amount_minor"]
        for refund_row in row.refunds.all()
        for one in refund_row.answer["payments"]
        if one["kind"] == GIFT_CARD
    )
    shares = payment_shares(paid, sum(paid), already, back)
    return {name: share for (name, _), share in zip(cards, shares, strict=True) if share}


def _store(row: models.CartCommit, key: str, asked: _Asked, answer: RefundedCart, now: datetime) -> None:
    returned = {line.id: line.quantity for line in answer.lines}
    gifts = [[one.promotion, one.sku, one.quantity] for one in answer.gifts]
    models.CartRefund.objects.create(
        id=answer.refund_id,
        commit=row,
        key=key,
        units={**asked.stored, "returned": returned, "gifts": gifts},
        with_shipping=asked.with_shipping,
        total_minor=answer.total_minor,
        answer=stored(answer),
        refunded_at=now,
    )
    row.refunded_minor += answer.total_minor
    row.is_refunded = answer.is_full
    row.save(update_fields=["refunded_minor", "is_refunded"])
    events.record(
        [
            CartRefunded(
                shop_id=row.shop_id, customer_id=row.customer_id, occurred_at=now, commit_id=row.id, order=row.order,
                currency=row.currency, refunded_minor=answer.total_minor, is_full=answer.is_full,
            )
        ],
        now=now,
    )  # fmt: skip
