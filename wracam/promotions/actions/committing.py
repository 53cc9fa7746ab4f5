"""A held cart becomes an order: what it holds is used, the answer is stored, and everybody is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs

from wracam.events import actions as events
from wracam.events.contracts import Event
from wracam.foundation import transactions
from wracam.kernel.ids import derived_id
from wracam.promotions import models
from wracam.promotions.actions.payments import GIFT_CARD
from wracam.promotions.actions.reserving import CartRequest, locked, locked_or_new, refused, reserve_cart
from wracam.promotions.contracts import (
    BudgetAlert,
    Cart,
    CartCommitted,
    CartKeyReusedError,
    CartRefusal,
    CartState,
    CodeOutcome,
    CommittedCart,
    OfferOutcome,
    OfferUse,
    Payment,
    PromotionExhausted,
    Reason,
    RefusedCart,
    Standing,
    UnknownCartError,
)
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.claims import claims_of, kind_of, owner_of
from wracam.promotions.core.explaining import Judged
from wracam.promotions.core.grants import grants_of
from wracam.promotions.core.policies import AfterRefund
from wracam.promotions.core.standings import counters
from wracam.promotions.ports import CART_PAYMENTS
from wracam.promotions.queries.evaluating import decide
from wracam.promotions.queries.live import LiveOffers, policy_version
from wracam.promotions.queries.records import CartRecord, restored, stored
from wracam.promotions.queries.replaying import offers_then
from wracam.vouchers import actions as vouchers
from wracam.vouchers import queries as voucher_queries
from wracam.vouchers.contracts import Lacking


def commit_cart(
    *,
    shop_id: int,
    key: str,
    order: str,
    now: datetime,
    request: CartRequest | None = None,
    units: Mapping[str, int] | None = None,
) -> CommittedCart | RefusedCart:
    """Commit the cart held under *key* as an order; *request* reserves it first when nothing is held.

    *units* (by line id) commits a part: the rest is priced out, and what only the rest needed is freed. A cart is
    committed once; the same order again gets the first answer, another one raises `CartKeyReusedError`. A lapsed
    reservation is committed if everything is still there. Raises `UnknownCartError`.
    """
    with transactions.action():
        row = locked_or_new(request, now) if request else locked(shop_id, key)
        if request is not None and row is not None and row.state == CartState.RELEASED:
            outcome = reserve_cart(request=request, now=now)
            if isinstance(outcome, RefusedCart):
                return outcome
            row = locked(shop_id, key)
        if row is None or not row.record:
            raise UnknownCartError(UnknownCartError.__doc__)
        if row.state == CartState.COMMITTED:
            return _known(row, order)
        return _commit(row, order, units, now)


def committed_of(row: models.CartCommit, *, was_new: bool) -> CommittedCart:
    """Turn a stored commit into its contract."""
    record = restored(CartRecord, row.record)
    return CommittedCart(
        commit_id=row.id,
        reservation_id=row.reservation_id,
        order=row.order,
        committed_at=row.committed_at,
        evaluation=record.evaluation,
        payments=record.payments,
        due_minor=record.due_minor,
        was_new=was_new,
    )


def _known(row: models.CartReservation, order: str) -> CommittedCart:
    found = models.CartCommit.objects.get(reservation_id=row.id)
    if found.order != order:
        raise CartKeyReusedError(CartKeyReusedError.__doc__)
    return committed_of(found, was_new=False)


def _commit(
    row: models.CartReservation, order: str, units: Mapping[str, int] | None, now: datetime
) -> CommittedCart | RefusedCart:
    record = restored(CartRecord, row.record)
    offers = offers_then(record)
    if units is not None:
        part = _part_of(record.cart, units)
        if part is None:
            return refused(CartRefusal.UNKNOWN_LINE, record.evaluation)
        record = _smaller(record, part, offers)
    outcome = vouchers.commit_hold(reservation_id=row.hold_id, amounts=dict(record.claimed or {}), now=now)
    if isinstance(outcome, Lacking) or not _commit_others(row.hold_id, record, order, now):
        return refused(CartRefusal.LAPSED, record.evaluation)
    row.state = CartState.COMMITTED
    row.updated_at = now
    row.save(update_fields=["state", "updated_at"])
    found = _store(row, record, order, now)
    events.record([_committed(found, record, now), *_alerts(row, record, offers, now)], now=now)
    return committed_of(found, was_new=True)


def _part_of(cart: Cart, units: Mapping[str, int]) -> Cart | None:
    known = {line.id: line.quantity for line in cart.lines}
    if not units or any(not 0 < count <= known.get(line, 0) for line, count in units.items()):
        return None
    lines = tuple(structs.replace(line, quantity=units[line.id]) for line in cart.lines if line.id in units)
    return replace(cart, lines=lines)


def _smaller(record: CartRecord, part: Cart, offers: LiveOffers) -> CartRecord:
    """Price a part of the cart with nothing but what is held, and pay it with what is held."""
    held = record.claimed or {}
    judged, budgets, stocks = dict(record.gathered.judged), dict(record.gathered.budgets), dict(record.gathered.stocks)
    today = record.visit.at.astimezone(offers.shop.zone).date()
    for promotion in offers.counted:
        for count in counters(promotion, record.visit.owner, today):
            amount = held.get(count.key, 0)
            if count.what == "budget":
                budgets[promotion.key] = amount
            elif count.what.startswith("gift:"):
                stocks[count.what.removeprefix("gift:")] = amount
            elif not amount:
                judged[promotion.key] = Judged(standing=Standing(reason=Reason.EXHAUSTED))
    gathered = replace(record.gathered, judged=judged, budgets=budgets, stocks=stocks)
    found = decide(offers, part, record.visit, gathered, explains_all=True)
    claims = claims_of(found, offers.by_key, gathered.codes, record.visit.owner, today)
    due, payments = found.quote.gross_minor, []
    for payment in record.payments:
        amount = min(payment.amount_minor, due)
        payments.append(replace(payment, amount_minor=amount))
        due -= amount
    claimed = {claim.key: claim.amount for claim in claims}
    return replace(
        record,
        cart=part,
        gathered=gathered,
        evaluation=found,
        payments=tuple(payments),
        claimed=claimed | _of_cards(record, payments),
    )


def _of_cards(record: CartRecord, payments: list[Payment]) -> dict[str, int]:
    """What the gift cards pay, by their counters, in the order in which they were held."""
    keys = [key for key in record.claimed or {} if key.startswith("value:")]
    left = sum(payment.amount_minor for payment in payments if payment.kind == GIFT_CARD)
    paid = {}
    for key in keys:
        paid[key] = min(left, (record.claimed or {})[key])
        left -= paid[key]
    return {key: amount for key, amount in paid.items() if amount}


def _commit_others(hold_id: UUID, record: CartRecord, order: str, now: datetime) -> bool:
    return all(
        CART_PAYMENTS.get(payment.kind).commit(
            reservation_id=hold_id, amount_minor=payment.amount_minor, order=order, now=now
        )
        for payment in record.payments
        if payment.kind in CART_PAYMENTS
    )


def _store(row: models.CartReservation, record: CartRecord, order: str, now: datetime) -> models.CartCommit:
    quote = record.evaluation.quote
    found = models.CartCommit.objects.create(
        id=derived_id("cart commit", row.id),
        shop_id=row.shop_id,
        reservation_id=row.id,
        hold_id=row.hold_id,
        order=order,
        customer_id=row.customer_id,
        currency=quote.currency,
        total_minor=quote.gross_minor,
        discount_minor=quote.discount_minor + quote.shipping_discount_minor + quote.fees_discount_minor,
        record=stored(record),
        grants=_grants(record),
        committed_at=now,
    )
    models.CartCommitOffer.objects.bulk_create(
        models.CartCommitOffer(
            commit=found,
            shop_id=row.shop_id,
            promotion=offer.key,
            version_id=offer.version_id,
            discount_minor=offer.discount_minor,
            total_minor=quote.gross_minor,
            currency=quote.currency,
            committed_at=now,
        )
        for offer in record.evaluation.offers
        if offer.outcome is OfferOutcome.APPLIED
    )
    return found


def _grants(record: CartRecord) -> Any:
    """What higher floors give for the order, as it is stored."""
    evaluation = record.evaluation
    if not evaluation.quote.multipliers and not evaluation.quote.rewards:
        return None
    policy = policy_version(evaluation.policy_version_id)
    versions = {offer.key: offer.version_id for offer in evaluation.offers}
    are_kept = policy.rewards_after_refund is AfterRefund.KEPT
    return stored(grants_of(evaluation.quote, versions, are_rewards_kept=are_kept))


def _committed(found: models.CartCommit, record: CartRecord, now: datetime) -> CartCommitted:
    evaluation = record.evaluation
    return CartCommitted(
        shop_id=found.shop_id,
        customer_id=found.customer_id,
        occurred_at=now,
        commit_id=found.id,
        order=found.order,
        currency=found.currency,
        total_minor=found.total_minor,
        discount_minor=found.discount_minor,
        offers=tuple(
            OfferUse(promotion=offer.key, version_id=offer.version_id, discount_minor=offer.discount_minor)
            for offer in evaluation.offers
            if offer.outcome is OfferOutcome.APPLIED
        ),
        codes=tuple(code.code for code in evaluation.codes if code.outcome is CodeOutcome.APPLIED),
        rewards=tuple(reward.reward for reward in evaluation.quote.rewards for _ in range(reward.quantity)),
        multipliers=tuple(dict.fromkeys(one.offer for one in evaluation.quote.multipliers)),
    )


def _alerts(row: models.CartReservation, record: CartRecord, offers: LiveOffers, now: datetime) -> list[Event]:
    """What this commit was the last of: each threshold is crossed by exactly one commit."""
    claimed = {key: amount for key, amount in (record.claimed or {}).items() if owner_of(key)}
    if not claimed:
        return []
    usage = voucher_queries.left(keys=list(claimed), now=now)
    today = record.visit.at.astimezone(offers.shop.zone).date()
    told: list[Event] = []
    for promotion in offers.counted:
        for count in counters(promotion, record.visit.owner, today):
            if count.key not in claimed or count.is_of_customer:
                continue
            after = usage[count.key].used
            before = after - claimed[count.key]
            if before < count.maximum <= after:
                told.append(
                    PromotionExhausted(
                        shop_id=row.shop_id, customer_id=None, occurred_at=now, promotion=promotion.key,
                        what=kind_of(count.key), maximum=count.maximum,
                    )
                )  # fmt: skip
            if count.what == "budget":
                told += _budget_alerts(row.shop_id, promotion, before, after, now)
    return told


def _budget_alerts(shop_id: int, promotion: Promotion, before: int, after: int, now: datetime) -> list[Event]:
    budget = promotion.budget
    if budget is None:
        return []
    return [
        BudgetAlert(
            shop_id=shop_id, customer_id=None, occurred_at=now, promotion=promotion.key, percent=percent,
            used_minor=after, budget_minor=budget.amount_minor,
        )
        for percent in budget.alert_percents
        if before * 100 < percent * budget.amount_minor <= after * 100
    ]  # fmt: skip
