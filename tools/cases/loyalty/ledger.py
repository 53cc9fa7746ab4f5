"""Histories of one account: points given, spent, refunded and expired, and what stands at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tools.cases.loyalty import dates
from tools.cases.loyalty.account import Account
from tools.cases.loyalty.earning import Earner, earner_of, occurrence_of
from tools.cases.loyalty.orders import CaseLine
from tools.cases.loyalty.words import NOW, Said, events, moment, shortage_of
from tools.cases.report import Case, NotUnderstoodError
from wracam.loyalty.contracts import Lot, Share
from wracam.loyalty.core import refunds
from wracam.loyalty.core.ledger import Taken
from wracam.loyalty.core.program import Validity

ZONE = ZoneInfo("UTC")
GIVING = ("credit", "earn", "earn_for_action", "manual_credit", "add", "earn_for_order", "order_points", "order")
ORDERS_OF_USE = ("earliest expiry first", "shortest expiry first", "expiry first", "first to expire")


@dataclass(slots=True)
class Earned:
    """What an order earned, and what is in force for it."""

    id: UUID
    points: int
    kept: int
    shares: tuple[Share, ...] = ()
    lines: tuple[CaseLine, ...] = ()
    refunds: list[refunds.Refund] = field(default_factory=list)
    is_cancelled: bool = False
    redeemed: tuple[Taken, ...] = ()
    was_rolled_back: bool = False

    @property
    def order_minor(self) -> int:
        """The money of the order."""
        return sum(one.line.gross_minor for one in self.lines)


def answers(case: Case) -> dict[str, object]:
    """Live through the events and return every figure that can be asked for."""
    program = Said("program", case.get("program", {}))
    history = History.of(program)
    program.finish()
    for said in _in_order(events(case)):
        history.apply(said)
        said.finish()
    asked = case.get("expected", {})
    return history.measures() | (_expiring(asked, history.account) if isinstance(asked, Mapping) else {})


def _in_order(happened: list[Said]) -> list[Said]:
    """Put events into the order in which they occurred, if every one says when."""
    moments = [_occurred(said) for said in happened]
    if any(at is None for at in moments):
        return happened
    return [said for _at, said in sorted(zip(moments, happened, strict=True), key=lambda pair: pair[0])]  # type: ignore[arg-type,return-value]


def _occurred(said: Said) -> datetime | None:
    for name in ("at", "expire_run", "run", "activate_run", "night", "date"):
        if name in said and not isinstance(said.take(name), bool):
            return moment(said.take(name))
    return None


@dataclass(slots=True)
class History:
    """An account, its orders, and the programme's dates."""

    account: Account
    earner: Earner
    validity: Validity | None
    pending_days: int
    orders: dict[UUID, Earned] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    expiring: int = 0
    clock: datetime | None = None

    @classmethod
    def of(cls, program: Said) -> History:
        """Read the programme of a case."""
        use = str(program.take("consume", "spending_order", "order_of_use", default=ORDERS_OF_USE[0])).lower()
        if not any(words in use for words in ORDERS_OF_USE):
            raise NotUnderstoodError(f"program: the order of use {use!r}")
        return cls(
            account=Account(shortage_of(program)),
            earner=earner_of(program, has_bare_amount=False),
            validity=dates.validity_of(program.take("expiry", "expiration"))
            if program.has("expiry", "expiration")
            else None,
            pending_days=program.whole("pending_days", "pending_period_days", "locked_days", default=0),
        )

    def apply(self, said: Said) -> None:
        """Apply one event; its kind is the first of these words that it has."""
        at = self._occurred(said)
        key = said.take("id", "key", "idempotency_key", "action")
        for names, handle in _KINDS:
            if said.has(*names):
                mark = f"{names[0]}:{key}"
                if key is not None and mark in self.seen:
                    said.take(*names, "expires", "points", "order")
                    return
                self.seen |= {mark} if key is not None else set()
                handle(self, said, at)
                return
        said.finish()
        raise NotUnderstoodError("event: nothing that moves points")

    def _occurred(self, said: Said) -> datetime:
        """Return when an event happened: unsaid, right after the one before, and points begin before they end."""
        at = said.moment("at", "date")
        if at is None:
            at = self.clock or NOW
            ends = said.moment("expires", "expires_at") if said.has(*GIVING) else None
            at = min(at, ends - timedelta(days=1)) if ends is not None and ends <= at else at
        self.clock = at
        return at

    # What happens

    def credit(self, said: Said, at: datetime) -> None:
        """Points are given."""
        points = said.whole("credit", "earn", "earn_for_action", "manual_credit", "add")
        expires, activates = self._dates(said, at)
        self.account.credit(points, at, expires, activates_at=activates)

    def debit(self, said: Said, at: datetime) -> None:
        """Points are gone, as another ledger says."""
        self.account.debit(said.whole("debit", "manual_debit", "subtract"), at)

    def adjust(self, said: Said, at: datetime) -> None:
        """Somebody corrects by hand."""
        points = said.whole("adjust", "adjustment", "correct")
        if points >= 0:
            self.account.credit(points, at, self._dates(said, at)[0])
        else:
            self.account.debit(-points, at)

    def spend(self, said: Said, at: datetime) -> None:
        """Points are spent, if they are all there."""
        self.account.spend(said.whole("spend", "use"), at)

    def redeem(self, said: Said, at: datetime) -> None:
        """Redeem for an order, once, and never more than there is."""
        order = self._order(said)
        points = said.whole("redeem", "redeem_for_order", "redeem_points")
        requested = said.take("requested_points")
        points = int(requested) if requested is not None else points
        if order.redeemed and not order.was_rolled_back:
            return
        order.redeemed = self.account.spend(points, at, up_to=True)

    def rollback(self, said: Said, _at: datetime) -> None:
        """A redemption is undone, once."""
        order = self._order(said)
        if said.take("rollback_redeem", "rollback_redemption", "rollback", "cancel_redemption") is False:
            return
        if order.redeemed and not order.was_rolled_back:
            self.account.give_back(order.redeemed)
            order.was_rolled_back = True

    def earn_for_order(self, said: Said, at: datetime) -> None:
        """An order earned so many points; told again it earns nothing more."""
        points = said.whole("earn_for_order", "order_points")
        order = self._order(said)
        expires, activates = self._dates(said, at)
        if not order.points:
            order.points = order.kept = points
            order.shares = (Share(line_id=None, quantity=0, points=points),)
            self.account.credit(points, at, expires, order.id, activates)

    def buy(self, said: Said, at: datetime) -> None:
        """An order with lines earns by the rules."""
        raw = said.take("order")
        number = str(raw.get("id", raw.get("number", "0"))) if isinstance(raw, Mapping) else "0"
        one = occurrence_of(said)
        order = self.orders.setdefault(_id(number), Earned(_id(number), 0, 0))
        if one is None or order.points:
            return
        decision = self.earner.decide(one)
        order.points = order.kept = decision.points()
        order.shares = tuple(share for kind in decision.kinds for share in kind.shares)
        order.lines = one.lines
        expires, activates = self._dates(said, at)
        self.account.credit(order.points, at, expires, order.id, activates)

    def refund(self, said: Said, at: datetime) -> None:
        """Bring the order to what it may keep after a refund; a second notice finds nothing to do."""
        order = self._order(said)
        wanted = said.take("refund_order", "clawback", "refund", "return", "cancel_order")
        if said.flag("cancelled", "vetoed", "cancelled_by_listener") or wanted is False:
            return
        target = self._target(order, said, wanted)
        if target < order.kept:
            self.account.take_back(order.kept - target, order.id, at)
            order.kept = target

    def expire(self, said: Said, at: datetime) -> None:
        """The night closes what has ended."""
        self._night(said, at, "expire_run", "expire")

    def night(self, said: Said, at: datetime) -> None:
        """The night activates and closes what is due."""
        self._night(said, at, "run", "night", "activate_run", "activate", "nightly")

    def _night(self, said: Said, at: datetime, *names: str) -> None:
        value = said.take(*names)
        now = self.clock = max(at, NOW) if isinstance(value, bool) else moment(value)
        self.account.activate(now)
        self.account.expire(now)

    def transfer(self, said: Said, at: datetime) -> None:
        """Points go to somebody else, the lot that expires first used first."""
        self.account.spend(said.whole("transfer_out", "transfer"), at)

    def ask_expiring(self, said: Said, _at: datetime) -> None:
        """Somebody asks what ends by a date."""
        self.expiring = self.account.expiring_by(moment(said.take("expiring_by", "points_expiring_by")))

    # What it means

    def _target(self, order: Earned, said: Said, wanted: Any) -> int:
        """Return how many points the order may keep."""
        if said.has("requested_points", "points"):
            return min(order.kept, max(0, order.points - said.whole("requested_points", "points")))
        if said.has("fraction", "percent"):
            part = said.number("fraction", default=said.number("percent", default=0) / 100)
            return int(order.points * (1 - part))
        if said.has("amount", "refund_amount"):
            order.refunds.append(
                refunds.Refund(units=(), units_minor=0, total_minor=said.minor("amount", "refund_amount"))
            )
        elif isinstance(wanted, Mapping):
            order.refunds.append(_refund_of(Said("refund", wanted), order))
        else:
            order.is_cancelled = True
        return refunds.kept(order.shares, order.refunds, order.order_minor, is_cancelled=order.is_cancelled)

    def _order(self, said: Said) -> Earned:
        number = _id(str(said.take("order", "order_id", default="0")))
        return self.orders.setdefault(number, Earned(number, 0, 0))

    def _dates(self, said: Said, at: datetime) -> tuple[datetime | None, datetime | None]:
        days = said.whole("pending_days", default=self.pending_days)
        activates = said.moment("activates", "active_from", "activates_at") or at + timedelta(days=days)
        expires = said.moment("expires", "expires_at", "expiry")
        if expires is None and self.validity is not None:
            expires = dates.ends_at(self.validity, activates, ZONE)
        return expires, activates

    def measures(self) -> dict[str, object]:
        """Return every figure by the names that cases use."""
        account = self.account
        figures: dict[str, object] = {}
        for names, value in (
            (("balance", "points", "total"), account.balance),
            (("active", "available", "active_points"), account.active),
            (("pending", "pending_points", "locked"), account.pending),
            (("expired", "expired_points", "expire_points"), account.expired),
            (("debt", "deficit", "owed", "negative_balance"), account.debt),
            (("clawback", "clawed_back", "taken_back"), account.clawed_back),
            (("clawback_entries", "clawbacks", "clawback_rows"), account.clawbacks),
            (ENDED_LOTS, len(account.closed)),
            (("closed", "lot_closed"), bool(account.closed)),
            (("redeemed", "spent"), account.spent),
            (("redeem_entries", "redemptions"), account.redemptions),
            (("rollback_entries", "rollbacks"), account.rollbacks),
            (("earned", "lifetime_earned", "lifetime"), account.earned),
            (("open_lots",), [lot.remaining for lot in account.lots if lot.remaining]),
            (("expiring", "expiring_points"), self.expiring),
            (("open_lot_count",), sum(1 for lot in account.lots if lot.remaining)),
            (("lots", "remaining"), [lot.remaining for lot in account.lots]),
            (("remaining_by_expiry",), _by_expiry(account.lots)),
        ):
            figures |= dict.fromkeys(names, value)
        return figures


ENDED_LOTS = (
    "expire_entries", "expirations", "expire_rows", "expiry_entries", "expiration_entries", "closed_lots",
    "lots_closed", "expired_lots", "close_rows", "close_entries",
)  # fmt: skip
"""How many lots have ended. We close a lot in its row and post nothing where nothing is left; theirs post a zero."""


def _expiring(asked: Mapping[str, Any], account: Account) -> dict[str, object]:
    """Answer `expiring_by: {date: points}` and `expiring_by_<date>: points`: what ends at or before a date."""
    found: dict[str, object] = {}
    for name, theirs in asked.items():
        _words, _underscore, day = name.rpartition("_")
        if "expiring" in name and isinstance(theirs, Mapping):
            found[name] = {str(one): account.expiring_by(moment(one)) for one in theirs}
        elif "expiring" in name and day[:1].isdigit():
            found[name] = account.expiring_by(moment(day))
    return found


def _by_expiry(lots: list[Lot]) -> dict[str, int]:
    found: dict[str, int] = {}
    for lot in lots:
        key = lot.expires_at.date().isoformat() if lot.expires_at else "never"
        found[key] = found.get(key, 0) + lot.remaining
    return found


def _id(number: str) -> UUID:
    return UUID(bytes=number.encode()[:16].rjust(16, b"\0"))


def _refund_of(said: Said, order: Earned) -> refunds.Refund:
    """Read a refund of units, by SKU, and of money."""
    units, money = [], Decimal(0)
    for raw in said.items("lines", "items"):
        line = Said("refunded line", raw)
        sku, quantity = str(line.take("sku")), line.whole("qty", "quantity", default=1)
        found = next((one.line for one in order.lines if one.sku == sku), None)
        if found is None or found.line_id is None:
            raise NotUnderstoodError(f"refunded line: the order has no {sku!r}")
        units.append((found.line_id, quantity))
        money += Decimal(found.gross_minor) * quantity / found.quantity
        line.finish()
    total = said.minor("amount", "total", default=money / 100)
    said.finish()
    return refunds.Refund(units=tuple(units), units_minor=int(money), total_minor=total)


Handler = Callable[[History, Said, datetime], None]
_KINDS: tuple[tuple[tuple[str, ...], Handler], ...] = (
    (("credit", "earn", "earn_for_action", "manual_credit", "add"), History.credit),
    (("debit", "manual_debit", "subtract"), History.debit),
    (("adjust", "adjustment", "correct"), History.adjust),
    (("spend", "use"), History.spend),
    (("transfer_out", "transfer"), History.transfer),
    (("redeem", "redeem_for_order", "redeem_points"), History.redeem),
    (("rollback_redeem", "rollback_redemption", "rollback", "cancel_redemption"), History.rollback),
    (("earn_for_order", "order_points"), History.earn_for_order),
    (("refund_order", "clawback", "refund", "return", "cancel_order"), History.refund),
    (("order",), History.buy),
    (("expire_run", "expire"), History.expire),
    (("expiring_by", "points_expiring_by"), History.ask_expiring),
    (("run", "night", "activate_run", "activate", "nightly"), History.night),
)
