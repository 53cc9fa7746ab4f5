"""Joining: by oneself, by having an account, or by being a customer, as the programme says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from wracam.customers import queries as customers
from wracam.customers.contracts import Customer
from wracam.events import actions as events
from wracam.events.contracts import Cause
from wracam.foundation.bulk import as_json, fetch
from wracam.foundation.transactions import action
from wracam.kernel.ids import derived_id
from wracam.loyalty import models
from wracam.loyalty.contracts import Member, MemberJoined, UnknownMemberError
from wracam.loyalty.core.program import Joining
from wracam.loyalty.queries import members as member_queries
from wracam.loyalty.queries.programs import LiveProgram, live_program

_INSERT = """
INSERT INTO loyalty_member (id, shop_id, customer_id, program, state, joined_at, last_active_at, nickname)
SELECT id, shop_id, customer_id, program, 'active', joined_at, joined_at, ''
FROM jsonb_to_recordset(%s::text::jsonb) AS i(
    id uuid, shop_id integer, customer_id uuid, program text, joined_at timestamptz)
ORDER BY id
ON CONFLICT (customer_id, program) DO NOTHING
RETURNING id, customer_id, shop_id, joined_at
"""


class Joiner(Struct, frozen=True, kw_only=True):
    """A customer who becomes a member, since when, and because of what."""

    customer_id: UUID
    shop_id: int
    at: datetime
    how: str = "joined"
    cause: Cause | None = None


def join(*, customer_id: UUID, now: datetime, program: str | None = None) -> Member:
    """Make a customer a member (of the only live programme by default) and return the membership.

    Joining twice returns the first membership. Raises `NoProgramError` and `UnknownMemberError`.
    """
    with action():
        live = live_program(program, now)
        found = customers.customer(customer_id)
        if found is None:
            raise UnknownMemberError(UnknownMemberError.__doc__)
        add_members(live.key, [Joiner(customer_id=found.id, shop_id=found.shop_id, at=now)], now=now)
        member = member_queries.member_of(customer_id=customer_id, program=live.key)
        if member is None:
            raise UnknownMemberError(UnknownMemberError.__doc__)
        return member


def members_for(program: LiveProgram, seen: Mapping[UUID, Joiner], *, now: datetime) -> dict[UUID, UUID]:
    """Return the member ids of these customers; those whom the programme takes in by itself join now."""
    known = member_queries.member_ids(program=program.key, customer_ids=list(seen))
    strangers = [customer_id for customer_id in seen if customer_id not in known]
    if not strangers or program.program.joining is Joining.EXPLICIT:
        return known
    joiners = _welcome(program, strangers, seen)
    return known | add_members(program.key, joiners, now=now)


def add_members(program: str, joiners: Sequence[Joiner], *, now: datetime) -> dict[UUID, UUID]:
    """Insert memberships and record `MemberJoined` for those that are new; return member ids by customer."""
    if not joiners:
        return {}
    by_customer = {joiner.customer_id: joiner for joiner in joiners}
    rows = fetch(
        _INSERT,
        as_json(
            {
                "id": derived_id("member", program, joiner.customer_id),
                "shop_id": joiner.shop_id,
                "customer_id": joiner.customer_id,
                "program": program,
                "joined_at": joiner.at,
            }
            for joiner in by_customer.values()
        ),
    )
    events.record(
        [
            MemberJoined(
                shop_id=shop_id, customer_id=customer_id, occurred_at=joined_at, member_id=member_id, program=program,
                how=by_customer[customer_id].how, cause=by_customer[customer_id].cause,
            )
            for member_id, customer_id, shop_id, joined_at in rows
        ],
        now=now,
    )  # fmt: skip
    return {customer_id: member_id for member_id, customer_id, _, _ in rows}


def _welcome(program: LiveProgram, strangers: Sequence[UUID], seen: Mapping[UUID, Joiner]) -> list[Joiner]:
    everybody = program.program.joining is Joining.EVERYBODY
    return [
        Joiner(
            customer_id=person.id,
            shop_id=person.shop_id,
            at=_since(person, seen[person.id].at),
            how=seen[person.id].how,
            cause=seen[person.id].cause,
        )
        for person in customers.customers(list(strangers))
        if everybody or not person.is_guest
    ]


def _since(person: Customer, seen_at: datetime) -> datetime:
    return min(person.registered_at, seen_at) if person.registered_at else seen_at


def forget_nicknames(*, customer_ids: Sequence[UUID]) -> None:
    """Blank what these people called themselves; part of erasing them."""
    with action():
        models.Member.objects.filter(customer_id__in=list(customer_ids)).update(nickname="")
