"""What a tier gives, as data that rules, promotions and care can ask about, and as sentences for members."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wracam.kernel.language import CountedNoun, Language, Words, number_text
from wracam.loyalty.core.reading import Reader

FACTOR_MAX = 100
HOURS = CountedNoun(pl=("godzinę", "godziny", "godzin", "godziny"), en=("hour", "hours"))
DAYS = CountedNoun(pl=("dzień", "dni", "dni", "dnia"), en=("day", "days"))
NO_DISCOUNT = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefits:
    """The benefits of one tier; a zero or False is none. `multiplier` works in earning, the others in rules."""

    multiplier: Decimal = Decimal(1)
    discount_percent: Decimal = NO_DISCOUNT
    has_free_delivery: bool = False
    presale_hours: int = 0
    return_days: int = 0
    support_priority: int = 0

    def as_data(self) -> dict[str, Any]:
        """Return the benefits as the database keeps them for conditions."""
        return {
            "points_multiplier": str(self.multiplier),
            "discount_percent": str(self.discount_percent),
            "free_delivery": self.has_free_delivery,
            "presale_hours": self.presale_hours,
            "return_days": self.return_days,
            "support_priority": self.support_priority,
        }


def read_benefits(reader: Reader) -> Benefits:
    """Read the benefits of a tier."""
    found = Benefits(
        multiplier=reader.decimal("points_multiplier", Decimal(1)),
        discount_percent=reader.decimal("discount_percent", NO_DISCOUNT, is_positive=False),
        has_free_delivery=reader.flag("free_delivery"),
        presale_hours=reader.integer("presale_hours", 0, most=24 * 365),
        return_days=reader.integer("return_days", 0, most=3650),
        support_priority=reader.integer("support_priority", 0, most=10),
    )
    if not 1 <= found.multiplier <= FACTOR_MAX:
        reader.note("points_multiplier", "out_of_range", f"od 1 do {FACTOR_MAX}", f"from 1 to {FACTOR_MAX}")
    if not 0 <= found.discount_percent <= 100:
        reader.note("discount_percent", "out_of_range", "od 0 do 100", "from 0 to 100")
    reader.finish()
    return found


def sentences(benefits: Benefits) -> tuple[Words, ...]:
    """Say each benefit in both languages, in the order people ask about them."""
    return tuple(
        Words(pl=say(benefits, "pl"), en=say(benefits, "en"))
        for has, say in (
            (benefits.multiplier > 1, _multiplier),
            (benefits.discount_percent > 0, _discount),
            (benefits.has_free_delivery, _delivery),
            (benefits.presale_hours > 0, _presale),
            (benefits.return_days > 0, _returns),
            (benefits.support_priority > 0, _support),
        )
        if has
    )


def _number(number: Decimal, language: Language) -> str:
    return number_text(number.normalize() if number % 1 else Decimal(int(number)), language)


def _multiplier(benefits: Benefits, language: Language) -> str:
    factor = _number(benefits.multiplier, language)
    return f"{factor} × punkty za zakupy" if language == "pl" else f"{factor} × the points for purchases"


def _discount(benefits: Benefits, language: Language) -> str:
    percent = _number(benefits.discount_percent, language)
    return f"stały rabat {percent}%" if language == "pl" else f"a standing discount of {percent}%"


def _delivery(_benefits: Benefits, language: Language) -> str:
    return "darmowa dostawa" if language == "pl" else "free delivery"


def _presale(benefits: Benefits, language: Language) -> str:
    hours = HOURS.say(benefits.presale_hours, language)
    return f"nowości i wyprzedaże {hours} wcześniej" if language == "pl" else f"news and sales {hours} earlier"


def _returns(benefits: Benefits, language: Language) -> str:
    days = DAYS.say(benefits.return_days, language)
    return f"{days} na zwrot" if language == "pl" else f"{days} for returns"


def _support(_benefits: Benefits, language: Language) -> str:
    return "pierwszeństwo w obsłudze" if language == "pl" else "served first"
