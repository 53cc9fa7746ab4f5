"""Tells the member pages who the customers are."""

from __future__ import annotations

from uuid import UUID

from wracam.customers import queries
from wracam.customers.contracts import IdentityKind
from wracam.faces.portal.ports import register_members


class Members:
    """The customers of a shop, for its member pages."""

    def by_email(self, shop_id: int, email: str) -> UUID | None:
        """Return the customer with this address."""
        return queries.find(shop_id=shop_id, kind=IdentityKind.EMAIL, value=email)

    def by_account(self, shop_id: int, source: str, account: str) -> UUID | None:
        """Return the customer with this account in the shop."""
        return queries.find(shop_id=shop_id, kind=IdentityKind.SHOP_ACCOUNT, value=account, source=source)

    def living(self, shop_id: int, customer_id: UUID) -> UUID | None:
        """Return whom this customer was merged into (or is), or None once erased."""
        living = queries.living(shop_id=shop_id, customer_ids=[customer_id]).get(customer_id)
        customer = queries.customer(living) if living else None
        return customer.id if customer and not customer.is_erased else None

    def first_name(self, customer_id: UUID) -> str:
        """Return how to greet them, or an empty text."""
        customer = queries.customer(customer_id)
        return customer.first_name if customer else ""


register_members(Members())
