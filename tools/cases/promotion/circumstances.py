"""What is decided before prices: whose order it is, where, when and with which codes; limits that are used up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from tools.cases.promotion.carts import shipping_methods
from tools.cases.promotion.saying import Said, flag, listed, number, whole
from tools.cases.report import Case, NotUnderstoodError
from wracam.promotions.contracts import Reason

CUSTOMER_SYNONYMS = {
    **dict.fromkeys(("orders", "orders_count", "order_count", "previous_orders", "completed_orders"), "placed_orders"),
    **dict.fromkeys(("uses", "code_uses", "used_code", "coupon_uses", "uses_of_coupon", "uses_of_promotion",
                     "times_used"), "uses_of_code"),
    **dict.fromkeys(("group", "customer_group", "customer_groups"), "groups"),
    **dict.fromkeys(("cancelled_uses_of_code", "uses_in_cancelled_orders"), "cancelled_uses"),
    **dict.fromkeys(("segment",), "segments"), **dict.fromkeys(("role",), "roles"), "tag": "tags",
    "is_guest": "guest", "is_logged_in": "logged_in", "registered": "logged_in",
}  # fmt: skip
OF_CUSTOMER = {
    "groups": ("customer_group", "customer_groups", "group", "groups", "customer_group_in", "in_group"),
    "segments": ("segment", "segments", "segment_in", "customer_segment", "in_segment"),
    "roles": ("role", "roles", "user_role", "customer_role", "role_in"),
    "tags": ("customer_tag", "customer_tags"),
    "tier": ("tier", "loyalty_tier", "customer_tier", "tier_in"),
    "id": ("customer", "customers", "customer_id", "customer_in", "customer_ids", "user", "users"),
    "email": ("customer_email", "email", "email_in", "emails", "allowed_emails", "email_restrictions"),
    "country": ("customer_country",),
}
"""What a customer has, and the conditions that ask for one of some values of it."""
OF_CASE = {
    "country": ("country", "countries", "country_in", "shipping_country", "billing_country"),
    "channel": ("channel", "channels", "channel_in", "sales_channel"),
    "store": ("store", "stores", "store_in", "shop", "shops"),
    "payment": ("payment", "payment_method", "payment_methods", "payment_in", "payment_method_in"),
    "region": ("region", "regions", "zone", "zones"),
    "currency": ("currency", "currencies", "currency_in"),
    "language": ("language", "locale", "languages"),
}
KNOWN_OF_CUSTOMER = frozenset({
    "placed_orders", "uses_of_code", "cancelled_uses", "codes", "logged_in", "guest", "name", "note", *OF_CUSTOMER,
})  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
RELATIVE = {"yesterday": -1, "past": -1, "today": 0, "now": 0, "tomorrow": 1, "future": 1}
STARTS = ("starts", "starts_at", "starts_on", "start", "start_date", "valid_from", "from_date", "active_from")
ENDS = ("ends", "ends_at", "ends_on", "end", "end_date", "valid_to", "valid_until", "expires", "expires_at",
        "expires_on", "expiry", "active_until", "to_date")  # fmt: skip


class Circumstances:
    """The customer, the place and the moment of a case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.customer = Said(case.get("customer") or {}, "the customer", CUSTOMER_SYNONYMS).words
        if unknown := sorted(set(self.customer) - KNOWN_OF_CUSTOMER):
            raise NotUnderstoodError(
                f"the customer has {', '.join(f'{one}: {self.customer[one]!r}' for one in unknown)}"
            )
        self.now = moment(case["now"]) if case.get("now") else None
        entered = case.get("codes", self.customer.get("codes"))
        self.codes = None if entered is None else [_code(one) for one in listed(entered)]

    def judged(self, said: Said) -> tuple[bool, bool]:
        """Take what is said of circumstances out of a condition: (the cart's hold, it is this customer's)."""
        holds = self._of_shipping(said) & self._of_time(said)
        for name, words in OF_CASE.items():
            while found := said.first(words):
                holds &= str(self._case_value(name)).lower() in {str(one).lower() for one in listed(found[1])}
        is_theirs = self._of_orders(said) & self._of_account(said)
        for name, words in OF_CUSTOMER.items():
            while found := said.first(words):
                is_theirs &= self._has_one_of(name, listed(found[1]))
            while found := said.first([f"not_{word}" for word in words] + [f"{word}_not_in" for word in words]):
                is_theirs &= not self._has_one_of(name, listed(found[1]))
        return holds, is_theirs

    def standing(self, said: Said, number_of: str) -> Reason | None:
        """Take dates, codes and limits out of a promotion's words; return why it cannot apply now, if it cannot."""
        found = [
            self._of_state(said),
            self._of_dates(said),
            self._of_code(said),
            self._of_limits(said, number_of),
        ]
        holds, is_theirs = self.judged(said)
        reasons = [reason for reason in found if reason]
        if not is_theirs:
            reasons.append(Reason.NOT_YOURS)
        if not holds:
            reasons.append(Reason.CONDITION_NOT_MET)
        return reasons[0] if reasons else None

    def _case_value(self, name: str) -> object:
        shipping = self.case.get("shipping") or {}
        if name == "currency":
            return self.case.get("currency", "USD")
        if name == "payment":
            return self.case.get("payment", self.case.get("payment_method", ""))
        place = shipping.get(name, "") if isinstance(shipping, Mapping) else ""
        return self.case.get(name) or place or self.customer.get(name, "")

    def _of_shipping(self, said: Said) -> bool:
        methods = shipping_methods(self.case)
        holds = True
        while found := said.first(("shipping_method", "shipping_methods", "shipping_method_in", "delivery_method")):
            holds &= not methods.isdisjoint(str(one) for one in listed(found[1]))
        while found := said.first(("shipping_method_not", "shipping_method_not_in", "not_shipping_method")):
            holds &= methods.isdisjoint(str(one) for one in listed(found[1]))
        return holds

    def _of_time(self, said: Said) -> bool:
        holds = True
        while found := said.first(("weekday", "weekdays", "weekday_in", "day_of_week", "days_of_week")):
            wanted = {str(day).lower()[:3] for day in listed(found[1])}
            holds &= self.now is not None and WEEKDAYS[self.now.weekday()][:3] in wanted
        while found := said.first(("hours", "time_between", "hour_between", "hours_between")):
            start, end = (str(one) for one in listed(found[1]))
            holds &= self.now is not None and start <= f"{self.now:%H:%M}" < end
        if found := said.first(STARTS):
            holds &= self._has_begun(found[1])
        if found := said.first(ENDS):
            holds &= not self._has_ended(found[1])
        return holds

    def _has_begun(self, start: object) -> bool:
        if start in RELATIVE:
            return RELATIVE[str(start)] <= 0
        return moment(start) <= self._moment(start)

    def _has_ended(self, end: object) -> bool:
        if end in RELATIVE:
            return RELATIVE[str(end)] < 0
        return _end(end) <= self._moment(end)

    def _moment(self, beside: object) -> datetime:
        if self.now is None:
            raise NotUnderstoodError(f"the case says {beside!r} but not what day it is (now)")
        return self.now

    def _of_orders(self, said: Said) -> bool:
        placed = whole(self.customer.get("placed_orders", 0))
        holds = True
        while found := said.first(("nth_order", "order_number", "is_nth_order")):
            holds &= placed + 1 in {whole(one) for one in listed(found[1])}
        while found := said.first(("first_order", "first_purchase", "is_first_order")):
            holds &= (placed == 0) == flag(found[1])
        for name in [
            name
            for name in said.words
            if re.match(r"(customer_)?(placed_orders|orders|orders_count|nth_order|order_number)_", name)
        ]:
            base, _, operator = name.rpartition("_")
            measured = placed + (base in {"nth_order", "order_number"})
            holds &= _compared(measured, operator, said.take(name), name)
        return holds

    def _of_account(self, said: Said) -> bool:
        is_known = flag(self.customer.get("logged_in", bool(self.customer) and not self.customer.get("guest", False)))
        holds = True
        while found := said.first(("logged_in", "user_logged_in", "registered", "has_account")):
            holds &= is_known == flag(found[1])
        while found := said.first(("guest", "is_guest")):
            holds &= is_known != flag(found[1])
        return holds

    def _has_one_of(self, name: str, wanted: list[Any]) -> bool:
        held = [str(one).lower() for one in listed(self.customer.get(name))]
        return any(fnmatchcase(one, str(pattern).lower()) for one in held for pattern in wanted)

    def _of_state(self, said: Said) -> Reason | None:
        is_on = not {False} & {flag(said.take(name, True)) for name in ("valid", "enabled", "active")}
        if flag(said.take("expired", False)):
            return Reason.EXPIRED
        status = str(said.take("status", "active")).lower()
        if status not in {"active", "live", "enabled", "draft", "inactive", "disabled", "archived"}:
            raise NotUnderstoodError(f"a promotion with status {status!r}")
        is_live = is_on and status in {"active", "live", "enabled"}
        return None if is_live else Reason.CONDITION_NOT_MET

    def _of_dates(self, said: Said) -> Reason | None:
        start, end = said.first(STARTS), said.first(ENDS)
        if start and not self._has_begun(start[1]):
            return Reason.NOT_YET
        return Reason.EXPIRED if end and self._has_ended(end[1]) else None

    def _of_code(self, said: Said) -> Reason | None:
        """A promotion with a code needs it where the case says which codes were entered."""
        wanted = {_code(one) for name in ("code", "codes", "coupon", "coupon_code") for one in listed(said.take(name))}
        if flag(said.take("code_required", False)) and self.codes is None:
            return Reason.CODE_REQUIRED
        is_missing = bool(wanted) and self.codes is not None and wanted.isdisjoint(self.codes)
        return Reason.CODE_REQUIRED if is_missing else None

    def _of_limits(self, said: Said, name: str) -> Reason | None:
        limit, uses = said.take("usage_limit"), said.take("uses", 0)
        per_customer = said.take("per_customer_limit")
        theirs = said.take("customer_uses", self.customer.get("uses_of_code", 0))
        if isinstance(theirs, Mapping):
            theirs = theirs.get(name, 0)
        if flag(said.take("reusable_after_cancel", True)):
            theirs = whole(theirs) - whole(self.customer.get("cancelled_uses", 0))
        if per_customer is not None and whole(theirs) >= whole(per_customer):
            return Reason.CUSTOMER_LIMIT_REACHED
        return Reason.EXHAUSTED if limit is not None and whole(uses) >= whole(limit) else None


def moment(value: object) -> datetime:
    """Read a moment or a day; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise NotUnderstoodError(f"{value!r} is no moment") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _end(value: object) -> datetime:
    """An end is exclusive; a day that is an end belongs to what it ends."""
    is_day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value).strip())
    return moment(value) + timedelta(days=1) if is_day else moment(value)


def _code(value: object) -> str:
    return str(value).strip().casefold()


def _compared(measured: int, operator: str, value: object, name: str) -> bool:
    required = number(value)
    answers = {
        "gte": measured >= required, "gt": measured > required, "lte": measured <= required, "lt": measured < required,
        "eq": measured == required,
    }  # fmt: skip
    if operator not in answers:
        raise NotUnderstoodError(f"condition {name!r}")
    return answers[operator]
