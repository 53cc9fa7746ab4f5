"""Membership as personal data: what a person may take away, and how points read in their story.

Transfers stay after an erasure, under ids that are nobody's: the books need them. The nickname goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.customers.ports import PersonalData, Telling, register_personal_data, register_teller
from wracam.events.contracts import RecordedEvent
from wracam.kernel.language import POINTS, Words
from wracam.loyalty import actions, queries

EXPORTED_MOVEMENTS_MAX = 200
SENTENCES = {
    "member.joined": Words(pl="Dołączenie do programu", en="Joined the programme"),
    "points.earned": Words(pl="+{points}", en="+{points}"),
    "points.taken_back": Words(pl="−{points} po zwrocie", en="−{points} after a return"),
    "points.restored": Words(pl="+{points} z powrotem", en="+{points} back again"),
    "points.activated": Words(pl="{points} do wykorzystania", en="{points} ready to use"),
    "points.expired": Words(pl="{points} wygasło", en="{points} expired"),
    "points.spent": Words(pl="Wykorzystanie: {points}", en="Used {points}"),
    "points.corrected": Words(pl="Korekta ręczna: {points}", en="Corrected by hand: {points}"),
}
ICONS = {"member.joined": "gift", "points.taken_back": "undo-2", "points.expired": "clock"}


def export(customer_ids: Sequence[UUID]) -> list[Any]:
    """Return the person's memberships with balances and movements in words."""
    found = [queries.member_of(customer_id=customer_id) for customer_id in customer_ids]
    return [
        {
            "program": member.program,
            "joined_at": member.joined_at.isoformat(),
            "nickname": member.nickname,
            "balance": queries.balance(member.id).shown,
            "movements": [
                {"at": entry.at.isoformat(), "points": entry.points, "sentence": entry.sentence.en}
                for entry in queries.history(member.id, limit=EXPORTED_MOVEMENTS_MAX)
            ],
        }
        for member in found
        if member is not None
    ]


def erase(customer_ids: Sequence[UUID], now: datetime) -> None:
    """Forget nicknames; movements stay under ids that are nobody's."""
    del now
    actions.forget_nicknames(customer_ids=list(customer_ids))


register_personal_data("loyalty", PersonalData(export=export, erase=erase))


@register_teller(*SENTENCES)
def tell(batch: Sequence[RecordedEvent]) -> Mapping[UUID, Telling | None]:
    """Tell movements of points with their number, linked to the member's ledger."""
    return {one.id: _telling(one) for one in batch}


def _telling(one: RecordedEvent) -> Telling:
    points = int(one.data.get("points", 0))
    sentence = SENTENCES[one.name]
    return Telling(
        sentence=Words(
            pl=sentence.pl.format(points=POINTS.say(points, "pl")),
            en=sentence.en.format(points=POINTS.say(points, "en")),
        ),
        icon=ICONS.get(one.name, "sparkles"),
        link=f"/console/programme/members/{one.data['member_id']}/",
    )
