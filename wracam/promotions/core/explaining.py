"""Turning a quote and what was known before it into an explanation of every promotion and every code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from msgspec import Struct

from wracam.kernel.language import Words
from wracam.promotions.contracts import (
    AppliedOffer,
    CodeOutcome,
    ExplainedOffer,
    Nearly,
    OfferOutcome,
    PresentedCode,
    Quote,
    Reason,
    RefusedOffer,
    Requirement,
    Standing,
)
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.words import code_words, requirement_of, words_of
from wracam.promotions.core.words.outcomes import Figures
from wracam.vouchers.contracts import OnRefund

PLAINLY_MAX = 8_192
OUTCOMES = {
    Reason.NO_MATCHING_ITEMS: OfferOutcome.NO_MATCHING_ITEMS,
    Reason.NOT_ENOUGH_ITEMS: OfferOutcome.NOT_ELIGIBLE,
    Reason.CONDITION_NOT_MET: OfferOutcome.NOT_ELIGIBLE,
    Reason.NOT_YOURS: OfferOutcome.NOT_YOURS,
    Reason.NOT_YET: OfferOutcome.NOT_YET,
    Reason.EXPIRED: OfferOutcome.EXPIRED,
    Reason.EXHAUSTED: OfferOutcome.EXHAUSTED,
    Reason.BUDGET_SPENT: OfferOutcome.EXHAUSTED,
    Reason.GIFT_OUT_OF_STOCK: OfferOutcome.EXHAUSTED,
    Reason.CUSTOMER_LIMIT_REACHED: OfferOutcome.CUSTOMER_LIMIT_REACHED,
    Reason.CODE_REQUIRED: OfferOutcome.CODE_REQUIRED,
    Reason.CODE_UNKNOWN: OfferOutcome.CODE_REQUIRED,
    Reason.DISPLACED: OfferOutcome.DISPLACED,
    Reason.TOO_MANY: OfferOutcome.DISPLACED,
    Reason.NO_EFFECT: OfferOutcome.NO_EFFECT,
}
APPLIED, NOT_ELIGIBLE, NEARLY = OfferOutcome.APPLIED, OfferOutcome.NOT_ELIGIBLE, OfferOutcome.NEARLY
"""Members that are named for every offer, by names that need no look-up in their class (slow in Python 3.11)."""
WAITING = frozenset(
    {OfferOutcome.NEARLY, OfferOutcome.NOT_ELIGIBLE, OfferOutcome.NO_MATCHING_ITEMS, OfferOutcome.DISPLACED}
)
"""What a good code may still wait for."""
_key_of = attrgetter("key")


class Judged(Struct, frozen=True, kw_only=True):
    """A promotion that is out of the question before prices: why, and the conditions that said so."""

    standing: Standing
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeClaim:
    """One counter that a use of a code moves, and how far it may go (None: no limit)."""

    key: str
    amount: int
    maximum: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCode:
    """A code that was presented and looked up: its campaign, what is to be said of it, and who counts its uses."""

    code: str
    outcome: CodeOutcome
    campaign: str = ""
    claims: tuple[CodeClaim, ...] = ()
    """What a use of it moves."""
    on_refund: OnRefund = OnRefund.RETURN_WHEN_FULL

    @property
    def is_good(self) -> bool:
        """Whether it opens the promotions of its campaign."""
        return self.outcome is CodeOutcome.ACCEPTED


class Known(Struct, frozen=True, kw_only=True):
    """What was known before prices were looked at."""

    by_key: Mapping[str, Promotion]
    judged: Mapping[str, Judged] = {}
    codes: Sequence[FoundCode] = ()
    resting: Sequence[Promotion] = ()
    nearly_share_bp: int = 5_000


def explain(quote: Quote, known: Known, resting: Mapping[str, Judged]) -> tuple[ExplainedOffer, ...]:
    """Explain every promotion the quote names, and those that are at rest, in the order of their keys."""
    nearly = {hint.key: hint for hint in quote.nearly}
    told = [_applied(quote, known, one, nearly) for one in quote.applied]
    named = {offer.key for offer in told}
    if quote.gifts or quote.rewards:
        told += [_gave_extra(known, key) for key in _extras(quote) if key not in named]
        named = {offer.key for offer in told}
    told += [_refused(quote, known, one, nearly) for one in quote.refused if one.key not in named]
    told += [_resting(promotion, resting[promotion.key], quote.currency) for promotion in known.resting]
    told.sort(key=_key_of)
    return tuple(told)


def explain_codes(offers: Iterable[ExplainedOffer], known: Known) -> tuple[PresentedCode, ...]:
    """Say of each code, in the order presented, what became of it, from what became of the promotions it opens."""
    by_key = {offer.key: offer for offer in offers}
    return tuple(_code(code, by_key, known) for code in known.codes)


def _code(found: FoundCode, by_key: Mapping[str, ExplainedOffer], known: Known) -> PresentedCode:
    opened = [one.key for one in (*known.by_key.values(), *known.resting) if found.campaign in one.campaigns]
    offers = [by_key[key] for key in opened if key in by_key]
    outcome, why = found.outcome, None
    if found.is_good:
        outcome, why = _outcome_of_code(offers)
    return PresentedCode(
        code=found.code,
        outcome=outcome,
        campaign=found.campaign,
        promotions=tuple(sorted(opened)) if found.is_good else (),
        sentence=code_words(outcome, why),
    )


def _outcome_of_code(offers: Sequence[ExplainedOffer]) -> tuple[CodeOutcome, Words | None]:
    if any(offer.outcome is OfferOutcome.APPLIED for offer in offers):
        return CodeOutcome.APPLIED, None
    for offer in offers:
        if offer.outcome in WAITING or offer.outcome is OfferOutcome.NO_EFFECT:
            return CodeOutcome.ACCEPTED, offer.sentence
    same = {
        OfferOutcome.NOT_YET: CodeOutcome.NOT_YET,
        OfferOutcome.EXPIRED: CodeOutcome.EXPIRED,
        OfferOutcome.EXHAUSTED: CodeOutcome.EXHAUSTED,
        OfferOutcome.CUSTOMER_LIMIT_REACHED: CodeOutcome.EXHAUSTED,
        OfferOutcome.NOT_YOURS: CodeOutcome.NOT_YOURS,
    }
    return next((same[offer.outcome] for offer in offers if offer.outcome in same), CodeOutcome.NO_PROMOTION), None


def _extras(quote: Quote) -> list[str]:
    """Promotions that gave something other than money: gifts, rewards."""
    return sorted({gift.offer for gift in quote.gifts} | {reward.offer for reward in quote.rewards})


def _applied(quote: Quote, known: Known, one: AppliedOffer, nearly: Mapping[str, Nearly]) -> ExplainedOffer:
    promotion = known.by_key[one.key]
    delivery = one.shipping_minor - one.fees_minor
    figures = Figures(currency=quote.currency, discount_minor=one.discount_minor, shipping_minor=delivery)
    hint = nearly.get(one.key)
    return ExplainedOffer(
        key=one.key,
        version_id=promotion.version_id,
        title=promotion.label,
        outcome=APPLIED,
        reason="",
        sentence=words_of(APPLIED, figures),
        discount_minor=one.discount_minor,
        desired_minor=max(one.desired_minor, one.discount_minor),
        shipping_minor=one.shipping_minor,
        lines=one.lines,
        requirements=tuple(requirement_of(short, quote.currency) for short in hint.shortfalls) if hint else (),
        codes=_codes_of(promotion, known) if known.codes else (),
    )


def _gave_extra(known: Known, key: str) -> ExplainedOffer:
    promotion = known.by_key[key]
    return ExplainedOffer(
        key=key,
        version_id=promotion.version_id,
        title=promotion.label,
        outcome=APPLIED,
        reason="",
        sentence=words_of(APPLIED, Figures(currency=promotion.currency)),
        codes=_codes_of(promotion, known) if known.codes else (),
    )


def _refused(quote: Quote, known: Known, one: RefusedOffer, nearly: Mapping[str, Nearly]) -> ExplainedOffer:
    promotion = known.by_key[one.key]
    judged = known.judged.get(one.key)
    hint = nearly.get(one.key)
    shortfalls = hint.shortfalls if hint else one.shortfalls
    requirements = judged.requirements if judged else ()
    codes = _codes_of(promotion, known) if known.codes else ()
    if not (hint or shortfalls or requirements or one.displaced_by):
        return _refused_plainly(promotion, one.reason, codes, one.difference_minor)
    for short in shortfalls:
        requirements += (requirement_of(short, quote.currency),)
    outcome, reason = OUTCOMES[one.reason], str(one.reason)
    if hint or (outcome is NOT_ELIGIBLE and _is_near(requirements, known.nearly_share_bp)):
        outcome = NEARLY
    figures = Figures(
        currency=quote.currency,
        requirements=requirements,
        rivals=[known.by_key[key].label for key in one.displaced_by if key in known.by_key] if one.displaced_by else (),
        difference_minor=one.difference_minor,
        reason=reason,
    )
    return ExplainedOffer(
        key=one.key,
        version_id=promotion.version_id,
        title=promotion.label,
        outcome=outcome,
        reason=reason,
        sentence=words_of(outcome, figures),
        requirements=requirements,
        displaced_by=one.displaced_by,
        difference_minor=one.difference_minor,
        codes=codes,
    )


@lru_cache(maxsize=PLAINLY_MAX)
def _refused_plainly(
    promotion: Promotion, reason: Reason, codes: tuple[str, ...], difference_minor: int
) -> ExplainedOffer:
    """A refusal that has nothing to do with the figures of the cart: the same for every cart, so it is kept."""
    outcome = OUTCOMES[reason]
    figures = Figures(currency=promotion.currency, difference_minor=difference_minor, reason=reason.value)
    return ExplainedOffer(
        key=promotion.key,
        version_id=promotion.version_id,
        title=promotion.label,
        outcome=outcome,
        reason=reason.value,
        sentence=words_of(outcome, figures),
        difference_minor=difference_minor,
        codes=codes,
    )


def _is_near(requirements: Sequence[Requirement], share_bp: int) -> bool:
    """Whether little is missing of everything that is: a piece, or no more than the rest of the share."""
    return bool(requirements) and all(
        one.missing is not None
        and (one.missing == 1 or int(one.measured) * 10_000 >= share_bp * (int(one.measured) + one.missing))
        for one in requirements
    )


def _resting(promotion: Promotion, judged: Judged, currency: str) -> ExplainedOffer:
    outcome = OUTCOMES[judged.standing.reason]
    moment = promotion.starts_at if outcome is OfferOutcome.NOT_YET else promotion.ends_at
    return ExplainedOffer(
        key=promotion.key,
        version_id=promotion.version_id,
        title=promotion.label,
        outcome=outcome,
        reason=judged.standing.reason.value,
        sentence=words_of(outcome, Figures(currency=currency, moment=moment)),
    )


def _codes_of(promotion: Promotion, known: Known) -> tuple[str, ...]:
    return tuple(found.code for found in known.codes if found.is_good and found.campaign in promotion.campaigns)
