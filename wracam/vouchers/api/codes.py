"""Codes over the API: looking up, issuing to customers, taking out of use."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from wracam.faces.api.endpoints import ApiRequest
from wracam.faces.api.problems import Problem, not_found
from wracam.faces.api.values import Answer, Body, Identifier, Moment
from wracam.foundation import clock
from wracam.vouchers import actions, queries
from wracam.vouchers.api.routing import NOT_ISSUED, VOUCHER_KEY_REUSED, actor_of, customer_of, router
from wracam.vouchers.contracts import (
    PRESENTED_MAX,
    CodeAnswer,
    IssuedCode,
    IssueKeyReusedError,
    IssueRefused,
    ToIssue,
    UnknownCampaignError,
)
from wracam.vouchers.core import words

ISSUE_MAX = 1_000
CodeText = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class LookUpBody(Body):
    """Codes as they were typed. `address` is the buyer's network address: with it, guessing is stopped."""

    codes: Annotated[list[CodeText], msgspec.Meta(min_length=1, max_length=PRESENTED_MAX)]
    customer_id: UUID | None = None
    address: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class LookedUpAnswer(Answer):
    """What one code is worth: a stable `state` and a sentence in both languages."""

    code: str
    state: str
    sentence_en: str
    sentence_pl: str
    campaign: str | None
    kind: str | None
    uses_left: int | None
    valid_from: datetime | None
    valid_until: datetime | None


class IssueBody(Body):
    """A campaign and whose code it shall be; `key` makes it happen once, for ever."""

    campaign: Identifier
    key: Identifier
    customer_id: UUID | None = None
    valid_until: Moment | None = None


class IssueItem(Body):
    """One code of many."""

    key: Identifier
    customer_id: UUID | None = None


class IssueManyBody(Body):
    """Codes of one campaign for many customers."""

    campaign: Identifier
    items: Annotated[list[IssueItem], msgspec.Meta(min_length=1, max_length=ISSUE_MAX)]
    valid_until: Moment | None = None


class IssuedAnswer(Answer):
    """A code that was given; `was_new` is false for a key seen before. `refused` says why there is none."""

    key: str
    code: str | None
    campaign: str
    customer_id: UUID | None
    issued_at: datetime | None
    valid_until: datetime | None
    was_new: bool
    refused: str | None


class DisableBody(Body):
    """The code to take out of use."""

    code: CodeText


@router.endpoint("POST", "/vouchers/look-up", scope="vouchers:read")
def look_up_codes(request: ApiRequest, body: LookUpBody) -> list[LookedUpAnswer]:
    """Say what typed codes are worth to a customer now.

    Nothing is reserved. Spaces, dashes, case and look-alikes (O and 0, I, L and 1) do not matter.
    """
    customer_id = customer_of(request, body.customer_id)
    found = actions.check_codes(
        shop_id=request.auth.shop_id, codes=body.codes, customer_id=customer_id, address=body.address, now=clock.now()
    )
    return [_looked_up(code, answer) for code, answer in found.items()]


@router.endpoint("POST", "/vouchers/codes", scope="vouchers:write", status=201)
def issue_code(request: ApiRequest, body: IssueBody) -> IssuedAnswer:
    """Give a customer a code of a campaign.

    It is generated, taken from the campaign's pool, or the shared code. The same key answers the same code.
    """
    item = IssueItem(key=body.key, customer_id=body.customer_id)
    [issued] = _issue(request, body.campaign, [item], body.valid_until)
    if issued.refused:
        raise Problem(NOT_ISSUED, f"{issued.refused}: the campaign {body.campaign} gives no code now.")
    return issued


@router.endpoint("POST", "/vouchers/codes/batch", scope="vouchers:write")
def issue_codes(request: ApiRequest, body: IssueManyBody) -> list[IssuedAnswer]:
    """Give many customers codes of one campaign.

    Each has a key of its own and is answered on its own; an empty pool refuses the rest.
    """
    return _issue(request, body.campaign, body.items, body.valid_until)


@router.endpoint("POST", "/vouchers/codes/disable", scope="vouchers:write")
def disable_code(request: ApiRequest, body: DisableBody) -> None:
    """Take one code out of use for ever."""
    found = queries.code_record(code=body.code, now=clock.now())
    if found is None or found.shop_id != request.auth.shop_id:
        raise not_found("stored code like this")
    actions.disable_code(code_id=found.id, actor=actor_of(request), now=clock.now())


def _issue(
    request: ApiRequest, campaign: str, items: list[IssueItem], valid_until: datetime | None
) -> list[IssuedAnswer]:
    wanted = [ToIssue(key=item.key, customer_id=customer_of(request, item.customer_id)) for item in items]
    try:
        issued = actions.issue_many(
            shop_id=request.auth.shop_id, campaign=campaign, wanted=wanted, now=clock.now(), valid_until=valid_until
        )
    except UnknownCampaignError as error:
        raise not_found("live code campaign with this key") from error
    except IssueKeyReusedError as error:
        raise Problem(VOUCHER_KEY_REUSED, str(error)) from error
    return [_issued(key, campaign, one) for key, one in issued.items()]


def _looked_up(code: str, answer: CodeAnswer) -> LookedUpAnswer:
    sentence = words.STATES[answer.state]
    return LookedUpAnswer(
        code=code,
        state=answer.state.value,
        sentence_en=sentence.en,
        sentence_pl=sentence.pl,
        campaign=answer.campaign or None,
        kind=answer.kind.value if answer.kind else None,
        uses_left=answer.uses_left,
        valid_from=answer.valid_from,
        valid_until=answer.valid_until,
    )


def _issued(key: str, campaign: str, one: IssuedCode | IssueRefused) -> IssuedAnswer:
    if isinstance(one, IssueRefused):
        return IssuedAnswer(
            key=key, code=None, campaign=campaign, customer_id=None, issued_at=None, valid_until=None, was_new=False,
            refused=one.reason.value,
        )  # fmt: skip
    return IssuedAnswer(
        key=key, code=one.code, campaign=campaign, customer_id=one.customer_id, issued_at=one.issued_at,
        valid_until=one.valid_until, was_new=one.was_new, refused=None,
    )  # fmt: skip
