"""Who says a promotion: the language, amounts and percentages of one telling."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from wracam.kernel.language import Language
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.words.figures import money, percent


class Teller:
    """Says one promotion in one language."""

    def __init__(self, promotion: Promotion, language: Language, zone: ZoneInfo) -> None:
        self.promotion = promotion
        self.language = language
        self.zone = zone

    def say(self, pl: str, en: str) -> str:
        """Choose the language."""
        return pl if self.language == "pl" else en

    def money(self, amount_minor: int) -> str:
        """Write an amount in the promotion's currency."""
        return money(amount_minor, self.promotion.currency, self.language)

    def gross(self, amount_minor: int) -> str:
        """Write an amount that includes tax."""
        return self.money(amount_minor) + self.say(" brutto", " incl. VAT")

    def percent(self, basis_points: int) -> str:
        """Write a percentage."""
        return percent(basis_points, self.language)
