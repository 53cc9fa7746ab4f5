"""Code campaigns and answers about codes as sentences."""

from __future__ import annotations

from wracam.kernel.language import CountedNoun, Language, Words, date_text
from wracam.vouchers.contracts import CampaignKind, CodeState, OnRefund
from wracam.vouchers.core.campaigns import Campaign, LimitPer

USES = CountedNoun(pl=("użycie", "użycia", "użyć", "użycia"), en=("use", "uses"))
CHARACTERS = CountedNoun(pl=("znak", "znaki", "znaków", "znaku"), en=("character", "characters"))
DAYS = CountedNoun(pl=("dzień", "dni", "dni", "dnia"), en=("day", "days"))
KINDS = {
    CampaignKind.SINGLE: Words(pl="Kody jednorazowe", en="Single-use codes"),
    CampaignKind.SHARED: Words(pl="Kod wspólny", en="Shared code"),
    CampaignKind.PERSONAL: Words(pl="Kody osobiste", en="Personal codes"),
    CampaignKind.POOL: Words(pl="Pula kodów do wydania", en="Pool of codes to hand out"),
    CampaignKind.IMPORTED: Words(pl="Kody z pliku", en="Codes from a file"),
}
PER = {
    LimitPer.CODE: Words(pl="na kod", en="per code"),
    LimitPer.CUSTOMER: Words(pl="na klienta", en="per customer"),
    LimitPer.CAMPAIGN: Words(pl="w całej akcji", en="in the whole campaign"),
    LimitPer.DAY: Words(pl="dziennie", en="a day"),
    LimitPer.WEEK: Words(pl="tygodniowo", en="a week"),
    LimitPer.MONTH: Words(pl="miesięcznie", en="a month"),
    LimitPer.CUSTOMER_DAY: Words(pl="na klienta dziennie", en="per customer and day"),
    LimitPer.CUSTOMER_WEEK: Words(pl="na klienta tygodniowo", en="per customer and week"),
    LimitPer.CUSTOMER_MONTH: Words(pl="na klienta miesięcznie", en="per customer and month"),
}
REFUNDS = {
    OnRefund.RETURN_WHEN_FULL: Words(pl="po pełnym zwrocie kod wraca", en="a full refund gives the use back"),
    OnRefund.RETURN: Words(pl="po każdym zwrocie kod wraca", en="any refund gives the use back"),
    OnRefund.KEEP: Words(pl="zwrot nie oddaje kodu", en="a refund does not give the use back"),
}
STATES = {
    CodeState.OK: Words(pl="Kod działa.", en="The code works."),
    CodeState.TYPO: Words(pl="W kodzie jest literówka.", en="A character of the code is wrong."),
    CodeState.UNKNOWN: Words(pl="Nie ma takiego kodu.", en="There is no such code."),
    CodeState.NOT_YET: Words(pl="Kod jeszcze nie działa.", en="The code does not work yet."),
    CodeState.EXPIRED: Words(pl="Kod już nie działa: minął jego termin.", en="The code has expired."),
    CodeState.EXHAUSTED: Words(pl="Kod został już wykorzystany.", en="The code is used up."),
    CodeState.NOT_YOURS: Words(pl="Ten kod jest dla innego klienta.", en="This code is another customer's."),
    CodeState.DISABLED: Words(pl="Kod został wyłączony.", en="The code was taken out of use."),
    CodeState.CUSTOMER_LIMIT: Words(
        pl="Wykorzystano już ten kod tyle razy, ile można.", en="You have used this code as often as you may."
    ),
    CodeState.BLOCKED: Words(
        pl="Za dużo błędnych kodów. Spróbuj za kilka minut.", en="Too many wrong codes. Try again in a few minutes."
    ),
}


def campaign_sentence(campaign: Campaign, language: Language) -> str:
    """Say a campaign: what its codes look like, until when and how often they may be used, what a refund does."""
    parts = [_looks(campaign, language)]
    parts += [f"{USES.say(limit.uses, language)} {PER[limit.per].say(language)}" for limit in campaign.limits]
    if campaign.valid_days is not None:
        days = DAYS.say(campaign.valid_days, language)
        parts.append(Words(pl=f"ważny {days} od wydania", en=f"valid for {days} from issue").say(language))
    if campaign.period.ends_at is not None:
        day = date_text(campaign.period.ends_at.date(), language)
        parts.append(Words(pl=f"do {day}", en=f"until {day}").say(language))
    parts.append(REFUNDS[campaign.on_refund].say(language))
    return "; ".join(parts) + "."


def _looks(campaign: Campaign, language: Language) -> str:
    kind = KINDS[campaign.kind].say(language)
    if campaign.codes:
        shown = ", ".join(campaign.codes[:3]) + ("…" if len(campaign.codes) > 3 else "")
        return f"{kind}: {shown}"
    if not campaign.is_generated:
        return kind
    length = CHARACTERS.say(campaign.form.length + campaign.form.has_check, language)
    prefix = f"{campaign.form.prefix}-… " if campaign.form.prefix else ""
    return f"{kind}: {prefix}{length}"
