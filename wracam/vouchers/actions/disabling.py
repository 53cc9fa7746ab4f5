"""Taking codes out of use: one, or a whole batch. What was used stays used; what is held may still be committed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.foundation.transactions import action
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor
from wracam.vouchers import models
from wracam.vouchers.contracts import Batch, UnknownBatchError, UnknownCodeError
from wracam.vouchers.queries import batches as queries


def disable_code(*, code_id: UUID, actor: Actor, now: datetime) -> None:
    """Take one code out of use for ever; doing it twice changes nothing. Raises `UnknownCodeError`."""
    with action():
        row = models.Code.objects.select_for_update().filter(id=code_id).first()
        if row is not None and row.disabled_at is None:
            row.disabled_at = now
            row.save(update_fields=["disabled_at"])
            shops.audit(
                actor=actor, verb="code.disabled", object_kind="code", object_id=code_id, summary=row.campaign, now=now
            )
    if row is None:
        raise UnknownCodeError(UnknownCodeError.__doc__)


def disable_batch(*, batch_id: UUID, actor: Actor, now: datetime) -> Batch:
    """Take all codes of a batch out of use; one that is being made stops. Raises `UnknownBatchError`."""
    with action():
        row = models.CodeBatch.objects.select_for_update().filter(id=batch_id).first()
        if row is not None and row.disabled_at is None:
            row.disabled_at = now
            row.save(update_fields=["disabled_at"])
            shops.audit(
                actor=actor, verb="code_batch.disabled", object_kind="code_batch", object_id=batch_id,
                summary=f"{row.campaign}: {row.made}", now=now,
            )  # fmt: skip
    if row is None:
        raise UnknownBatchError(UnknownBatchError.__doc__)
    return queries.as_contract(row)
