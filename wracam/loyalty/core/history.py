"""Movements of points as sentences that members understand: "+45 points for order 1234, active from 3 Dec 2026"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from wracam.kernel.language import CountedNoun, Language, Words, date_text, number_text
from wracam.loyalty.contracts import MEMBER_ACCOUNTS, Account, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One transfer as the member sees it."""

    debit: Account
    credit: Account
    points: int
    reason: Reason
    at: datetime
    activates_at: datetime | None
    expires_at: datetime | None
    order_number: str | None
    note: str = ""
    thanks: tuple[tuple[Words, int], ...] = ()
    """The promotions that gave a part of the points, each with its part."""


def change(movement: Movement) -> int:
    """Return what a movement changed for the member: minus what left, plus what came; 0 between own accounts."""
    came = movement.points if movement.credit in MEMBER_ACCOUNTS else 0
    left = movement.points if movement.debit in MEMBER_ACCOUNTS else 0
    return came - left


def sentence(movement: Movement, noun: CountedNoun, zone: ZoneInfo) -> Words:
    """Say a movement in both languages."""
    return Words(pl=_say(movement, noun, zone, "pl"), en=_say(movement, noun, zone, "en"))


def _say(movement: Movement, noun: CountedNoun, zone: ZoneInfo, language: Language) -> str:
    points = noun.say(movement.points, language)
    sign = {1: "+", -1: "−", 0: ""}[_sign(change(movement))]
    parts = [f"{sign}{points} {_because(movement, language)}".strip()]
    parts += [_thanks(title, part, language) for title, part in movement.thanks]
    if movement.reason is Reason.EARNED and movement.credit is Account.PENDING:
        parts.append(_waits(movement, zone, language))
    if movement.note and movement.reason is Reason.CORRECTED:
        parts[0] += f": {movement.note}"
    return ", ".join(parts)


def _thanks(title: Words, points: int, language: Language) -> str:
    if language == "pl":
        return f"w tym {number_text(points, language)} dzięki promocji „{title.pl}”"
    return f"{number_text(points, language)} of them thanks to “{title.en}”"


def _sign(points: int) -> int:
    return (points > 0) - (points < 0)


def _because(movement: Movement, language: Language) -> str:
    pl, en = _gift(movement) or _REASONS[movement.reason]
    if movement.order_number is not None:
        pl, en = _WITH_ORDER.get(movement.reason, (pl, en))
    return (pl if language == "pl" else en).format(number=movement.order_number)


def _gift(movement: Movement) -> tuple[str, str] | None:
    """Return the reason of points that were given for something other than an order or event."""
    kind, _sign, said = movement.note.partition(":") if movement.reason is Reason.EARNED else ("", "", "")
    if kind == SAID:
        pl, _sign, en = said.partition("|")
        return pl.replace("{", "{{").replace("}", "}}"), en.replace("{", "{{").replace("}", "}}")
    return _GIFTS.get(kind)


def reason_note(source: Words) -> str:
    """Return the note of points whose reason is said by whoever gave them."""
    return f"{SAID}:{source.pl.replace('|', '/')}|{source.en}"


SAID = "for"
_GIFTS = {
    "tier": ("za nowy poziom", "for reaching a new tier"),
    "auto": ("w nagrodę", "as a reward"),
}
_REASONS = {
    Reason.EARNED: ("za aktywność", "for your activity"),
    Reason.TAKEN_BACK: ("cofnięte", "taken back"),
    Reason.RESTORED: ("z powrotem", "back again"),
    Reason.ACTIVATED: ("do wykorzystania", "to use"),
    Reason.EXPIRED: ("wygasło", "expired"),
    Reason.SPENT: ("na zakupy i nagrody", "used"),
    Reason.HELD: ("zarezerwowane na nagrodę", "reserved for a reward"),
    Reason.RELEASED: ("z powrotem z rezerwacji", "back from a reservation"),
    Reason.SETTLED_DEBT: ("na pokrycie wcześniejszego zwrotu", "to cover an earlier return"),
    Reason.CORRECTED: ("korekta sklepu", "corrected by the shop"),
    Reason.MOVED: ("przeniesione", "moved"),
}
_WITH_ORDER = {
    Reason.EARNED: ("za zamówienie {number}", "for order {number}"),
    Reason.TAKEN_BACK: (
        "cofnięte: zwrot lub anulowanie zamówienia {number}",
        "taken back: order {number} was returned or cancelled",
    ),
    Reason.RESTORED: ("z powrotem za zamówienie {number}", "back for order {number}"),
    Reason.SPENT: ("wykorzystane w zamówieniu {number}", "used for order {number}"),
}


def _waits(movement: Movement, zone: ZoneInfo, language: Language) -> str:
    if movement.activates_at is None:
        return "aktywne po dostawie" if language == "pl" else "active after delivery"
    day = date_text(movement.activates_at.astimezone(zone).date(), language)
    return f"aktywne od {day}" if language == "pl" else f"active from {day}"


def last_day_text(expires_at: datetime, zone: tzinfo, language: Language) -> str:
    """Write the last day on which points can be used, from their exclusive end."""
    return date_text((expires_at.astimezone(zone) - timedelta(seconds=1)).date(), language)
