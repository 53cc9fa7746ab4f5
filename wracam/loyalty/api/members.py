"""Members over the API: joining, balances, history, corrections and spending."""

from __future__ import annotations

from uuid import UUID

from wracam.faces.api.endpoints import ApiRequest
from wracam.faces.api.paging import Page, Paging
from wracam.faces.api.problems import Problem, invalid, not_found
from wracam.foundation import clock
from wracam.loyalty import actions, queries
from wracam.loyalty.api.bodies import (
    BalanceAnswer,
    CorrectionBody,
    JoinBody,
    MemberAnswer,
    MovementAnswer,
    PostedAnswer,
    SpendBody,
    TierAnswer,
    balance_answer,
    member_answer,
    movement_answer,
)
from wracam.loyalty.api.routing import (
    BALANCE_TOO_LOW,
    NO_PROGRAM,
    POINT_KEY_REUSED,
    customer_id_of,
    member_of_request,
    router,
)
from wracam.loyalty.contracts import (
    CorrectionRequest,
    KeyReusedError,
    Member,
    NoProgramError,
    Posted,
    Refused,
)
from wracam.shops.contracts import Actor

API_ROLE = "key"
"""Under which name the programme limits what API keys may correct alone."""


@router.endpoint("POST", "/loyalty/members", scope="loyalty:write", status=201)
def join_program(request: ApiRequest, body: JoinBody) -> MemberAnswer:
    """Make a customer a member.

    Joining again returns the first membership. Orders from before may give points, as the programme says.
    """
    customer_id = customer_id_of(request, body.customer_id, body.email, body.phone, body.loyalty_card)
    try:
        return member_answer(actions.join(customer_id=customer_id, now=clock.now()))
    except NoProgramError as error:
        raise Problem(NO_PROGRAM, str(error)) from error


@router.endpoint("GET", "/loyalty/members", scope="loyalty:read")
def find_member(
    request: ApiRequest,
    customer_id: UUID | None = None,
    email: str | None = None,
    phone: str | None = None,
    loyalty_card: str | None = None,
) -> MemberAnswer:
    """Find a member by customer id, e-mail, phone or loyalty card."""
    found = customer_id_of(request, customer_id, email, phone, loyalty_card)
    member = queries.member_of(customer_id=found)
    if member is None:
        raise not_found("member with this identity")
    return member_answer(member)


@router.endpoint("GET", "/loyalty/members/{member_id}", scope="loyalty:read")
def show_member(request: ApiRequest, member_id: UUID) -> MemberAnswer:
    """Show a member."""
    return member_answer(member_of_request(request, member_id))


@router.endpoint("GET", "/loyalty/members/{member_id}/balances", scope="loyalty:read")
def show_balances(request: ApiRequest, member_id: UUID) -> list[BalanceAnswer]:
    """Show a member's balances, one per kind of points."""
    found = queries.balances_of_member(shop_id=request.auth.shop_id, member_id=member_id)
    if not found:
        raise not_found("member with this id")
    return [balance_answer(one) for one in found]


@router.endpoint("GET", "/loyalty/members/{member_id}/tiers", scope="loyalty:read")
def show_tiers(request: ApiRequest, member_id: UUID) -> list[TierAnswer]:
    """Show where a member stands on every ladder, what the next tier asks for, and whether this one is at risk."""
    member = member_of_request(request, member_id)
    return [
        TierAnswer(
            ladder=one.ladder.key,
            measure=one.ladder.measure.value,
            tier=one.tier.key,
            title_en=one.tier.title.en,
            title_pl=one.tier.title.pl,
            amount=one.amount,
            next_tier=one.next_tier.key if one.next_tier else None,
            missing=one.progress.missing,
            is_at_risk=one.progress.at_risk,
            to_keep=one.progress.to_keep,
            keep_by=one.progress.keep_by,
            falls_to=one.progress.after,
            since=one.since,
            granted=one.granted,
            benefits=one.tier.benefits.as_data(),
        )
        for one in queries.tier_standings(member, now=clock.now())
    ]


@router.endpoint("GET", "/loyalty/members/{member_id}/history", scope="loyalty:read")
def list_history(request: ApiRequest, member_id: UUID, paging: Paging) -> Page[MovementAnswer]:
    """List a member's movements of points, newest first, in sentences."""
    member = member_of_request(request, member_id)
    before = int(paging.position[0]) if paging.position else None
    rows = queries.history(member.id, before=before, limit=paging.fetch)
    return paging.page(rows, key=lambda row: (row.transfer_id,), item=movement_answer)


@router.endpoint("POST", "/loyalty/members/{member_id}/corrections", scope="loyalty:write")
def correct_points(request: ApiRequest, member_id: UUID, body: CorrectionBody) -> PostedAnswer:
    """Give or take points by hand, with a reason.

    The movement is audited under the key's name. Taking more than the member has is refused. Above the programme's
    limit for API keys nothing moves yet: `waits_for` names the request that a person must approve in the console.
    """
    member = member_of_request(request, member_id)
    if not body.points:
        raise invalid("body.points", "zero", "Give or take at least one point.")
    _check_kind(member, body.point_kind)
    try:
        outcome = actions.ask_correction(
            member_id=member.id, points=body.points, note=body.note, actor=_actor(request), role=API_ROLE,
            key=body.key, point_kind=body.point_kind, now=clock.now(),
        )  # fmt: skip
    except KeyReusedError as error:
        raise Problem(POINT_KEY_REUSED, str(error)) from error
    if isinstance(outcome, CorrectionRequest):
        balance = queries.balance(member.id, point_kind=body.point_kind)
        return PostedAnswer(
            transfer_id=None, points=outcome.points, was_new=False, balance=balance.shown, waits_for=outcome.id
        )
    return _posted(member, body.point_kind, outcome)


@router.endpoint("POST", "/loyalty/members/{member_id}/spendings", scope="loyalty:write")
def spend_points(request: ApiRequest, member_id: UUID, body: SpendBody) -> PostedAnswer:
    """Spend points; those that expire first are used first.

    Refused with the missing figure when there are too few.
    """
    member = member_of_request(request, member_id)
    _check_kind(member, body.point_kind)
    return _moved(
        member,
        body.point_kind,
        lambda: actions.spend(
            member_id=member.id,
            points=body.points,
            key=body.key,
            note=body.note,
            point_kind=body.point_kind,
            now=clock.now(),
        ),
    )


def _actor(request: ApiRequest) -> Actor:
    return Actor(kind="key", id=str(request.auth.id), name=request.auth.name)


def _check_kind(member: Member, point_kind: str) -> None:
    try:
        program = queries.live_program(member.program).program
    except NoProgramError as error:
        raise Problem(NO_PROGRAM, str(error)) from error
    if program.kind(point_kind) is None:
        known = ", ".join(kind.key for kind in program.point_kinds)
        raise invalid("body.point_kind", "unknown", f"The programme has these kinds of points: {known}.")


def _moved(member: Member, point_kind: str, move: actions.Move) -> PostedAnswer:
    try:
        outcome = move()
    except KeyReusedError as error:
        raise Problem(POINT_KEY_REUSED, str(error)) from error
    return _posted(member, point_kind, outcome)


def _posted(member: Member, point_kind: str, outcome: Posted | Refused) -> PostedAnswer:
    if isinstance(outcome, Refused):
        raise Problem(
            BALANCE_TOO_LOW,
            f"{outcome.required} points are needed, {outcome.available} are there: {outcome.missing} missing.",
        )
    balance = queries.balance(member.id, point_kind=point_kind)
    return PostedAnswer(
        transfer_id=outcome.transfer_id, points=outcome.points, was_new=outcome.was_new, balance=balance.shown
    )
