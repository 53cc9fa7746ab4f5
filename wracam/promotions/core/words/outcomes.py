"""Why a promotion gave what it gave, in a sentence a shop may show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from wracam.kernel.language import Words
from wracam.promotions.contracts import OfferOutcome, Reason, Requirement, Shortfall
from wracam.promotions.core.words.figures import REMEMBERED, day, money_words, pieces_words

TOO_MANY = Reason.TOO_MANY.value
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
    return fixed if fixed is not None else _SENTENCES[outcome](figures)


def requirement_of(shortfall: Shortfall, currency: str) -> Requirement:
    """Turn a condition of the engine that failed into a requirement in words."""
    if shortfall.measure not in MONEY_MEASURES:
        return _required(shortfall)
    required, measured, missing = shortfall.required, shortfall.measured, shortfall.missing
    return Requirement(
        what=shortfall.measure,
        required=str(required),
        measured=str(measured),
        is_met=False,
        missing=missing,
        is_money=True,
        sentence=_short(
            money_words(required, currency),
            money_words(measured, currency),
            None if shortfall.is_upper else money_words(missing, currency),
        ),
    )


@lru_cache(maxsize=REMEMBERED)
def _required(shortfall: Shortfall) -> Requirement:
    """Say what is no amount; carts ask for the same few pieces again and again."""
    is_counted = shortfall.measure != "shipping_method"
    needed, found = str(shortfall.required), str(shortfall.measured)
    missing = None if shortfall.is_upper else pieces_words(shortfall.missing)
    said = _short(Words(pl=needed, en=needed), Words(pl=found, en=found), missing)
    return Requirement(
        what=shortfall.measure,
        required=needed,
        measured=found,
        is_met=False,
        missing=shortfall.missing if is_counted else None,
        is_money=False,
        sentence=said if is_counted else _OTHER_DELIVERY,
    )


def _short(needed: Words, found: Words, missing: Words | None) -> Words:
    """Say what is missing; None where there is too much."""
    if missing is None:
        return Words(pl=f"najwyżej {needed.pl}, a jest {found.pl}", en=f"at most {needed.en}, there is {found.en}")
    return Words(
        pl=f"brakuje {missing.pl} (potrzeba {needed.pl}, jest {found.pl})",
        en=f"{missing.en} missing (needs {needed.en}, has {found.en})",
    )


def _applied(figures: Figures) -> Words:
    total = figures.discount_minor
    if not total:
        return _WORKS
    amount = money_words(total, figures.currency)
    if total == figures.shipping_minor:
        return Words(pl=f"Dostawa tańsza o {amount.pl}.", en=f"{amount.en} off delivery.")
    return Words(pl=f"Oszczędzasz {amount.pl}.", en=f"You save {amount.en}.")


def _nearly(figures: Figures) -> Words:
    polish, english = [], []
    for one in figures.requirements:
        if one.missing and one.is_money:
            amount = money_words(one.missing, figures.currency)
            polish.append(f"produkty za {amount.pl}")
            english.append(f"{amount.en} more")
        elif one.missing:
            pieces = pieces_words(one.missing)
            polish.append(pieces.pl)
            english.append(pieces.en)
    if not polish:
        return _NEARLY_THERE
    return Words(pl=f"Dodaj jeszcze {' i '.join(polish)}.", en=f"Add {' and '.join(english)}.")


def _not_eligible(figures: Figures) -> Words:
    unmet = [one for one in figures.requirements if one.is_met is not True]
    if not unmet:
        return _NOT_MET
    if all(one.missing for one in unmet):
        return _nearly(figures)
    pl, en = "; ".join([one.sentence.pl for one in unmet]), "; ".join([one.sentence.en for one in unmet])
    return Words(pl=f"Warunek nie jest spełniony: {pl}.", en=f"A condition is not met: {en}.")


def _displaced(figures: Figures) -> Words:
    pl, en = ", ".join([one.pl for one in figures.rivals]), ", ".join([one.en for one in figures.rivals])
    if figures.reason == TOO_MANY:
        pl, en = f"Więcej promocji się nie łączy; działa: {pl}.", f"No more promotions combine; applied: {en}."
    else:
        pl, en = f"Nie łączy się z: {pl}.", f"Does not combine with: {en}."
    if not figures.difference_minor:
        return Words(pl=pl, en=en)
    amount = money_words(figures.difference_minor, figures.currency)
    return Words(pl=f"{pl} Tak jest taniej o {amount.pl}.", en=f"{en} This way you save {amount.en} more.")


def _dated(pl: str, en: str) -> Callable[[Figures], Words]:
    def say(figures: Figures) -> Words:
        when: Any = figures.moment
        in_polish, in_english = (day(when, "pl"), day(when, "en")) if when else ("", "")
        return Words(pl=pl.format(when=in_polish).replace(" .", "."), en=en.format(when=in_english).replace(" .", "."))

    return say


def _exhausted(figures: Figures) -> Words:
    return _ENDED.get(figures.reason, _USED_UP)


_WORKS = Words(pl="Działa.", en="Applied.")
_NEARLY_THERE = Words(pl="Niewiele brakuje.", en="Nearly there.")
_NOT_MET = Words(pl="Warunek nie jest spełniony.", en="A condition is not met.")
_USED_UP = Words(pl="Promocja się wyczerpała.", en="This promotion is used up.")
_ENDED = {
    "gift_out_of_stock": Words(pl="Gratisów już nie ma.", en="There are no gifts left."),
    "budget_spent": Words(pl="Pula rabatów tej promocji się wyczerpała.", en="The budget of this promotion is spent."),
}
_OTHER_DELIVERY = Words(pl="wybierz inny sposób dostawy", en="choose another way of delivery")
_SENTENCES: Mapping[OfferOutcome, Callable[[Figures], Words]] = {
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
