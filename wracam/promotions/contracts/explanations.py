"""What is said of a cart beside its prices: why each promotion gave what it gave, codes, lowest prices, points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from wracam.kernel.language import Words
from wracam.promotions.contracts.carts import Policy, Quote


class OfferOutcome(StrEnum):
    """What became of one promotion."""

    APPLIED = "applied"
    NEARLY = "nearly"
    """Little is missing: say what."""
    NOT_ELIGIBLE = "not_eligible"
    NO_MATCHING_ITEMS = "no_matching_items"
    DISPLACED = "displaced"
    NO_EFFECT = "no_effect"
    CODE_REQUIRED = "code_required"
    NOT_YOURS = "not_yours"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    CUSTOMER_LIMIT_REACHED = "customer_limit_reached"


class CodeOutcome(StrEnum):
    """What became of one code that was presented."""

    APPLIED = "applied"
    ACCEPTED = "accepted"
    """The code is good; what it opens waits for something else, said at its promotions."""
    TYPO = "typo"
    """It cannot be a code of ours: a letter is wrong."""
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    NOT_YOURS = "not_yours"
    BLOCKED = "blocked"
    """Too many wrong codes were tried; wait."""
    NO_PROMOTION = "no_promotion"
    """The code is good, but no live promotion takes it."""


class Requirement(Struct, frozen=True, kw_only=True):
    """One condition: what is asked (`items_total`, `customer.tier`), what it requires and what was found.

    Amounts are minor units as text; `missing` is how much more is needed where that can be counted, else None.
    `is_met` is None when nothing is known.
    """

    what: str
    required: str
    measured: str
    is_met: bool | None
    missing: int | None
    is_money: bool
    sentence: Words


class ExplainedOffer(Struct, frozen=True, kw_only=True):
    """One promotion with what it gave or why not. `lines` are (line id, discount); amounts in minor units.

    `desired_minor` is what it would have given without a cap that cut it (equal to `discount_minor` otherwise).
    """

    key: str
    version_id: UUID
    title: Words
    outcome: OfferOutcome
    reason: str
    """The engine's reason (`contracts.Reason`), empty for an applied offer."""
    sentence: Words
    discount_minor: int = 0
    desired_minor: int = 0
    shipping_minor: int = 0
    lines: tuple[tuple[str, int], ...] = ()
    requirements: tuple[Requirement, ...] = ()
    displaced_by: tuple[str, ...] = ()
    difference_minor: int = 0
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedCode:
    """One code with what became of it; `campaign` is empty for a code we do not know."""

    code: str
    outcome: CodeOutcome
    campaign: str
    promotions: tuple[str, ...]
    sentence: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class LowestPrice:
    """The lowest price of a unit in the 30 days before its reduction began (Omnibus); None when none was known."""

    line_id: str
    sku: str
    price_minor: int
    regular_minor: int
    lowest_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsPreview:
    """What the cart would earn in one kind of points, and how many the customer could pay with (0: none)."""

    program: str
    point_kind: str
    earned: int
    payable: int = 0
    payable_minor: int = 0


class Evaluation(Struct, frozen=True, kw_only=True):
    """Everything said of a cart. `versions` are the (promotion, version id) that were considered, `policy_version_id`
    the version of the shop's price policy; with them `replay` gives the same answer again.
    """

    shop_id: int
    at: datetime
    customer_id: UUID | None
    quote: Quote
    policy: Policy
    policy_version_id: UUID | None
    offers: tuple[ExplainedOffer, ...]
    codes: tuple[PresentedCode, ...]
    lowest_prices: tuple[LowestPrice, ...]
    points: tuple[PointsPreview, ...]
    versions: tuple[tuple[str, UUID], ...]

    def offer(self, key: str) -> ExplainedOffer | None:
        """Return what is said of one promotion."""
        return next((offer for offer in self.offers if offer.key == key), None)
