"""Loyalty cases: a programme in plain words, events, and what another system's tests expect.

Rules become bodies of our `earning_rule` definitions, read and decided by the very code that runs live; labels
become categories (`color:red`), since our lines carry those. Where a case states a policy of its own (rounding,
returns, downgrade), it becomes our setting that says the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tools.cases.loyalty_rules import asked_of, happening_of, rounding_of
from tools.cases.report import Case, NotUnderstoodError
from wracam.kernel.money import to_major, to_minor
from wracam.loyalty.contracts import Lot
from wracam.loyalty.core import calendar, earning, expiry, lots, payment, refunds, tiers
from wracam.loyalty.core.program import Shortage, read_validity
from wracam.loyalty.core.reading import Reader

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wracam.config.settings")
ZONE = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
MEMBER = UUID(int=1)
Compared = dict[str, tuple[object, object]]


def judge(case: Case) -> Compared:
    """Return {what: (expected, ours)} for every expectation of the case."""
    kind = str(case.get("kind"))
    if kind not in _KINDS:
        raise NotUnderstoodError(f"a case of kind {kind!r}")
    return _KINDS[kind](case)


def _known(where: str, found: Mapping[str, Any], *names: str) -> None:
    unknown = sorted(set(found) - set(names))
    if unknown:
        raise NotUnderstoodError(f"{where}: {', '.join(unknown)}")


def _events(case: Case) -> list[Mapping[str, Any]]:
    return list(case.get("events", []))


def _earn(case: Case) -> Compared:
    program = case.get("program", {})
    _known("program", program, "rules", "rounding")
    total = 0
    for event in _events(case):
        happening = happening_of(event)
        asked = [one for index, rule in enumerate(program["rules"]) if (one := asked_of(rule, index, event, happening))]
        decision = earning.decide(happening, asked, rounding_of(program), lambda _rule, cap: cap.points)
        total += decision.points()
    _known("expected", case["expected"], "points")
    return {"points": (case["expected"]["points"], total)}


class _Account:
    """A member's lots over the events of a case, moved by the core's own functions."""

    def __init__(self, shortage: Shortage = Shortage.CARRY) -> None:
        self.lots: list[Lot] = []
        self.shortage = shortage
        self.debt = self.expired = self.clawed_back = self.entries = 0

    @property
    def balance(self) -> int:
        return sum(lot.remaining for lot in self.lots) - self.debt

    def credit(self, points: int, at: datetime, expires_at: datetime | None, order: UUID | None = None) -> None:
        paid = min(points, self.debt)
        self.debt -= paid
        self.lots.append(
            Lot(
                id=len(self.lots) + 1, member_id=MEMBER, point_kind="points", amount=points, remaining=points - paid,
                is_active=True, earned_at=at, activates_at=at, expires_at=expires_at, order_id=order,
            )
        )  # fmt: skip

    def debit(self, points: int, at: datetime) -> None:
        usable = lots.spendable(self.lots, at)
        if sum(lot.remaining for lot in usable) >= points:
            self._use(lots.take(usable, points))

    def take_back(self, points: int, order: UUID, at: datetime) -> None:
        own = [lot for lot in self.lots if lot.order_id == order]
        plan = refunds.plan_take_back(points, own, lots.spendable(self.lots, at), self.shortage)
        self._use(plan.from_pending + plan.from_active)
        self.debt += plan.owed
        taken = points - plan.forgiven
        self.clawed_back += taken
        self.entries += 1

    def expire(self, now: datetime) -> None:
        for lot in self.lots:
            if lot.remaining and lot.expires_at is not None and lot.expires_at <= now:
                self.expired += lot.remaining
                self._set(lot.id, 0)

    def _use(self, taken: Any) -> None:
        for part in taken:
            lot = self.lots[part.lot_id - 1]
            self._set(lot.id, lot.remaining - part.points)

    def _set(self, lot_id: int, remaining: int) -> None:
        self.lots[lot_id - 1] = replace(self.lots[lot_id - 1], remaining=remaining)


def _moment(text: Any) -> datetime:
    """Read a date, `now`, or a distance from it such as `+1 day` and `-3 months`."""
    said = str(text)
    if said == "now":
        return NOW
    if said[:1] in "+-" and len(said.split()) == 2:
        number, unit = said.split()
        if unit.rstrip("s") in ("day", "hour", "week", "minute", "second"):
            return NOW + timedelta(**{f"{unit.rstrip('s')}s": int(number)})
        if unit.rstrip("s") in ("month", "year"):
            months = int(number) * (12 if unit.startswith("year") else 1)
            return datetime.combine(calendar.add_months(NOW.date(), months), NOW.time(), UTC)
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise NotUnderstoodError(f"the time {said!r}") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _shortage(program: Mapping[str, Any]) -> Shortage:
    said = program.get("refund_policy", program.get("negative_balance", "carry"))
    policies = {
        "clamp_to_zero": Shortage.CLAMP, "clamp": Shortage.CLAMP, "prevent_negative": Shortage.CLAMP,
        "allow_negative": Shortage.ALLOW, "allow": Shortage.ALLOW, "carry": Shortage.CARRY, "arrears": Shortage.CARRY,
    }  # fmt: skip
    if said not in policies:
        raise NotUnderstoodError(f"the policy {said!r} for points already used")
    return policies[said]


def _ledger(case: Case) -> Compared:
    program = case.get("program", {})
    _known("program", program, "consume", "refund_policy", "negative_balance")
    if "consume" in program and "earliest expiry first" not in str(program["consume"]):
        raise NotUnderstoodError(f"the order of use {program['consume']!r}")
    account = _Account(_shortage(program))
    orders = _Orders(account)
    for event in _events(case):
        orders.apply(event)
    return {what: (theirs, _measure(what, theirs, account)) for what, theirs in case["expected"].items()}


class _Orders:
    """Orders that earned, and what may still be kept of each."""

    def __init__(self, account: _Account) -> None:
        self.account = account
        self.kept: dict[UUID, int] = {}
        self.earned: dict[UUID, int] = {}

    def apply(self, event: Mapping[str, Any]) -> None:
        """Apply one event of a case."""
        at = _moment(event.get("at", "now"))
        if "credit" in event:
            _known("event", event, "credit", "at", "expires")
            self.account.credit(int(event["credit"]), at, _moment(event["expires"]) if event.get("expires") else None)
        elif "debit" in event or "spend" in event:
            _known("event", event, "debit", "spend", "at")
            self.account.debit(int(event.get("debit", event.get("spend", 0))), at)
        elif "expire_run" in event:
            self.account.expire(_moment(event["expire_run"]))
        elif "earn_for_order" in event:
            _known("event", event, "earn_for_order", "order", "at", "expires")
            order = _order_id(event)
            points = int(event["earn_for_order"])
            self.earned[order] = self.kept[order] = points
            self.account.credit(points, at, _moment(event["expires"]) if event.get("expires") else None, order)
        elif "refund_order" in event:
            self._refund(event, at)
        else:
            raise NotUnderstoodError(f"the event {', '.join(sorted(event))}")

    def _refund(self, event: Mapping[str, Any], at: datetime) -> None:
        """Bring the order to what it may keep after the refund; a second notice finds nothing to do."""
        _known("event", event, "refund_order", "requested_points", "fraction", "percent", "order", "at")
        order = _order_id(event)
        earned = self.earned.get(order, 0)
        target = 0
        if "requested_points" in event:
            target = max(0, earned - int(event["requested_points"]))
        elif "fraction" in event or "percent" in event:
            part = Decimal(str(event.get("fraction", Decimal(str(event.get("percent", 0))) / 100)))
            target = int(earned * (1 - part))
        if target < self.kept.get(order, 0):
            self.account.take_back(self.kept[order] - target, order, at)
            self.kept[order] = target


def _order_id(event: Mapping[str, Any]) -> UUID:
    return UUID(int=1000 + int(event.get("order", 0)) if str(event.get("order", 0)).isdigit() else 1000)


def _measure(what: str, theirs: object, account: _Account) -> object:
    def by_expiry() -> dict[str, int]:
        found: dict[str, int] = {}
        for lot in account.lots:
            key = lot.expires_at.date().isoformat() if lot.expires_at else "never"
            found[key] = found.get(key, 0) + lot.remaining
        return {key: found.get(key, 0) for key in theirs} if isinstance(theirs, dict) else found

    measures: dict[str, Callable[[], object]] = {
        "balance": lambda: account.balance,
        "expired": lambda: account.expired,
        "debt": lambda: account.debt,
        "deficit": lambda: account.debt,
        "clawback": lambda: -account.clawed_back,
        "clawback_entries": lambda: account.entries,
        "remaining_by_expiry": by_expiry,
        "open_lots": lambda: [lot.remaining for lot in account.lots if lot.remaining],
    }
    if what not in measures:
        raise NotUnderstoodError(f"the expectation {what!r}")
    return measures[what]()


def _redeem(case: Case) -> Compared:
    program = case.get("program", {})
    if "ewallet" in program:
        return _wallet(case)
    names = ("points", "worth_minor", "min_points", "max_points", "max_percent_of_order", "step")
    _known("program", program, *names)
    terms = payment.PaymentTerms(
        points=int(program.get("points", 1)), worth_minor=int(program.get("worth_minor", 1)),
        least=int(program.get("min_points", 0)), most=program.get("max_points"),
        most_percent=int(program.get("max_percent_of_order", 100)), step=int(program.get("step", 1)),
    )  # fmt: skip
    (event,) = _events(case)
    _known("event", event, "redeem_request", "balance", "order_minor")
    answer = payment.quote(
        terms,
        requested=int(event["redeem_request"]),
        balance=int(event["balance"]),
        order_minor=int(event["order_minor"]),
    )
    ours = {"points": answer.points, "worth_minor": answer.worth_minor, "discount_minor": answer.worth_minor}
    _known("expected", case["expected"], *ours)
    return {what: (theirs, ours[what]) for what, theirs in case["expected"].items()}


def _wallet(case: Case) -> Compared:
    _known("program", case["program"], "ewallet")
    gross = tax = paid = 0
    for event in _events(case):
        _known("event", event, "order", "pay_with_wallet")
        for line in event.get("order", {}).get("lines", []):
            _known("line", line, "net", "tax_rate", "qty")
            net = to_minor(str(line["net"]), "PLN") * int(line.get("qty", 1))
            line_tax = int((Decimal(net) * Decimal(str(line["tax_rate"])) / 100).quantize(Decimal(1)))
            gross, tax = gross + net + line_tax, tax + line_tax
        if "pay_with_wallet" in event:
            paid = min(to_minor(str(event["pay_with_wallet"]), "PLN"), to_minor(str(case["program"]["ewallet"]), "PLN"))
    left = payment.pay_stored_value(gross_minor=gross, tax_minor=tax, value_minor=paid)
    ours = {"to_pay_gross": left.gross_minor, "net": left.net_minor, "tax": left.tax_minor}
    _known("expected", case["expected"], *ours)
    return {what: (Decimal(str(theirs)), to_major(ours[what], "PLN")) for what, theirs in case["expected"].items()}


_DOWNGRADES = {
    "multi-level": tiers.Downgrade.TO_EARNED, "multi": tiers.Downgrade.TO_EARNED, "single": tiers.Downgrade.ONE_STEP,
    "single-level": tiers.Downgrade.ONE_STEP, "one step": tiers.Downgrade.ONE_STEP, "none": tiers.Downgrade.NEVER,
    "never": tiers.Downgrade.NEVER, "no downgrade": tiers.Downgrade.NEVER,
}  # fmt: skip


def _tier(case: Case) -> Compared:
    program = case["program"]
    _known("program", program, "levels", "tiers", "by", "downgrade", "downgrade_every_days", "based_on", "reset_points")
    said = program.get("downgrade", "multi-level")
    if said not in _DOWNGRADES:
        raise NotUnderstoodError(f"the downgrade {said!r}")
    steps = tiers.ladder(
        [(k, int(v)) for k, v in (program.get("levels") or program["tiers"]).items()], _DOWNGRADES[said]
    )
    current, amount, floor, since = steps.tiers[0].key, 0, None, None
    for event in _events(case):
        _known(
            "event", event, "current_level", "manually_assigned_floor", "amount", "active_points", "balance", "spend",
            "at", "year_end", "earn", "points",
        )  # fmt: skip
        current = event.get("current_level", current)
        floor = event.get("manually_assigned_floor", floor)
        for name in ("amount", "active_points", "balance", "points"):
            amount = int(event[name]) if name in event else amount
        amount += int(event.get("earn", 0)) - int(event.get("spend", 0))
        is_review = "year_end" in event or "downgrade" in program or ("levels" in program and "amount" in event)
        standing = tiers.assess(steps, current, amount, is_review=is_review, floor=floor)
        since = event.get("at", since) if standing != current or since is None else since
        current = standing
        if "year_end" in event and program.get("reset_points"):
            amount = 0
    ours = {"level": current, "tier": current, "from": since, "active_points": amount}
    _known("expected", case["expected"], *ours)
    return {what: (theirs, ours[what]) for what, theirs in case["expected"].items()}


def _expire_date(case: Case) -> Compared:
    said = case["program"]["expiry"]
    _known("expiry", said, "rolling_months", "rolling_days", "rolling_years", "round_up_to", "fixed", "never")
    body: dict[str, Any] = {"kind": "rolling", "months": int(said.get("rolling_months", 0))}
    body["months"] += 12 * int(said.get("rolling_years", 0))
    body |= {"days": int(said["rolling_days"])} if "rolling_days" in said else {}
    if "round_up_to" in said:
        body["round_up_to"] = str(said["round_up_to"]).replace("-", "_").replace(" ", "_")
    if said.get("never"):
        body = {"kind": "never"}
    if "fixed" in said:
        day = date.fromisoformat(str(said["fixed"])) if len(str(said["fixed"])) == 10 else None
        month, of_month = (day.month, day.day) if day else map(int, str(said["fixed"]).split("-"))
        body = {"kind": "fixed", "month": month, "day": of_month}
    reader = Reader(body)
    validity = read_validity(reader)
    if reader.problems:
        raise NotUnderstoodError(f"the expiry {said}")
    (event,) = _events(case)
    earned = datetime.combine(date.fromisoformat(str(event["at"])[:10]), datetime.min.time(), ZONE)
    ends = expiry.expires_at(validity, earned, ZONE)
    ours = "never" if ends is None else f"end of {(ends - timedelta(seconds=1)).astimezone(ZONE).date().isoformat()}"
    _known("expected", case["expected"], "expires_at")
    return {"expires_at": (case["expected"]["expires_at"] or "never", ours)}


_KINDS: dict[str, Callable[[Case], Compared]] = {
    "earn": _earn,
    "lots": _ledger,
    "refund": _ledger,
    "expire": _ledger,
    "redeem": _redeem,
    "tier": _tier,
    "expire_date": _expire_date,
}
