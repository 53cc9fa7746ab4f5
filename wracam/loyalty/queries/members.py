"""Members by customer, by id, and in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.foundation.bulk import fetch
from wracam.loyalty import models
from wracam.loyalty.contracts import Member, MemberState

PAGE_SIZE_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One line of the list of members."""

    member: Member
    active: int
    pending: int
    earned: int


def member(member_id: UUID) -> Member | None:
    """Return a member by id."""
    rows = fetch(
        "SELECT id, shop_id, customer_id, program, state, joined_at, nickname FROM loyalty_member WHERE id = %s",
        member_id,
    )
    return next((_contract(*row) for row in rows), None)


def member_of(*, customer_id: UUID, program: str | None = None) -> Member | None:
    """Return the customer's membership in a programme, or their first one."""
    rows = models.Member.objects.filter(customer_id=customer_id, state=MemberState.ACTIVE)
    if program is not None:
        rows = rows.filter(program=program)
    row = rows.order_by("joined_at").first()
    return as_contract(row) if row else None


def member_ids(*, program: str, customer_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the member ids of those customers who are members."""
    return dict(
        fetch(
            """SELECT customer_id, id FROM loyalty_member
               WHERE program = %s AND customer_id = ANY(%s::uuid[]) AND state = 'active'""",
            program,
            list(customer_ids),
        )
    )


def joined_at(member_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Return since when these are members."""
    return dict(fetch("SELECT id, joined_at FROM loyalty_member WHERE id = ANY(%s::uuid[])", list(member_ids)))


def as_contract(row: models.Member) -> Member:
    """Turn a stored membership into its contract."""
    return _contract(row.id, row.shop_id, row.customer_id, row.program, row.state, row.joined_at, row.nickname)


def _contract(
    id_: UUID, shop_id: int, customer_id: UUID, program: str, state: str, joined_at: datetime, nickname: str
) -> Member:
    return Member(
        id=id_, shop_id=shop_id, customer_id=customer_id, program=program, state=MemberState(state),
        joined_at=joined_at, nickname=nickname,
    )  # fmt: skip
