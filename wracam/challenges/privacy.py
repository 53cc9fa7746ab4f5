"""Challenges as personal data: all of it is the person's, so all of it is exported and erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.challenges import actions, queries
from wracam.customers.ports import PersonalData, Telling, register_personal_data, register_teller
from wracam.events.contracts import RecordedEvent
from wracam.kernel.language import Words

SENTENCES = {
    "challenge.joined": Words(pl="Podjęcie wyzwania", en="Joined a challenge"),
    "challenge.completed": Words(pl="Ukończenie wyzwania", en="Completed a challenge"),
    "reward.near": Words(pl="Blisko nagrody", en="Near a reward"),
    "challenge.undone": Words(pl="Cofnięcie wyzwania po zwrocie", en="Challenge undone after a return"),
}
ICONS = {"challenge.undone": "undo-2"}


def export(customer_ids: Sequence[UUID]) -> list[Any]:
    """Return nicknames and badges."""
    said = []
    for customer_id in customer_ids:
        nickname, is_listed = queries.appearance(customer_id)
        badges = [
            {"badge": one.title.en, "challenge": one.challenge, "earned_at": one.earned_at.isoformat()}
            for one in queries.badges(customer_id)
        ]
        if nickname or badges or not is_listed:
            said.append({"nickname": nickname, "is_listed": is_listed, "badges": badges})
    return said


def erase(customer_ids: Sequence[UUID], now: datetime) -> None:
    """Erase everything these people did in challenges."""
    del now
    actions.forget(customer_ids=list(customer_ids))


register_personal_data("challenges", PersonalData(export=export, erase=erase))


@register_teller(*SENTENCES)
def tell(batch: Sequence[RecordedEvent]) -> Mapping[UUID, Telling | None]:
    """Tell what happened in challenges, with the name of the challenge."""
    titles = {one.key: one.title for one in queries.live_challenges()}
    return {one.id: _telling(one, titles) for one in batch}


def _telling(one: RecordedEvent, titles: Mapping[str, Words]) -> Telling:
    key = str(one.data["challenge"])
    title = titles.get(key, Words(pl=key, en=key))
    said = SENTENCES[one.name]
    return Telling(
        sentence=Words(pl=f"{said.pl}: {title.pl}", en=f"{said.en}: {title.en}"),
        icon=ICONS.get(one.name, "award"),
        link=f"/console/programme/challenges/{key}/",
    )
