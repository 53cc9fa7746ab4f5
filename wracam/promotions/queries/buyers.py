"""Whom a shop's signed token names: the proof with which a page in a browser says who is signed in.

The token is the one that signs members in (`docs/api.md`); reading it for a cart does not use it up.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.customers import queries as customers
from wracam.customers.contracts import IdentityKind
from wracam.faces.portal.core.tokens import MemberClaim, RefusedToken, read_token
from wracam.kernel.text import normal_email
from wracam.shops import queries as shops
from wracam.shops.contracts import Shop


def claimed_customer(*, shop: Shop, token: str, now: datetime) -> UUID | RefusedToken:
    """Check a token that the shop signed and find its customer; never raises for what is in the token."""
    secret = shops.member_secret(shop.id)
    if not secret:
        return RefusedToken(reason="the shop has no secret yet; make one in its settings")
    claim = read_token(token, secret=secret, shop_key=shop.key, now=now)
    if isinstance(claim, RefusedToken):
        return claim
    return _named(shop.id, claim) or RefusedToken(reason="we do not know this customer yet")


def _named(shop_id: int, claim: MemberClaim) -> UUID | None:
    if claim.account and claim.source:
        return customers.find(shop_id=shop_id, kind=IdentityKind.SHOP_ACCOUNT, value=claim.account, source=claim.source)
    address = normal_email(claim.email)
    return customers.find(shop_id=shop_id, kind=IdentityKind.EMAIL, value=address) if address else None
