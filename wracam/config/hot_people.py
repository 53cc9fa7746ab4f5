"""Customers for the event intake: the log lives below them, so the composition root introduces the two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import close_old_connections

from wracam.customers import actions as customer_actions
from wracam.customers import queries as customers
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.events.core.intake import Person
from wracam.foundation import transactions


class CustomersOfShop:
    """Finds and recognises customers for `events.actions.take_in`."""

    def living(self, shop_id: int, customer_ids: Sequence[UUID]) -> dict[UUID, UUID]:
        """Map the ids of the shop's customers to the profiles that live for them."""
        close_old_connections()
        return customers.living(shop_id=shop_id, customer_ids=customer_ids)

    def identify(self, shop_id: int, people: Sequence[Person], source: str, now: datetime) -> list[UUID | None]:
        """Recognise people by their marks; somebody new becomes a customer."""
        close_old_connections()
        snapshots = [
            PersonSnapshot(
                identities=tuple(Identity(kind=IdentityKind(kind), value=value) for kind, value in person.marks),
                modified_at=now,
            )
            for person in people
        ]
        with transactions.action():
            return customer_actions.identify_many(shop_id=shop_id, people=snapshots, source=source, now=now)


PEOPLE = CustomersOfShop()
