"""Units of a committed cart come back: money, payments and, when all is back, codes and uses as policy says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

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
    TooManyUnitsError,
    UnknownCartError,
)
from wracam.promotions.core.policies import UsesAfterRefund
from wracam.promotions.core.refunds import Refund, Returned, refund
from wracam.promotions.core.shares import payment_shares
from wracam.promotions.ports import CART_PAYMENTS
from wracam.promotions.queries.live import policy_version
from wracam.promotions.queries.records import CartRecord, restored, stored
from wracam.vouchers import actions as vouchers

VALUE = "value:"


def refund_cart(
    *, shop_id: int, order: str, key: str, units: Mapping[str, int] | None, with_shipping: bool, now: datetime
) -> RefundedCart:
    """Refund *units* (by line id; None: all that are left) of the order, and delivery if asked.

    Nothing is ever refunded beyond what was paid, and refunding everything returns exactly all of it. The same key
    again gets the first answer; with another refund it raises `CartKeyReusedError`. Raises `UnknownCartError` and
    `TooManyUnitsError`.
    """
    with transactions.action():
        row = models.CartCommit.objects.select_for_update().filter(shop_id=shop_id, order=order).first()
        if row is None:
            raise UnknownCartError(UnknownCartError.__doc__)
        earlier = list(row.refunds.order_by("refunded_at", "id"))
        record = restored(CartRecord, row.record)
        known = next((one for one in earlier if one.key == key), None)
        if known is not None:
            return _known(known, units, with_shipping)
        before = _units_of(earlier)
        wanted = dict(units) if units is not None else _rest(record, before)
        answer = _answer(row, key, record, _refund(record, wanted, before, earlier, with_shipping=with_shipping))
        _give_back(row, record, answer, key, now)
        _store(row, key, units, with_shipping, answer, now)
        return answer


def _known(row: models.CartRefund, units: Mapping[str, int] | None, with_shipping: bool) -> RefundedCart:
    asked = row.units.get("asked")
    if asked != (None if units is None else dict(units)) or row.with_shipping != with_shipping:
        raise CartKeyReusedError(CartKeyReusedError.__doc__)
    return replace(restored(RefundedCart, row.answer), was_new=False)


def _refund(
    record: CartRecord,
    wanted: Mapping[str, int],
    before: Mapping[str, int],
    earlier: Sequence[models.CartRefund],
    *,
    with_shipping: bool,
) -> Refund:
    quote = record.evaluation.quote
    was_shipped_back = any(one.with_shipping for one in earlier)
    now_back = Returned(
        units=wanted, gifts={}, has_shipping=with_shipping and not was_shipped_back and quote.shipping_minor > 0
    )
    try:
        return refund(quote, now_back, Returned(units=before, gifts={}, has_shipping=was_shipped_back))
    except ValueError as error:
        raise TooManyUnitsError(str(error)) from error


def _units_of(refunds: Sequence[models.CartRefund]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in refunds:
        for line, quantity in one.units["returned"].items():
            total[line] = total.get(line, 0) + quantity
    return total


def _rest(record: CartRecord, before: Mapping[str, int]) -> dict[str, int]:
    lines = record.evaluation.quote.lines
    return {line.id: left for line in lines if (left := line.quantity - before.get(line.id, 0)) > 0}


def _answer(row: models.CartCommit, key: str, record: CartRecord, back: Refund) -> RefundedCart:
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
        total_minor=back.gross_minor,
        tax_minor=back.tax_minor,
        taxes=back.taxes,
        payments=payments,
        due_minor=back.gross_minor - sum(payment.amount_minor for payment in payments),
        is_full=back.gross_minor + row.refunded_minor == gross and _is_all_back(record, row, back),
        was_new=True,
    )


def _is_all_back(record: CartRecord, row: models.CartCommit, back: Refund) -> bool:
    returned = _units_of(list(row.refunds.all()))
    for line in back.lines:
        returned[line.id] = returned.get(line.id, 0) + line.quantity
    return all(returned.get(line.id, 0) == line.quantity for line in record.evaluation.quote.lines)


def _give_back(row: models.CartCommit, record: CartRecord, answer: RefundedCart, key: str, now: datetime) -> None:
    """Give gift cards and points back what they paid; after a full refund also codes and uses, if policy says."""
    amounts = _of_cards(record, sum(one.amount_minor for one in answer.payments if one.kind == GIFT_CARD), row)
    policy = policy_version(record.evaluation.policy_version_id)
    if answer.is_full and policy.uses_after_refund is UsesAfterRefund.GIVE_BACK:
        amounts |= {name: used for name, used in (record.claimed or {}).items() if not name.startswith(VALUE)}
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


def _store(
    row: models.CartCommit,
    key: str,
    units: Mapping[str, int] | None,
    with_shipping: bool,
    answer: RefundedCart,
    now: datetime,
) -> None:
    models.CartRefund.objects.create(
        id=answer.refund_id,
        commit=row,
        key=key,
        units={
            "asked": None if units is None else dict(units),
            "returned": {line.id: line.quantity for line in answer.lines},
        },
        with_shipping=with_shipping,
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
