"""One customer's orders as commerce takes them: lines that add up, returns as refunds of what they return."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from wracam.commerce.contracts import (
    LineSnapshot,
    OrderSnapshot,
    OrderStatus,
    PaymentStatus,
    RefundLineSnapshot,
    RefundSnapshot,
)
from wracam.connectors.csv_files.core.drafts import Draft, minor, modified_at
from wracam.connectors.csv_files.core.returns import ReturnedUnits, Unmatched, match_returns
from wracam.connectors.csv_files.core.rows import Reading, ServiceKind
from wracam.kernel.allocation import split_by_weights

OWN_REFUND = "refunded"
"""The refund that an order's own "refunded amount" column tells; its amount is part of its id."""
RETURN_CHANNEL = "return"
"""The channel of a return that belongs to no purchase we know."""


def snapshots_of(drafts: Sequence[Draft], reading: Reading) -> dict[str, OrderSnapshot]:
    """Return what commerce must take for one customer's *drafts*, by draft key; sales come before returns.

    A credit note that is wholly matched to purchases becomes their refunds and has no order of its own.
    """
    sales = [draft for draft in drafts if not draft.is_return]
    credits = [draft for draft in drafts if draft.is_return]
    matching = match_returns(sales, credits)
    returned: dict[str, list[ReturnedUnits]] = defaultdict(list)
    for part in matching.returned:
        returned[part.sale_key].append(part)
    ordered = sorted(sales, key=lambda draft: (draft.placed_at, draft.number))
    result = {sale.key: _sale(sale, returned.get(sale.key, ()), reading) for sale in ordered}
    result |= {item.credit.key: _lone_return(item, reading) for item in matching.unmatched}
    return result


def _sale(draft: Draft, returned: Sequence[ReturnedUnits], reading: Reading) -> OrderSnapshot:
    refunds = (*_own_refund(draft), *_refunds(returned))
    refunded = sum(refund.total_minor for refund in refunds)
    services = [item for item in draft.lines if item.line.service is not None]
    shipped = sum(item.total_minor for item in services if item.line.service is ServiceKind.SHIPPING)
    reduced = -sum(item.total_minor for item in services if item.line.service is ServiceKind.DISCOUNT)
    moments = draft.moments
    is_paid = draft.payment is not PaymentStatus.UNPAID
    return OrderSnapshot(
        shop_id=reading.shop_id,
        source=reading.source,
        external_id=draft.external_id,
        number=draft.number,
        modified_at=modified_at(draft, also=[part.credited_at for part in returned]),
        placed_at=draft.placed_at,
        status=draft.status,
        payment_status=_payment_after(draft, refunded),
        currency=draft.currency,
        total_minor=draft.total_minor,
        tax_minor=draft.tax_minor,
        shipping_minor=draft.shipping_minor + shipped,
        discount_minor=draft.discount_minor + max(0, reduced),
        paid_at=moments.get("order.paid_at", draft.placed_at) if is_paid else None,
        shipped_at=moments.get("order.shipped_at"),
        delivered_at=moments.get("order.delivered_at") or _finished_at(draft),
        cancelled_at=moments.get("order.cancelled_at"),
        person=draft.person,
        lines=_lines(draft),
        refunds=refunds,
        coupon_codes=draft.coupon_codes,
        channel=draft.channel,
        payment_method=draft.payment_method,
    )


def _finished_at(draft: Draft) -> datetime | None:
    """A finished order without a date of delivery was delivered, as far as we know, when it was placed."""
    return draft.placed_at if draft.status is OrderStatus.DELIVERED else None


def _payment_after(draft: Draft, refunded_minor: int) -> PaymentStatus:
    if not refunded_minor or draft.payment is PaymentStatus.UNPAID:
        return draft.payment
    return PaymentStatus.REFUNDED if refunded_minor >= draft.total_minor else PaymentStatus.PARTIALLY_REFUNDED


def _own_refund(draft: Draft) -> tuple[RefundSnapshot, ...]:
    if not draft.refunded_minor:
        return ()
    refunded_at = max(draft.moments.get("order.modified_at", draft.placed_at), draft.placed_at)
    external_id = f"{OWN_REFUND}:{draft.refunded_minor}"
    return (RefundSnapshot(external_id=external_id, refunded_at=refunded_at, total_minor=draft.refunded_minor),)


def _refunds(returned: Iterable[ReturnedUnits]) -> list[RefundSnapshot]:
    """Make one refund per credit note, with one line per purchased line."""
    by_credit: dict[str, list[ReturnedUnits]] = defaultdict(list)
    for part in returned:
        by_credit[part.credit_number].append(part)
    return [_refund(number, parts) for number, parts in sorted(by_credit.items())]


def _refund(number: str, parts: Sequence[ReturnedUnits]) -> RefundSnapshot:
    units: dict[str, int] = defaultdict(int)
    money: dict[str, int] = defaultdict(int)
    for part in parts:
        units[part.line_external_id] += part.quantity
        money[part.line_external_id] += part.total_minor
    return RefundSnapshot(
        external_id=number,
        refunded_at=parts[0].credited_at,
        total_minor=sum(money.values()),
        lines=tuple(
            RefundLineSnapshot(line_external_id=line_id, quantity=units[line_id], total_minor=money[line_id])
            for line_id in sorted(units)
        ),
    )


def _lines(draft: Draft) -> tuple[LineSnapshot, ...]:
    """Return the products among the order's rows, their amounts fitted to what the customer paid."""
    goods = [item for item in draft.lines if item.line.service is None]
    totals = _fitted([item.total_minor for item in goods], draft)
    return tuple(
        LineSnapshot(
            external_id=item.external_id,
            sku=item.line.sku,
            name=item.line.name,
            quantity=item.line.quantity,
            total_minor=total,
            discount_minor=max(0, item.total_minor - total) + minor(item.line.discount, draft.currency),
            tax_minor=0,
            product_external_id=item.line.product_id,
            variant_external_id=item.line.variant_id,
            categories=item.line.categories,
        )
        for item, total in zip(goods, totals, strict=True)
    )


def _fitted(totals: list[int], draft: Draft) -> list[int]:
    """Spread an order's discount, and the tax of net prices, over its lines when they explain its total exactly."""
    if not totals or min(totals) < 0 or any(item.line.service for item in draft.lines):
        return totals
    gap = draft.total_minor - draft.shipping_minor - sum(totals)
    explained = {-draft.discount_minor, draft.tax_minor, draft.tax_minor - draft.discount_minor}
    if not gap or gap not in explained or -gap > sum(totals):
        return totals
    return [total + part for total, part in zip(totals, split_by_weights(gap, totals), strict=True)]


def _lone_return(item: Unmatched, reading: Reading) -> OrderSnapshot:
    """Tell of money given back for no purchase we know: a document with a negative total, as commerce counts returns.

    It carries no product and counts no purchase; a return of goods without money (a stock correction) counts nothing.
    """
    credit = item.credit
    return OrderSnapshot(
        shop_id=reading.shop_id,
        source=reading.source,
        external_id=credit.external_id,
        number=credit.number,
        modified_at=modified_at(credit),
        placed_at=credit.placed_at,
        status=OrderStatus.DELIVERED,
        payment_status=PaymentStatus.PAID if item.total_minor else PaymentStatus.UNPAID,
        currency=credit.currency,
        total_minor=-item.total_minor,
        person=credit.person,
        channel=RETURN_CHANNEL,
    )
