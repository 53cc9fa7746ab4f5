"""Merging two profiles by a colleague's hand or another feature's proof."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.customers import models
from wracam.customers.actions import store
from wracam.customers.actions.identifying import LOCK_SPACE, merged
from wracam.customers.contracts import MergeRefused, RefusalReason
from wracam.customers.core.identification import People
from wracam.events import actions as events
from wracam.foundation import transactions
from wracam.foundation.locks import lock_space
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor


def merge(*, shop_id: int, left_id: UUID, right_id: UUID, actor: Actor, now: datetime) -> UUID | MergeRefused:
    """Make one profile of two and return the id that stays (the one with an account, else the older one).

    Nothing is lost: identities move, the newest word on each field stays, a refused consent outlives the merge,
    the absorbed row keeps its values, and the reason is written down. Merging twice returns the same id.
    """
    with transactions.action():
        lock_space(LOCK_SPACE)
        living = _living(shop_id, (left_id, right_id))
        if len(living) != len({left_id, right_id}):
            return MergeRefused(RefusalReason.UNKNOWN_CUSTOMER)
        ids = sorted(set(living.values()))
        if len(ids) == 1:
            return ids[0]
        profiles = store.load_profiles(ids)
        group = People(profiles, iter(()))
        survivor = group.merge(profiles[0], profiles[1], None)
        store.save_profiles(shop_id, [survivor], now)
        store.save_merges(shop_id, group.outcome.merges, actor=actor, now=now)
        events.record(list(merged(shop_id, group.outcome.merges, now)), now=now)
        absorbed_id = group.outcome.merges[0].absorbed.id
        shops.audit(
            actor=actor,
            verb="customer.merged",
            object_kind="customer",
            object_id=str(survivor.id),
            summary=f"{absorbed_id} → {survivor.id}",
            now=now,
        )
        return survivor.id


def _living(shop_id: int, customer_ids: tuple[UUID, UUID]) -> dict[UUID, UUID]:
    """Map each known id to the profile that lives for it today; locks the rows in the order of ids."""
    rows = models.CustomerRow.objects.select_for_update().filter(shop_id=shop_id, id__in=customer_ids, erased_at=None)
    return {row.id: row.merged_into_id or row.id for row in rows.order_by("id")}
