"""The router of the loyalty API, its scopes and kinds of problems, and who a request is about."""

from __future__ import annotations

from uuid import UUID

from wracam.customers import queries as customers
from wracam.customers.contracts import IdentityKind
from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.ports import problem_kind
from wracam.faces.api.problems import invalid, not_found
from wracam.loyalty import queries
from wracam.loyalty.contracts import Member
from wracam.shops.ports import register_scope

router = Router(tags=["Loyalty"])
register_scope("loyalty:read", pl="czytanie programu i sald", en="read the programme and balances")
register_scope("loyalty:write", pl="zmiany w programie: członkowie i punkty", en="change members and points")
BALANCE_TOO_LOW = problem_kind("balance_too_low", 409, "The member has too few points")
NO_PROGRAM = problem_kind("no_program", 409, "No loyalty programme is live")
POINT_KEY_REUSED = problem_kind("points_key_reused", 409, "The key moved other points before")


def customer_id_of(
    request: ApiRequest, customer_id: UUID | None, email: str | None, phone: str | None, card: str | None
) -> UUID:
    """Return the customer of this shop that the request names."""
    if customer_id is not None:
        found = customers.customer(customer_id)
        if found is None or found.shop_id != request.auth.shop_id:
            raise not_found("customer with this id")
        return found.id
    marks = {IdentityKind.EMAIL: email, IdentityKind.PHONE: phone, IdentityKind.LOYALTY_CARD: card}
    named = [(kind, value) for kind, value in marks.items() if value]
    if not named:
        raise invalid("customer_id", "missing", "Name a customer_id, email, phone or loyalty_card.")
    for kind, value in named:
        known = customers.find(shop_id=request.auth.shop_id, kind=kind, value=value)
        if known is not None:
            return known
    raise not_found("customer with this identity")


def member_of_request(request: ApiRequest, member_id: UUID) -> Member:
    """Return the member if they belong to the shop of the key; others do not exist for it."""
    member = queries.member(member_id)
    if member is None or member.shop_id != request.auth.shop_id:
        raise not_found("member with this id")
    return member
