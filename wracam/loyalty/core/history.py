"""Movements of points as sentences that members understand: "+45 points for order 1234, active from 3 Dec 2026"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wracam.kernel.language import CountedNoun, Language, Words, date_text
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
    if movement.reason is Reason.EARNED and movement.credit is Account.PENDING:
        parts.append(_waits(movement, zone, language))
    if movement.note and movement.reason is Reason.CORRECTED:
        parts[0] += f": {movement.note}"
    return ", ".join(parts)


def _sign(points: int) -> int:
    return (points > 0) - (points < 0)


def _because(movement: Movement, language: Language) -> str:
    number = movement.order_number
    pl = language == "pl"
    match movement.reason:
        case Reason.EARNED:
            if number is None:
                return "za aktywność" if pl else "for your activity"
            return f"za zamówienie {number}" if pl else f"for order {number}"
        case Reason.TAKEN_BACK:
            return f"za zwrot z zamówienia {number}" if pl else f"for the return of order {number}"
        case Reason.RESTORED:
            return f"z powrotem za zamówienie {number}" if pl else f"back for order {number}"
        case Reason.ACTIVATED:
            return "jest już do wykorzystania" if pl else "can be used now"
        case Reason.EXPIRED:
            return "wygasło" if pl else "expired"
        case Reason.SPENT:
            if number is not None:
                return f"wykorzystane w zamówieniu {number}" if pl else f"used for order {number}"
            return "wykorzystane" if pl else "used"
        case Reason.HELD:
            return "zarezerwowane na nagrodę" if pl else "reserved for a reward"
        case Reason.RELEASED:
            return "z powrotem z rezerwacji" if pl else "back from a reservation"
        case Reason.SETTLED_DEBT:
            return "na pokrycie wcześniejszego zwrotu" if pl else "to cover an earlier return"
        case Reason.CORRECTED:
            return "korekta" if pl else "corrected by the shop"
        case Reason.MOVED:
            return "przeniesione" if pl else "moved"


def _waits(movement: Movement, zone: ZoneInfo, language: Language) -> str:
    if movement.activates_at is None:
        return "aktywne po dostawie" if language == "pl" else "active after delivery"
    day = date_text(movement.activates_at.astimezone(zone).date(), language)
    return f"aktywne od {day}" if language == "pl" else f"active from {day}"


def last_day_text(expires_at: datetime, zone: ZoneInfo, language: Language) -> str:
    """Write the last day on which points can be used, from their exclusive end."""
    return date_text((expires_at.astimezone(zone) - timedelta(seconds=1)).date(), language)
