"""Overlap warnings in words: which promotions meet, on what, until when, and what happens there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from wracam.definitions import queries as definitions
from wracam.faces.console.ports import ShellShop
from wracam.foundation import clock
from wracam.kernel.language import Language, date_text
from wracam.promotions.core.body import Promotion, read_promotion
from wracam.promotions.core.overlaps import Lane, Meeting, Overlap, overlaps
from wracam.promotions.queries.live import PROMOTION_KIND

NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapLine:
    """Two promotions that meet; `other` is the one that is not being looked at (the second in a list of pairs)."""

    meeting: str
    key: str
    name: str
    other_key: str
    other_name: str
    text: str


def overlap_lines(
    shop: ShellShop, language: Language, *, draft: tuple[str, str, Mapping[str, Any]] | None = None
) -> list[OverlapLine]:
    """Return where live promotions of a shop meet; with a *draft* (key, name, body) only where that one would."""
    promotions = {one.key: one for one in _live(shop)}
    if draft is not None:
        key, name, body = draft
        promotions[key] = read_promotion(body, currency=shop.currency, key=key, name=name)[0]
    found = overlaps(list(promotions.values()))
    pairs = [one for one in found if draft is None or draft[0] in (one.first, one.second)]
    return [_line(one, promotions, shop, language, first=draft[0] if draft else one.first) for one in pairs]


def _live(shop: ShellShop) -> list[Promotion]:
    """The promotions in force now or later in this shop."""
    now = clock.now()
    read = [
        read_promotion(one.body, currency=shop.currency, key=one.key, name=one.name, version_id=one.version_id)[0]
        for one in definitions.live(PROMOTION_KIND)
    ]
    return [one for one in read if one.is_for_shop(shop.key) and not (one.ends_at and one.ends_at <= now)]


def _line(
    one: Overlap, promotions: Mapping[str, Promotion], shop: ShellShop, language: Language, *, first: str
) -> OverlapLine:
    other = one.second if one.first == first else one.first
    return OverlapLine(
        meeting=one.meeting.value,
        key=first,
        name=promotions[first].name,
        other_key=other,
        other_name=promotions[other].name,
        text=" ".join(filter(None, (_where(one), _when(one, shop, language), _what(one)))),
    )


def _where(one: Overlap) -> str:
    if one.lane is Lane.SHIPPING:
        return _("Both reduce delivery.")
    if one.lane is Lane.ORDER:
        return _("Both reduce the whole order.")
    if not one.on:
        return _("Both may reduce the same products.")
    names = ", ".join(one.on[:NAMES_SHOWN]) + ("…" if len(one.on) > NAMES_SHOWN else "")
    return _("Both reduce: %(names)s.") % {"names": names}


def _when(one: Overlap, shop: ShellShop, language: Language) -> str:
    zone = ZoneInfo(shop.time_zone)
    if one.starts_at and one.starts_at > clock.now():
        return _("From %(day)s.") % {"day": date_text(one.starts_at.astimezone(zone).date(), language)}
    if one.ends_at:
        return _("Until %(day)s.") % {"day": date_text(one.ends_at.astimezone(zone).date(), language)}
    return ""


def _what(one: Overlap) -> str:
    if one.meeting is Meeting.COMPETE:
        return _("Only one of them applies to a cart.")
    return _("Their discounts add up.")
