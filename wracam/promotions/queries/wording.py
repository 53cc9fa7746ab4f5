"""Definitions in words, with their conditions in the words of the rules."""

from __future__ import annotations

from wracam.commerce import queries as commerce
from wracam.definitions.contracts import Body
from wracam.kernel.language import Language
from wracam.promotions.core.body import Promotion, read_promotion
from wracam.promotions.core.body.promotion import CURRENCY_DEFAULT
from wracam.promotions.core.words import Names, promotion_sentence, skus_named
from wracam.rules import queries as rules
from wracam.shops import queries as shops
from wracam.shops.contracts import Shop
from wracam.vouchers import queries as vouchers

CODES_NAMED_MAX = 3


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
    return promotion_sentence(promotion, language, zone, audience, condition, _names(promotion, language, shop))


def _names(promotion: Promotion, language: Language, shop: Shop | None) -> Names:
    """Return what the products and campaigns of a promotion are called; a campaign of few codes by these."""
    skus = skus_named(promotion)
    shop_ids = [shop.id] if shop else [one.id for one in shops.shops()] if skus else []
    live = vouchers.live_campaigns().by_key if promotion.campaigns else {}
    return Names(
        products=commerce.product_names(skus=skus, shop_ids=shop_ids),
        campaigns={
            key: ", ".join(live[key].codes)
            if 0 < len(live[key].codes) <= CODES_NAMED_MAX
            else live[key].title.say(language)
            for key in promotion.campaigns
            if key in live
        },
    )
