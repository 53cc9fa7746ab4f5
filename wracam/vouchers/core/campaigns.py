"""Code campaigns as the merchant writes them: kind, format, dates, limits, and what a refund does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from wracam.definitions.contracts import Body, Problem
from wracam.definitions.ports import Reader
from wracam.kernel.language import Words
from wracam.kernel.periods import Period
from wracam.vouchers.contracts import CampaignKind, OnRefund
from wracam.vouchers.core.codes import (
    LENGTH_DEFAULT,
    LENGTH_MAX,
    LENGTH_MIN,
    PREFIX_LENGTH_MAX,
    TYPED_LENGTH_MAX,
    CodeFormat,
    fold,
)

SHARED_CODES_MAX = 200
SHARED_LENGTH_MIN = 3
VALID_DAYS_MAX = 3_650
LIMITS_MAX = 10
_PREFIX = re.compile(r"[A-Z0-9]*")


class LimitPer(StrEnum):
    """Over what uses are counted. Days, weeks and months are those of the shop's calendar."""

    CODE = "code"
    CUSTOMER = "customer"
    CAMPAIGN = "campaign"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    CUSTOMER_DAY = "customer_day"
    CUSTOMER_WEEK = "customer_week"
    CUSTOMER_MONTH = "customer_month"

    @property
    def is_of_customer(self) -> bool:
        """Whether every customer has a count of their own."""
        return self.value.startswith("customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `uses` per code, customer, campaign or period."""

    uses: int
    per: LimitPer


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A code campaign. `shop_keys` empty: every shop. `valid_days` count from the day a code is issued."""

    key: str
    version_id: UUID | None
    kind: CampaignKind
    title: Words
    form: CodeFormat
    codes: tuple[str, ...]
    period: Period
    valid_days: int | None
    limits: tuple[Limit, ...]
    binds_customer: bool
    allows_guests: bool
    on_refund: OnRefund
    shop_keys: tuple[str, ...]

    @property
    def is_generated(self) -> bool:
        """Whether we make its codes in its format."""
        return self.kind not in (CampaignKind.SHARED, CampaignKind.IMPORTED)

    def sells_in(self, shop_key: str) -> bool:
        """Say whether its codes are good in this shop."""
        return not self.shop_keys or shop_key in self.shop_keys


def read_campaign(body: Body, *, key: str = "", version_id: UUID | None = None) -> tuple[Campaign, list[Problem]]:
    """Return the campaign that *body* describes and every problem found in it."""
    reader = Reader(body)
    kind = reader.choice("kind", CampaignKind, CampaignKind.SINGLE)
    title = reader.part("title")
    campaign = Campaign(
        key=key,
        version_id=version_id,
        kind=kind,
        title=Words(pl=title.text("pl", length_max=80), en=title.text("en", length_max=80)),
        form=_form(reader.part("format")),
        codes=_codes(reader, kind),
        period=_period(reader),
        valid_days=reader.integer("valid_days", least=1, most=VALID_DAYS_MAX) or None,
        limits=_limits(reader, kind),
        binds_customer=reader.flag("bound", kind is CampaignKind.PERSONAL) or kind is CampaignKind.PERSONAL,
        allows_guests=reader.flag("guests", True),
        on_refund=reader.choice("on_refund", OnRefund, OnRefund.RETURN_WHEN_FULL),
        shop_keys=tuple(str(item) for item in reader.items("shops")),
    )
    title.finish()
    reader.finish()
    return campaign, reader.problems


def _form(reader: Reader) -> CodeFormat:
    prefix = reader.text("prefix", length_max=PREFIX_LENGTH_MAX).upper()
    if not _PREFIX.fullmatch(prefix):
        reader.note("prefix", "not_a_prefix", "litery A-Z i cyfry", "letters A-Z and digits")
        prefix = ""
    form = CodeFormat(
        prefix=prefix,
        length=reader.integer("length", LENGTH_DEFAULT, least=LENGTH_MIN, most=LENGTH_MAX),
        has_check=reader.flag("check", True),
    )
    reader.finish()
    return form


def _codes(reader: Reader, kind: CampaignKind) -> tuple[str, ...]:
    codes = [item.strip().upper() for item in reader.items("codes") if isinstance(item, str)]
    if kind is not CampaignKind.SHARED:
        if codes:
            reader.note("codes", "not_shared", "tylko dla kodów wspólnych", "only for shared codes")
        return ()
    folded = [fold(code) for code in codes]
    if not codes or len(codes) > SHARED_CODES_MAX:
        reader.note(
            "codes", "missing", f"podaj od 1 do {SHARED_CODES_MAX} kodów", f"write 1 to {SHARED_CODES_MAX} codes"
        )
    if any(not SHARED_LENGTH_MIN <= len(code) <= TYPED_LENGTH_MAX for code in folded):
        reader.note(
            "codes", "not_a_code", f"kod ma co najmniej {SHARED_LENGTH_MIN} znaki",
            f"a code has at least {SHARED_LENGTH_MIN} characters",
        )  # fmt: skip
    if len(set(folded)) < len(folded):
        reader.note("codes", "duplicate", "dwa kody wyglądają tak samo", "two codes look the same")
    return tuple(codes)


def _period(reader: Reader) -> Period:
    starts_at, ends_at = reader.moment("starts_at"), reader.moment("ends_at")
    if starts_at and ends_at and ends_at <= starts_at:
        reader.note("ends_at", "before_start", "koniec jest przed początkiem", "it ends before it starts")
        ends_at = None
    return Period(starts_at=starts_at, ends_at=ends_at)


def _limits(reader: Reader, kind: CampaignKind) -> tuple[Limit, ...]:
    limits = []
    for part in reader.parts("limits")[:LIMITS_MAX]:
        per = part.choice("per", LimitPer, LimitPer.CODE)
        limits.append(Limit(uses=part.integer("uses", 1, least=1, is_required=True), per=per))
        part.finish()
    if len({limit.per for limit in limits}) < len(limits):
        reader.note("limits", "duplicate", "dwa limity tego samego", "two limits of the same thing")
    if kind is not CampaignKind.SHARED and all(limit.per is not LimitPer.CODE for limit in limits):
        limits.insert(0, Limit(uses=1, per=LimitPer.CODE))
    return tuple(limits)


def valid_until(campaign: Campaign, issued_at: datetime, asked: datetime | None) -> datetime | None:
    """Return when a code issued now ends: what was asked, else after the campaign's days; never after the campaign."""
    own = asked
    if own is None and campaign.valid_days is not None:
        own = issued_at + timedelta(days=campaign.valid_days)
    ends = [moment for moment in (own, campaign.period.ends_at) if moment is not None]
    return min(ends, default=None)


def example() -> dict[str, Any]:
    """Return a campaign that shows the fields."""
    return {
        "kind": "single",
        "format": {"prefix": "ROSE", "length": LENGTH_DEFAULT, "check": True},
        "ends_at": "2026-12-31T23:00:00+01:00",
        "limits": [{"uses": 1, "per": "code"}, {"uses": 1, "per": "customer"}],
        "on_refund": "return_when_full",
    }
