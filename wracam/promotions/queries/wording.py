"""Definitions in words, with their conditions in the words of the rules."""

from __future__ import annotations

from wracam.definitions.contracts import Body
from wracam.kernel.language import Language
from wracam.promotions.core.body import Promotion, read_promotion
from wracam.promotions.core.body.promotion import CURRENCY_DEFAULT
from wracam.promotions.core.words import promotion_sentence
from wracam.rules import queries as rules
from wracam.shops.contracts import Shop


def body_sentence(body: Body, language: Language, shop: Shop | None = None) -> str:
    """Say a promotion's body in a sentence, with the shop's currency and time zone (without one: PLN)."""
    promotion = read_promotion(body, currency=shop.currency if shop else CURRENCY_DEFAULT)[0]
    return sentence_of(promotion, language, shop)


def sentence_of(promotion: Promotion, language: Language, shop: Shop | None = None) -> str:
    """Say a promotion in a sentence, with days in the shop's time zone."""
    audience, condition = (
        rules.sentence(one, language, promotion.currency) if one else ""
        for one in (promotion.audience, promotion.condition)
    )
    zone = shop.zone if shop else rules.zone_of({})
    return promotion_sentence(promotion, language, zone, audience, condition)
