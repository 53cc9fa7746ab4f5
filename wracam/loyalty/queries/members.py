"""Members by customer, by id, and in pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.foundation.bulk import fetch
from wracam.loyalty import models
from wracam.loyalty.contracts import Member, MemberState

PAGE_SIZE_MAX = 200
_COLUMNS = "id, shop_id, customer_id, program, state, joined_at, nickname"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One line of the list of members."""

    member: Member
    active: int
    pending: int
    earned: int


def member(member_id: UUID) -> Member | None:
    """Return a member by id."""
    return members_by_id([member_id]).get(member_id)


def members_by_id(member_ids: Collection[UUID]) -> dict[UUID, Member]:
    """Return those of these members that there are."""
    sql = f"SELECT {_COLUMNS} FROM loyalty_member WHERE id = ANY(%s::uuid[])"  # noqa: S608 the columns are constant
    return {row[0]: _contract(*row) for row in fetch(sql, list(member_ids))}


def members_of(customer_ids: Collection[UUID]) -> dict[UUID, Member]:
    """Return the first membership of each of these customers who has one."""
    rows = fetch(
        f"""SELECT DISTINCT ON (customer_id) {_COLUMNS} FROM loyalty_member
            WHERE customer_id = ANY(%s::uuid[]) AND state = 'active' ORDER BY customer_id, joined_at""",  # noqa: S608 as above
        list(customer_ids),
    )
    return {member.customer_id: member for member in (_contract(*row) for row in rows)}


def member_of(*, customer_id: UUID, program: str | None = None) -> Member | None:
    """Return the customer's membership in a programme, or their first one."""
    rows = fetch(
        f"""SELECT {_COLUMNS} FROM loyalty_member
            WHERE customer_id = %s AND state = 'active' AND (%s::text IS NULL OR program = %s)
            ORDER BY joined_at LIMIT 1""",  # noqa: S608 the columns are constant
        customer_id,
        program,
        program,
    )
    return next((_contract(*row) for row in rows), None)


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
