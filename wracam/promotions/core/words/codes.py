"""What became of a code, in a sentence for the person who typed it."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.promotions.contracts import CodeOutcome

_SENTENCES = {
    CodeOutcome.APPLIED: Words(pl="Kod działa.", en="The code is applied."),
    CodeOutcome.ACCEPTED: Words(
        pl="Kod jest dobry, ale koszyk jeszcze nie spełnia warunków.",
        en="The code is good, but the cart does not meet its conditions yet.",
    ),
    CodeOutcome.TYPO: Words(
        pl="W kodzie jest literówka. Sprawdź i wpisz go jeszcze raz.",
        en="The code is mistyped. Check it and type it again.",
    ),
    CodeOutcome.UNKNOWN: Words(pl="Nie znamy takiego kodu.", en="We do not know this code."),
    CodeOutcome.NOT_YET: Words(pl="Ten kod jeszcze nie działa.", en="This code is not valid yet."),
    CodeOutcome.EXPIRED: Words(pl="Ten kod stracił ważność.", en="This code has expired."),
    CodeOutcome.EXHAUSTED: Words(pl="Ten kod został już wykorzystany.", en="This code has been used up."),
    CodeOutcome.NOT_YOURS: Words(
        pl="Ten kod jest dla kogoś innego. Zaloguj się, jeśli jest Twój.",
        en="This code belongs to somebody else. Sign in if it is yours.",
    ),
    CodeOutcome.BLOCKED: Words(
        pl="Za dużo błędnych kodów. Spróbuj za chwilę.", en="Too many wrong codes. Try again in a while."
    ),
    CodeOutcome.NO_PROMOTION: Words(
        pl="Kod jest dobry, ale teraz nic nie daje.", en="The code is good, but it gives nothing now."
    ),
}


def code_words(outcome: CodeOutcome, why: Words | None = None) -> Words:
    """Return the sentence for a code; *why* is what its promotion waits for."""
    said = _SENTENCES[outcome]
    if why is None or outcome is not CodeOutcome.ACCEPTED:
        return said
    return Words(pl=f"Kod jest dobry. {why.pl}", en=f"The code is good. {why.en}")
