"""A no in words: the same sentence on member pages, in the console and in the API."""

from __future__ import annotations

from wracam.kernel.language import POINTS, CountedNoun, Language, Words
from wracam.loyalty.contracts import Refusal, Refused

_PLAIN = {
    Refusal.OUT_OF_STOCK: Words(pl="Wszystkie już wydane.", en="All gone."),
    Refusal.SOLD_OUT_FOR_NOW: Words(
        pl="Na ten czas wszystkie wydane; wróć w następnym okresie.", en="Gone for now; come back next period."
    ),
    Refusal.LIMIT_REACHED: Words(pl="Masz ją już tyle razy, ile można.", en="You had it as often as one may."),
    Refusal.NOT_AVAILABLE_NOW: Words(pl="Teraz niedostępna.", en="Not available now."),
    Refusal.NOT_FOR_THIS_MEMBER: Words(pl="Nie dla Ciebie w tej chwili.", en="Not for you at the moment."),
    Refusal.NOT_A_MEMBER: Words(pl="Najpierw dołącz do programu.", en="Join the programme first."),
    Refusal.BELOW_THE_LEAST: Words(
        pl="To mniej punktów, niż trzeba na raz wykorzystać.", en="These are fewer points than one must use at a time."
    ),
    Refusal.NO_VALUE: Words(pl="W tym programie nie płaci się punktami.", en="Points cannot pay in this programme."),
    Refusal.ENDED: Words(pl="Rezerwacja punktów już wygasła.", en="The reservation of points has ended."),
    Refusal.OWN_REQUEST: Words(
        pl="Własnej prośby nie można zatwierdzić; musi to zrobić ktoś inny.",
        en="Nobody approves their own request; somebody else must.",
    ),
    Refusal.NO_CODE_LEFT: Words(pl="Zabrakło kodów.", en="There is no code left."),
}


def refusal_words(refused: Refused, noun: CountedNoun = POINTS) -> Words:
    """Say a refusal in both languages, with the missing figure where points are short."""
    if refused.reason is Refusal.BALANCE_TOO_LOW:
        return Words(pl=_missing(refused, noun, "pl"), en=_missing(refused, noun, "en"))
    return _PLAIN[refused.reason]


def _missing(refused: Refused, noun: CountedNoun, language: Language) -> str:
    points = noun.say(refused.missing, language)
    return f"Brakuje {points}." if language == "pl" else f"{points} missing."
