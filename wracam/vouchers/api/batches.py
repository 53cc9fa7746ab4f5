"""Batches of codes over the API: starting one, its progress, its codes, stopping it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from wracam.faces.api.endpoints import ApiRequest
from wracam.faces.api.paging import Page, Paging
from wracam.faces.api.problems import Problem, not_found
from wracam.faces.api.values import Answer, Body, Identifier
from wracam.foundation import clock, jobs
from wracam.foundation.transactions import action
from wracam.vouchers import actions, queries, tasks
from wracam.vouchers.api.routing import WRONG_CAMPAIGN, actor_of, router
from wracam.vouchers.contracts import (
    BATCH_COUNT_MAX,
    Batch,
    BatchTooLargeError,
    CampaignKindError,
    UnknownCampaignError,
)


class BatchBody(Body):
    """How many codes of which campaign; `key` makes it happen once, for ever."""

    campaign: Identifier
    count: Annotated[int, msgspec.Meta(ge=1, le=BATCH_COUNT_MAX)]
    key: Identifier
    note: Annotated[str, msgspec.Meta(max_length=120)] = ""


class BatchAnswer(Answer):
    """A batch: `made` of `asked` codes are there; `state` is `running`, `done` or `disabled`."""

    id: UUID
    campaign: str
    source: str
    state: str
    asked: int
    made: int
    refused: int
    note: str
    created_at: datetime
    finished_at: datetime | None


class CodeLineAnswer(Answer):
    """One code of a batch."""

    code: str
    uses: int
    customer_id: UUID | None
    issued_at: datetime | None
    valid_until: datetime | None
    is_disabled: bool


@router.endpoint("POST", "/vouchers/batches", scope="vouchers:write", status=201)
def start_batch(request: ApiRequest, body: BatchBody) -> BatchAnswer:
    """Have many codes made.

    A job makes them in the background; ask for the batch to see how far it is. The same key answers the same batch.
    """
    try:
        with action():
            batch = actions.start_batch(
                shop_id=request.auth.shop_id, campaign=body.campaign, count=body.count, key=body.key,
                actor=actor_of(request), note=body.note, now=clock.now(),
            )  # fmt: skip
            jobs.defer(tasks.fill_batch, key=f"vouchers.fill:{batch.id}", batch_id=str(batch.id))
    except UnknownCampaignError as error:
        raise not_found("live code campaign with this key") from error
    except (CampaignKindError, BatchTooLargeError) as error:
        raise Problem(WRONG_CAMPAIGN, str(error)) from error
    return _answer(batch)


@router.endpoint("GET", "/vouchers/batches/{batch_id}", scope="vouchers:read")
def show_batch(request: ApiRequest, batch_id: UUID) -> BatchAnswer:
    """Show a batch and how far it is."""
    return _answer(_batch(request, batch_id))


@router.endpoint("GET", "/vouchers/batches/{batch_id}/codes", scope="vouchers:write")
def list_codes(request: ApiRequest, batch_id: UUID, paging: Paging) -> Page[CodeLineAnswer]:
    """List the codes of a batch with their texts.

    Whoever has them can use them: treat the answer as money.
    """
    batch = _batch(request, batch_id)
    after = UUID(paging.position[0]) if paging.position else None
    rows = queries.code_page(batch_id=batch.id, after=after, limit=paging.fetch)
    return paging.page(rows, key=lambda line: (line.id,), item=_line)


@router.endpoint("POST", "/vouchers/batches/{batch_id}/disable", scope="vouchers:write")
def disable_batch(request: ApiRequest, batch_id: UUID) -> BatchAnswer:
    """Take all codes of a batch out of use for ever."""
    _batch(request, batch_id)
    return _answer(actions.disable_batch(batch_id=batch_id, actor=actor_of(request), now=clock.now()))


def _line(line: queries.CodeLine) -> CodeLineAnswer:
    return CodeLineAnswer(
        code=line.code, uses=line.used, customer_id=line.customer_id, issued_at=line.issued_at,
        valid_until=line.valid_until, is_disabled=line.is_disabled,
    )  # fmt: skip


def _batch(request: ApiRequest, batch_id: UUID) -> Batch:
    found = queries.batch(batch_id=batch_id)
    if found is None or found.shop_id != request.auth.shop_id:
        raise not_found("batch with this id")
    return found


def _answer(batch: Batch) -> BatchAnswer:
    return BatchAnswer(
        id=batch.id,
        campaign=batch.campaign,
        source=batch.source.value,
        state=batch.state.value,
        asked=batch.asked,
        made=batch.made,
        refused=batch.refused,
        note=batch.note,
        created_at=batch.created_at,
        finished_at=batch.finished_at,
    )
