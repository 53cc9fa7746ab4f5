"""The router of the voucher API, its scopes and kinds of problems, and who a request is about."""

from __future__ import annotations

from uuid import UUID

from wracam.customers import queries as customers
from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.ports import problem_kind
from wracam.faces.api.problems import not_found
from wracam.shops.contracts import Actor
from wracam.shops.ports import register_scope

router = Router(tags=["Vouchers"])
register_scope("vouchers:read", pl="sprawdzanie kodów i kart podarunkowych", en="look up codes and gift cards")
register_scope("vouchers:write", pl="wydawanie kodów, partie i wyłączanie", en="issue codes, make and disable batches")
register_scope("gift_cards:write", pl="wydawanie i doładowanie kart podarunkowych", en="issue and top up gift cards")
NOT_ISSUED = problem_kind("code_not_issued", 409, "No code can be issued")
WRONG_CAMPAIGN = problem_kind("wrong_code_campaign", 409, "Codes of this campaign are not made like this")
VOUCHER_KEY_REUSED = problem_kind("voucher_key_reused", 409, "The key was used for something else before")
VALUE_REFUSED = problem_kind("stored_value_refused", 409, "The gift card or store credit cannot be changed like this")


def customer_of(request: ApiRequest, customer_id: UUID | None) -> UUID | None:
    """Return the customer of this shop that a request names; none when it names none."""
    if customer_id is None:
        return None
    found = customers.customer(customer_id)
    if found is None or found.shop_id != request.auth.shop_id:
        raise not_found("customer with this id")
    return found.id


def actor_of(request: ApiRequest) -> Actor:
    """Return who the audit log names."""
    return Actor(kind="key", id=str(request.auth.id), name=request.auth.name)
