"""Why a promotion gave what it gave, in a sentence a shop may show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from wracam.kernel.language import Language, Words
from wracam.promotions.contracts import OfferOutcome, Requirement, Shortfall
from wracam.promotions.core.words.figures import day, money, pieces

MONEY_MEASURES = frozenset({"items_total", "items_total_net", "discounted_total"})


class Figures(Struct, frozen=True, kw_only=True):
    """What a sentence may mention."""

    currency: str
    discount_minor: int = 0
    shipping_minor: int = 0
    requirements: Sequence[Requirement] = ()
    rivals: Sequence[Words] = ()
    difference_minor: int = 0
    moment: object = None
    reason: str = ""


def words_of(outcome: OfferOutcome, figures: Figures) -> Words:
    """Return the sentence for an outcome, in both languages."""
    fixed = _FIXED.get(outcome)
    if fixed is not None:
        return fixed
    say = _SENTENCES[outcome]
    return Words(pl=say(figures, "pl"), en=say(figures, "en"))


def requirement_of(shortfall: Shortfall, currency: str) -> Requirement:
    """Turn a condition of the engine that failed into a requirement in words."""
    is_counted = shortfall.measure != "shipping_method"
    return Requirement(
        what=shortfall.measure,
        required=str(shortfall.required),
        measured=str(shortfall.measured),
        is_met=False,
        missing=shortfall.missing if is_counted else None,
        is_money=shortfall.measure in MONEY_MEASURES,
        sentence=_short(shortfall, currency) if is_counted else _OTHER_DELIVERY,
    )


def _short(shortfall: Shortfall, currency: str) -> Words:
    required, measured, lacking = shortfall.required, shortfall.measured, shortfall.missing
    if shortfall.measure in MONEY_MEASURES:
        needed, needed_en = money(required, currency, "pl"), money(required, currency, "en")
        found, found_en = money(measured, currency, "pl"), money(measured, currency, "en")
    else:
        needed = needed_en = str(required)
        found = found_en = str(measured)
    if shortfall.is_upper:
        return Words(pl=f"najwyżej {needed}, a jest {found}", en=f"at most {needed_en}, there is {found_en}")
    if shortfall.measure in MONEY_MEASURES:
        missing, missing_en = money(lacking, currency, "pl"), money(lacking, currency, "en")
    else:
        missing, missing_en = pieces(lacking, "pl"), pieces(lacking, "en")
    return Words(
        pl=f"brakuje {missing} (potrzeba {needed}, jest {found})",
        en=f"{missing_en} missing (needs {needed_en}, has {found_en})",
    )


def _applied(figures: Figures, language: Language) -> str:
    total = figures.discount_minor
    if total and total == figures.shipping_minor:
        amount = money(total, figures.currency, language)
        return {"pl": f"Dostawa tańsza o {amount}.", "en": f"{amount} off delivery."}[language]
    if total:
        amount = money(total, figures.currency, language)
        return {"pl": f"Oszczędzasz {amount}.", "en": f"You save {amount}."}[language]
    return {"pl": "Działa.", "en": "Applied."}[language]


def _nearly(figures: Figures, language: Language) -> str:
    asked = [_wish(one, figures.currency, language) for one in figures.requirements if one.missing]
    if language == "pl":
        return f"Dodaj jeszcze {' i '.join(asked)}." if asked else "Niewiele brakuje."
    return f"Add {' and '.join(asked)}." if asked else "Nearly there."


def _wish(one: Requirement, currency: str, language: Language) -> str:
    missing = one.missing or 0
    if not one.is_money:
        return pieces(missing, language)
    amount = money(missing, currency, language)
    return f"produkty za {amount}" if language == "pl" else f"{amount} more"


def _not_eligible(figures: Figures, language: Language) -> str:
    unmet = [one for one in figures.requirements if one.is_met is not True]
    if unmet and all(one.missing for one in unmet):
        return _nearly(figures, language)
    told = [one.sentence.say(language) for one in unmet]
    start = {"pl": "Warunek nie jest spełniony", "en": "A condition is not met"}[language]
    return f"{start}: {'; '.join(told)}." if told else f"{start}."


def _displaced(figures: Figures, language: Language) -> str:
    rivals = ", ".join(rival.say(language) for rival in figures.rivals)
    first = {"pl": f"Nie łączy się z: {rivals}.", "en": f"Does not combine with: {rivals}."}[language]
    if not figures.difference_minor:
        return first
    amount = money(figures.difference_minor, figures.currency, language)
    return first + {"pl": f" Tak jest taniej o {amount}.", "en": f" This way you save {amount} more."}[language]


def _dated(pl: str, en: str) -> Callable[[Figures, Language], str]:
    def say(figures: Figures, language: Language) -> str:
        when = day(figures.moment, language) if figures.moment else ""  # type: ignore[arg-type]  # a datetime if any
        return {"pl": pl, "en": en}[language].format(when=when).replace(" .", ".")

    return say


def _exhausted(figures: Figures, language: Language) -> str:
    pl, en = {
        "gift_out_of_stock": ("Gratisów już nie ma.", "There are no gifts left."),
        "budget_spent": ("Pula rabatów tej promocji się wyczerpała.", "The budget of this promotion is spent."),
    }.get(figures.reason, ("Promocja się wyczerpała.", "This promotion is used up."))
    return pl if language == "pl" else en


_OTHER_DELIVERY = Words(pl="wybierz inny sposób dostawy", en="choose another way of delivery")
_SENTENCES: Mapping[OfferOutcome, Callable[[Figures, Language], str]] = {
    OfferOutcome.APPLIED: _applied,
    OfferOutcome.NEARLY: _nearly,
    OfferOutcome.NOT_ELIGIBLE: _not_eligible,
    OfferOutcome.DISPLACED: _displaced,
    OfferOutcome.NOT_YET: _dated("Promocja zacznie się {when}.", "The promotion starts on {when}."),
    OfferOutcome.EXPIRED: _dated("Promocja skończyła się {when}.", "The promotion ended on {when}."),
    OfferOutcome.EXHAUSTED: _exhausted,
}
_FIXED: Mapping[OfferOutcome, Words] = {
    OfferOutcome.NO_MATCHING_ITEMS: Words(
        pl="W koszyku nie ma produktów z tej promocji.", en="The cart has no product of this promotion."
    ),
    OfferOutcome.NO_EFFECT: Words(
        pl="Przy tych cenach promocja nic nie zmienia.", en="At these prices the promotion changes nothing."
    ),
    OfferOutcome.CODE_REQUIRED: Words(pl="Potrzebny jest kod.", en="A code is needed."),
    OfferOutcome.NOT_YOURS: Words(
        pl="Ta promocja jest dla innych klientów.", en="This promotion is for other customers."
    ),
    OfferOutcome.CUSTOMER_LIMIT_REACHED: Words(
        pl="Wykorzystano limit tej promocji.", en="Your limit for this promotion is reached."
    ),
}
"""What is said without figures."""
