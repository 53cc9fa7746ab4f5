"""What a priced cart uses up: codes, uses of promotions, money of budgets, gifts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from wracam.promotions.contracts import CodeOutcome, Evaluation, OfferOutcome
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.explaining import CodeClaim, FoundCode
from wracam.promotions.core.standings import counters


def claims_of(
    found: Evaluation, promotions: Mapping[str, Promotion], codes: Sequence[FoundCode], owner: str | None, today: date
) -> list[CodeClaim]:
    """Return everything that committing this cart would move, as (counter, amount, maximum); see `counters`."""
    claims: list[CodeClaim] = []
    for offer in found.offers:
        if offer.outcome is OfferOutcome.APPLIED:
            claims += _of_promotion(promotions[offer.key], offer.discount_minor, found, owner, today)
    applied = {code.code for code in found.codes if code.outcome is CodeOutcome.APPLIED}
    claims += [claim for code in codes if code.code in applied for claim in code.claims]
    return claims


def owner_of(key: str) -> str | None:
    """Return the promotion whose counter this is."""
    return key.split(":", 2)[1] if key.startswith("promotion:") else None


def kind_of(key: str) -> str:
    """Return what a promotion's counter counts: `uses`, `budget` or `gift:<sku>`."""
    rest = key.split(":", 2)[2]
    return rest if rest.startswith("gift:") else rest.split(":", 1)[0]


def customers_counter(key: str, owner: str | None) -> bool:
    """Say whether a counter of uses counts this owner alone."""
    return owner is not None and f":{owner}:" in key


def _of_promotion(
    promotion: Promotion, discount_minor: int, found: Evaluation, owner: str | None, today: date
) -> Iterator[CodeClaim]:
    given = {gift.sku: gift.quantity for gift in found.quote.gifts if gift.offer == promotion.key}
    for count in counters(promotion, owner, today):
        amount = count.amount
        if count.what == "budget":
            amount = discount_minor
        elif count.what.startswith("gift:"):
            amount = given.get(count.what.removeprefix("gift:"), 0)
        if amount:
            yield CodeClaim(key=count.key, amount=amount, maximum=count.maximum)
