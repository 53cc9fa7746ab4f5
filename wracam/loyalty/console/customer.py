"""The loyalty card on the customer page, and points in the list of customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.customers.ports import ListColumn, Panel, register_columns, register_panel
from wracam.kernel.language import Language, Words
from wracam.loyalty import queries

ENTRIES_SHOWN = 3
POINTS_COLUMN = ListColumn(name="points", title=Words(pl="Punkty", en="Points"), kind="points")


@register_panel("loyalty", order=10, is_side=True)
def card(customer_ids: Sequence[UUID], shop_id: int, language: Language, now: datetime) -> Panel | None:
    """Show the balance, the tiers, what comes next and the last movements; nothing for those who are no members."""
    del shop_id
    members = [member for one in customer_ids if (member := queries.member_of(customer_id=one))]
    if not members:
        return None
    member = members[0]
    return Panel(
        title=Words(pl="Program", en="Programme"),
        template="loyalty/console/card.html",
        context={
            "member": member,
            "balance": queries.balance(member.id),
            "tiers": [one.tier.title.say(language) for one in queries.tier_standings(member, now=now)],
            "entries": sorted(
                queries.history(member.id, limit=ENTRIES_SHOWN), key=lambda entry: entry.at, reverse=True
            ),
        },
    )


@register_columns("loyalty", POINTS_COLUMN)
def points_columns(customer_ids: Sequence[UUID], shop_id: int) -> Mapping[UUID, Mapping[str, Any]]:
    """Return the points of these customers."""
    del shop_id
    return {customer_id: {"points": points} for customer_id, points in queries.points_of(list(customer_ids)).items()}
