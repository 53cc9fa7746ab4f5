"""Making codes known to a connected shop that checks them itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from wracam.foundation.transactions import action
from wracam.kernel.ids import new_id
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor
from wracam.vouchers import models
from wracam.vouchers.contracts import CodePushed, NoPusherError, PushState, UnknownPushError
from wracam.vouchers.ports import PUSHED_MAX, PUSHERS, CodeToPush, PushOutcome, ShopDiscount
from wracam.vouchers.queries import pushing as queries
from wracam.vouchers.queries.batches import figures_of
from wracam.vouchers.queries.campaigns import live_campaign

PUSHED_AT_ONCE = 100
"""So many codes go in one step, after which what became of them is stored."""


def push_codes(*, shop_id: int, codes: Sequence[CodeToPush], now: datetime) -> list[PushOutcome] | None:
    """Push codes into the shop, whoever knows what they give; an outcome for each, in their order.

    None when no connector can write codes there. Calls the shop over the network: outside transactions, from a job.
    The connector's own error is raised when the shop does not answer; the whole call may then be repeated.
    """
    if len(codes) > PUSHED_MAX:
        raise ValueError(f"at most {PUSHED_MAX} codes are pushed at once")
    for pusher in PUSHERS:
        if pusher.is_connected(shop_id):
            return list(pusher.push(shop_id, codes, now))
    return None


def start_push(*, shop_id: int, campaign: str, discount: ShopDiscount, actor: Actor, now: datetime) -> CodePushed:
    """Begin to push all codes of a live campaign, with what the shop shall give for them.

    Raises `NoPusherError` and `UnknownCampaignError`. The codes go with `push_more`, from a job.
    """
    found = live_campaign(campaign, now)
    if not queries.has_pusher(shop_id):
        raise NoPusherError(NoPusherError.__doc__)
    asked = len(found.codes) or figures_of(campaign=campaign).codes
    with action():
        row = models.CodePush.objects.create(
            id=new_id(now), shop_id=shop_id, campaign=campaign, discount=msgspec.to_builtins(discount), asked=asked,
            state=PushState.RUNNING.value, created_by=actor.name, created_at=now,
        )  # fmt: skip
        shops.audit(
            actor=actor, verb="codes.pushed", object_kind="code_campaign", object_id=campaign, summary=f"{asked}",
            now=now,
        )  # fmt: skip
    return _demand(row.id)


def push_more(*, push_id: UUID, now: datetime) -> bool:
    """Push the next codes and store what became of them; False when none is left. Calls the shop: no transaction.

    The connector's error is raised; nothing is lost, the same codes go again.
    """
    row = models.CodePush.objects.get(id=push_id)
    campaign = live_campaign(row.campaign, now)
    discount = msgspec.convert(row.discount, ShopDiscount)
    batch = queries.codes_to_push(
        push_id=push_id, shop_id=row.shop_id, campaign=campaign, discount=discount, limit=PUSHED_AT_ONCE
    )
    outcomes = push_codes(shop_id=row.shop_id, codes=[one for _, one in batch], now=now) if batch else []
    if outcomes is None:
        raise NoPusherError(NoPusherError.__doc__)
    with action():
        models.CodePushResult.objects.bulk_create(
            (
                models.CodePushResult(
                    push_id=push_id, code_id=code_id, external_id=told.external_id, refusal=told.refusal[:500]
                )
                for (code_id, _), told in zip(batch, outcomes, strict=True)
            ),
            ignore_conflicts=True,
        )
        if not batch:
            row.state, row.finished_at = PushState.DONE.value, now
        row.error = ""
        row.save(update_fields=["state", "finished_at", "error"])
    return bool(batch)


def note_push_error(*, push_id: UUID, error: str) -> None:
    """Say why a push stands still; it is tried again."""
    with action():
        models.CodePush.objects.filter(id=push_id).update(error=error[:500])


def retry_push(*, push_id: UUID) -> CodePushed:
    """Let the codes that were refused, and those that are left, be pushed again. Raises `UnknownPushError`."""
    with action():
        models.CodePushResult.objects.filter(push_id=push_id).exclude(refusal="").delete()
        models.CodePush.objects.filter(id=push_id).update(state=PushState.RUNNING.value, error="", finished_at=None)
    return _demand(push_id)


def _demand(push_id: UUID) -> CodePushed:
    found = queries.push(push_id=push_id)
    if found is None:
        raise UnknownPushError(UnknownPushError.__doc__)
    return found
