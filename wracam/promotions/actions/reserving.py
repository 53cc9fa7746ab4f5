"""Holding a cart: whatever it uses is held at once, or the loser of a race is priced again without it.

One row lock per cart, then one call of `vouchers.hold`, which locks the counters in the order of their keys; so
carts never wait for each other in a circle. A client that vanishes lets its hold lapse, and everything is free again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from wracam.events import actions as events
from wracam.foundation import transactions
from wracam.foundation.bulk import fetch
from wracam.kernel.ids import derived_id, new_id
from wracam.kernel.language import Words
from wracam.promotions import models
from wracam.promotions.actions.payments import Arranged, PaymentRequest, arrange, hold_others
from wracam.promotions.contracts import (
    Cart,
    CartKeyReusedError,
    CartRefusal,
    CartReleased,
    CartState,
    CodeOutcome,
    Evaluation,
    Reason,
    RefusedCart,
    ReservedCart,
    Standing,
    UnknownCartError,
)
from wracam.promotions.core.claims import claims_of, customers_counter, kind_of, owner_of
from wracam.promotions.core.explaining import CodeClaim, Judged
from wracam.promotions.core.standings import code_standing
from wracam.promotions.ports import CART_PAYMENTS, Buyer
from wracam.promotions.queries.evaluating import Gathered, decide, gather, with_points
from wracam.promotions.queries.live import LiveOffers
from wracam.promotions.queries.looking import Visit, look
from wracam.promotions.queries.points import points_now
from wracam.promotions.queries.records import CartRecord, restored, stored
from wracam.vouchers import actions as vouchers
from wracam.vouchers.contracts import Claim, Lacking

ROUNDS_MAX = 50
"""How often a cart is priced again because something it wanted was gone; each round wants less."""
SWEEP_SIZE = 500
GOOD_CODES = frozenset({CodeOutcome.APPLIED, CodeOutcome.ACCEPTED, CodeOutcome.NO_PROMOTION})
_WORDS = {
    CartRefusal.CODE_REFUSED: Words(pl="Kodu nie można użyć.", en="A code cannot be used."),
    CartRefusal.PRICE_CHANGED: Words(pl="Cena koszyka się zmieniła.", en="The price of the cart has changed."),
    CartRefusal.PAYMENT_REFUSED: Words(
        pl="Tą kartą lub punktami nie można zapłacić.", en="This gift card or these points cannot pay."
    ),
    CartRefusal.LAPSED: Words(
        pl="Rezerwacja wygasła, a ktoś inny wziął ostatnie sztuki. Zarezerwuj ponownie.",
        en="The reservation ran out and what it held is gone. Reserve again.",
    ),
    CartRefusal.UNKNOWN_LINE: Words(pl="Koszyk nie ma takich sztuk.", en="The cart does not have these units."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CartRequest:
    """A cart with whom it is for and how it is to be paid. `total_minor` is what the customer saw (None: whatever)."""

    shop_id: int
    key: str
    cart: Cart
    customer_id: UUID | None = None
    codes: tuple[str, ...] = ()
    channel: str = "web"
    country: str = ""
    payments: tuple[PaymentRequest, ...] = ()
    total_minor: int | None = None
    counted_as: str = ""
    """As whose uses those of a guest are counted, see `count_guest`; empty for somebody unknown."""

    @property
    def hash(self) -> bytes:
        """What tells one request under a key from another."""
        return hashlib.sha256(msgspec.json.encode(stored(self), order="deterministic")).digest()


def reserve_cart(*, request: CartRequest, now: datetime) -> ReservedCart | RefusedCart:
    """Hold everything a cart uses. The same request again answers what is held; another cart under the key replaces it.

    A code that was presented and cannot be used, another total than the customer saw, or a payment that fails refuses
    the whole; a promotion that somebody else just used up is left out and explained. Raises `CartKeyReusedError` for
    a key whose cart was committed.
    """
    with transactions.action():
        row = locked_or_new(request, now)
        if row.state == CartState.COMMITTED:
            raise CartKeyReusedError(CartKeyReusedError.__doc__)
        is_same = bytes(row.request_hash) == request.hash
        if row.state == CartState.HELD and is_same and row.expires_at > now:
            return reserved_of(row, was_new=False)
        if row.record:
            let_go(row, now)
            row.hold_id = new_id(now)
        return _hold(row, request, now)


def release_cart(*, shop_id: int, key: str, now: datetime) -> CartState:
    """Give a cart up and free what it holds; return its state, which is `COMMITTED` when it was too late."""
    with transactions.action():
        row = locked(shop_id, key)
        if row is None or not row.record:
            raise UnknownCartError(UnknownCartError.__doc__)
        if row.state == CartState.HELD:
            let_go(row, now)
            row.state = CartState.RELEASED
            row.updated_at = now
            row.save(update_fields=["state", "updated_at"])
            _announce(row, now)
        return CartState(row.state)


def release_lapsed(*, now: datetime) -> int:
    """Mark carts whose time has passed as released; what they held is free already. Returns how many."""
    count = 0
    while True:
        with transactions.action():
            rows = list(
                models.CartReservation.objects.select_for_update(skip_locked=True)
                .filter(state=CartState.HELD, expires_at__lte=now)
                .order_by("expires_at")[:SWEEP_SIZE]
            )
            for row in rows:
                let_go(row, now)
                row.state = CartState.RELEASED
                row.updated_at = now
                _announce(row, now)
            models.CartReservation.objects.bulk_update(rows, ["state", "updated_at"])
        count += len(rows)
        if len(rows) < SWEEP_SIZE:
            return count


def locked(shop_id: int, key: str) -> models.CartReservation | None:
    """Lock the row of the key, if there is one."""
    return models.CartReservation.objects.select_for_update().filter(shop_id=shop_id, key=key).first()


def locked_or_new(request: CartRequest, now: datetime) -> models.CartReservation:
    """Lock the row of the key; a new one is empty and released."""
    fetch(
        """INSERT INTO cart_reservation (id, shop_id, key, hold_id, state, customer_id, request_hash, record,
                                         expires_at, created_at, updated_at)
           VALUES (%s, %s, %s, %s, %s, NULL, ''::bytea, '{}', %s, %s, %s)
           ON CONFLICT DO NOTHING RETURNING id""",
        derived_id("cart", request.shop_id, request.key), request.shop_id, request.key, new_id(now),
        CartState.RELEASED.value, now, now, now,
    )  # fmt: skip
    return models.CartReservation.objects.select_for_update().get(shop_id=request.shop_id, key=request.key)


def refused(reason: CartRefusal, evaluation: Evaluation | None = None) -> RefusedCart:
    """Return a refusal with its sentence."""
    return RefusedCart(reason=reason, sentence=_WORDS[reason], evaluation=evaluation)


def reserved_of(row: models.CartReservation, *, was_new: bool) -> ReservedCart:
    """Turn a stored reservation into its contract."""
    record = restored(CartRecord, row.record)
    return ReservedCart(
        reservation_id=row.id,
        key=row.key,
        state=CartState(row.state),
        until=row.expires_at,
        evaluation=record.evaluation,
        payments=record.payments,
        due_minor=record.due_minor,
        was_new=was_new,
    )


def _hold(row: models.CartReservation, request: CartRequest, now: datetime) -> ReservedCart | RefusedCart:
    visit = Visit(
        shop_id=request.shop_id,
        at=now,
        customer_id=request.customer_id,
        codes=request.codes,
        channel=request.channel,
        country=request.country,
        counted_as=request.counted_as,
    )
    scene = look(visit, [line.sku for line in request.cart.lines])
    offers, gathered = scene.offers, gather(scene, request.cart)
    until = now + timedelta(minutes=offers.policy.reservation_minutes)
    buyer = Buyer(shop_id=request.shop_id, customer_id=request.customer_id, at=now)
    for _ in range(ROUNDS_MAX):
        found = decide(offers, request.cart, visit, gathered, explains_all=True)
        arranged = arrange(request.payments, buyer, found.quote.gross_minor, found.quote.currency)
        if reason := _refusal(request, found, arranged):
            return refused(reason, found)
        claims = [*claims_of(found, offers.by_key, gathered.codes, visit.owner, scene.today), *arranged.claims]
        outcome = vouchers.hold(
            shop_id=request.shop_id, reservation_id=row.hold_id, claims=_claims(claims), until=until, now=now
        )
        if not isinstance(outcome, Lacking):
            if hold_others(arranged.payments, buyer, reservation_id=row.hold_id, until=until, now=now):
                vouchers.release_hold(reservation_id=row.hold_id, now=now)
                return refused(CartRefusal.PAYMENT_REFUSED, found)
            record = CartRecord(
                cart=request.cart,
                visit=visit,
                gathered=gathered,
                evaluation=with_points(found, request.cart, points_now(offers.shop, buyer)),
                payments=arranged.payments,
                claimed=dict(outcome.amounts),
            )
            return _keep(row, request, record, until, now)
        gathered = _without(gathered, outcome, offers, visit.owner)
    raise RuntimeError("a cart wants less in every round, so this is not reached")


def _refusal(request: CartRequest, found: Evaluation, arranged: Arranged) -> CartRefusal | None:
    if any(code.outcome not in GOOD_CODES for code in found.codes):
        return CartRefusal.CODE_REFUSED
    if request.total_minor is not None and request.total_minor != found.quote.total_minor:
        return CartRefusal.PRICE_CHANGED
    return CartRefusal.PAYMENT_REFUSED if arranged.refused else None


def _without(gathered: Gathered, lacking: Lacking, offers: LiveOffers, whose: str | None) -> Gathered:
    """Know better: what is lacking is gone for this cart."""
    judged, budgets, stocks = dict(gathered.judged), dict(gathered.budgets), dict(gathered.stocks)
    gone = set()
    for lack in lacking.claims:
        owner = owner_of(lack.key)
        if owner is None:
            gone.add(lack.key)
        elif kind_of(lack.key) == "budget":
            budgets[owner] = lack.left
        elif kind_of(lack.key).startswith("gift:"):
            stocks[kind_of(lack.key).removeprefix("gift:")] = lack.left
        else:
            mine = customers_counter(lack.key, whose)
            reason = Reason.CUSTOMER_LIMIT_REACHED if mine else Reason.EXHAUSTED
            judged[owner] = Judged(standing=Standing(reason=reason))
    codes = tuple(
        replace(code, outcome=CodeOutcome.EXHAUSTED, claims=())
        if any(claim.key in gone for claim in code.claims)
        else code
        for code in gathered.codes
    )
    campaigns = {code.campaign for code in codes if code.is_good}
    for key, promotion in offers.by_key.items():
        if key not in judged and (standing := code_standing(promotion, campaigns)):
            judged[key] = Judged(standing=standing)
    return replace(gathered, codes=codes, judged=judged, budgets=budgets, stocks=stocks)


def _claims(claims: Sequence[CodeClaim]) -> list[Claim]:
    return [Claim(key=one.key, amount=one.amount, maximum=one.maximum) for one in claims]


def _keep(
    row: models.CartReservation, request: CartRequest, record: CartRecord, until: datetime, now: datetime
) -> ReservedCart:
    row.state = CartState.HELD
    row.customer_id = request.customer_id
    row.request_hash = request.hash
    row.record = stored(record)
    row.expires_at = until
    row.updated_at = now
    row.save()
    return reserved_of(row, was_new=True)


def let_go(row: models.CartReservation, now: datetime) -> None:
    """Free everything that a reserved cart holds."""
    vouchers.release_hold(reservation_id=row.hold_id, now=now)
    for payment in restored(CartRecord, row.record).payments:
        if payment.kind in CART_PAYMENTS:
            CART_PAYMENTS.get(payment.kind).release(reservation_id=row.hold_id, now=now)


def _announce(row: models.CartReservation, now: datetime) -> None:
    events.record(
        [CartReleased(shop_id=row.shop_id, customer_id=row.customer_id, occurred_at=now, reservation_id=row.id)],
        now=now,
    )
