"""An evaluation as the API tells it."""

from __future__ import annotations

from collections.abc import Sequence

from wracam.promotions.api.bodies import (
    ChargeAnswer,
    CodeAnswer,
    EvaluationAnswer,
    GiftAnswer,
    GiftChoiceAnswer,
    LineAnswer,
    LineDiscountAnswer,
    OfferAnswer,
    PointsAnswer,
    RequirementAnswer,
    RewardAnswer,
    TaxAnswer,
)
from wracam.promotions.contracts import Evaluation, ExplainedOffer, OfferOutcome, Quote, Requirement

BROWSER_OUTCOMES = frozenset(
    {
        OfferOutcome.APPLIED,
        OfferOutcome.NEARLY,
        OfferOutcome.DISPLACED,
        OfferOutcome.NOT_ELIGIBLE,
        OfferOutcome.EXHAUSTED,
    }
)
"""What a page in a browser is told of promotions nobody presented a code for: none that is meant for others."""


def evaluation_answer(found: Evaluation, *, is_browser: bool) -> EvaluationAnswer:
    """Return the answer to a cart; a browser learns of no promotion that is meant for somebody else."""
    quote = found.quote
    offers = [one for one in found.offers if not is_browser or one.codes or one.outcome in BROWSER_OUTCOMES]
    return EvaluationAnswer(
        at=found.at,
        currency=quote.currency,
        items=quote.items_minor,
        discount=quote.discount_minor,
        shipping=quote.shipping_minor,
        shipping_discount=quote.shipping_discount_minor,
        fees=quote.fees_minor,
        fees_discount=quote.fees_discount_minor,
        total=quote.total_minor,
        tax=quote.tax_minor,
        gross=quote.gross_minor,
        proved_optimal=quote.proved_optimal,
        gap=quote.gap_minor,
        points_multiplier_bp=quote.points_multiplier_bp,
        lines=_lines(quote),
        charges=_charges(quote),
        taxes=[
            TaxAnswer(rate_bp=one.rate_bp, net=one.net_minor, tax=one.tax_minor, gross=one.gross_minor)
            for one in quote.taxes
        ],
        offers=[_offer(one, is_browser=is_browser) for one in offers],
        codes=_codes(found),
        gifts=[
            GiftAnswer(promotion=one.offer, sku=one.sku, quantity=one.quantity, value=one.value_minor)
            for one in quote.gifts
        ],
        gift_choices=[
            GiftChoiceAnswer(promotion=one.offer, skus=list(one.skus), quantity=one.quantity, picked=one.picked)
            for one in quote.gift_choices
        ],
        rewards=[RewardAnswer(promotion=one.offer, reward=one.reward, quantity=one.quantity) for one in quote.rewards],
        points=[
            PointsAnswer(
                program=one.program,
                point_kind=one.point_kind,
                earned=one.earned,
                payable=one.payable,
                payable_amount=one.payable_minor,
            )
            for one in found.points
        ],
    )


def _codes(found: Evaluation) -> list[CodeAnswer]:
    return [
        CodeAnswer(
            code=one.code,
            outcome=one.outcome,
            promotions=list(one.promotions),
            sentence=one.sentence,
        )
        for one in found.codes
    ]


def _charges(quote: Quote) -> list[ChargeAnswer]:
    return [
        ChargeAnswer(
            name=one.name,
            amount=one.amount_minor,
            discount=one.discount_minor,
            tax=one.tax_minor,
            tax_rate_bp=one.tax_rate_bp,
            is_fee=one.is_fee,
        )
        for one in quote.charges
    ]


def _lines(quote: Quote) -> list[LineAnswer]:
    return [
        LineAnswer(
            id=one.id,
            sku=one.sku,
            quantity=one.quantity,
            subtotal=one.subtotal_minor,
            discount=one.discount_minor,
            total=one.total_minor,
            tax=one.tax_minor,
            tax_rate_bp=one.tax_rate_bp,
            regular_price=one.regular_minor,
            lowest_30_days=one.lowest_30_days_minor,
            points_multiplier_bp=one.points_multiplier_bp,
        )
        for one in quote.lines
    ]


def _offer(one: ExplainedOffer, *, is_browser: bool) -> OfferAnswer:
    return OfferAnswer(
        key=one.key,
        title=one.title,
        outcome=one.outcome,
        reason=one.reason,
        sentence=one.sentence,
        discount=one.discount_minor,
        desired=one.desired_minor,
        shipping=one.shipping_minor,
        lines=[LineDiscountAnswer(id=line, discount=off) for line, off in one.lines] if one.lines else [],
        requirements=_requirements(one.requirements, is_browser=is_browser) if one.requirements else [],
        displaced_by=one.displaced_by,
        difference=one.difference_minor,
        codes=one.codes,
    )


def _requirements(found: Sequence[Requirement], *, is_browser: bool) -> list[RequirementAnswer]:
    return [
        RequirementAnswer(
            what=one.what,
            required=one.required,
            measured=one.measured,
            missing=one.missing,
            is_money=one.is_money,
            sentence=one.sentence,
        )
        for one in found
        if not (is_browser and one.what.startswith("customer."))
    ]
