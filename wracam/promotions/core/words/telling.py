"""Who says a promotion: the language, amounts and percentages of one telling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from wracam.kernel.language import Language
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.offers import Bundle, BuyGet, Filter, Give, GrantReward
from wracam.promotions.core.words.figures import money, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What products (by SKU) and code campaigns (by key) are called."""

    products: Mapping[str, str] = field(default_factory=dict)
    campaigns: Mapping[str, str] = field(default_factory=dict)


NO_NAMES = Names()


def skus_named(promotion: Promotion) -> frozenset[str]:
    """Return the SKUs that a promotion's sentence may name."""
    skus: set[str] = set()
    filters: list[Filter] = [need.units for need in promotion.offer.conditions]
    for effect in promotion.offer.effects:
        if isinstance(effect, BuyGet):
            filters += [effect.buy, effect.get]
        elif isinstance(effect, Bundle):
            filters += [units for units, _quantity in effect.parts]
        elif not isinstance(effect, GrantReward):
            filters.append(effect.units)
        if isinstance(effect, Give):
            skus |= {option.sku for option in effect.options}
    for units in filters:
        skus |= units.skus | units.excluded_skus
    return frozenset(skus)


class Teller:
    """Says one promotion in one language."""

    def __init__(self, promotion: Promotion, language: Language, zone: ZoneInfo, names: Names = NO_NAMES) -> None:
        self.promotion = promotion
        self.language = language
        self.zone = zone
        self._names = names

    def products(self, skus: Iterable[str]) -> list[str]:
        """Name products; one that we do not know by its SKU."""
        return [self._names.products.get(sku, sku) for sku in skus]

    def campaigns(self) -> list[str]:
        """Name the campaigns whose codes open the promotion; one that we do not know by its key."""
        return [self._names.campaigns.get(key, key) for key in self.promotion.campaigns]

    def say(self, pl: str, en: str) -> str:
        """Choose the language."""
        return pl if self.language == "pl" else en

    def money(self, amount_minor: int) -> str:
        """Write an amount in the promotion's currency."""
        return money(amount_minor, self.promotion.currency, self.language)

    def gross(self, amount_minor: int) -> str:
        """Write an amount that includes tax."""
        return self.money(amount_minor) + self.say(" brutto", " incl. VAT")

    def percent(self, ppm: int) -> str:
        """Write a percentage."""
        return percent(ppm, self.language)
