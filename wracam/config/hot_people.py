"""Customers for the event intake: the log lives below them, so the composition root introduces the two."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import close_old_connections

from wracam.customers import actions as customer_actions
from wracam.customers import queries as customers
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.events.actions.intake import Execute
from wracam.events.core.intake import Person
from wracam.foundation import transactions

KNOWN_SECONDS = 5.0
KNOWN_MAX = 20_000


class CustomersOfShop:
    """Finds and recognises customers for `events.actions.take_in`."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._known: dict[int, dict[UUID, UUID]] = {}
        self._known_since = 0.0

    def living(self, shop_id: int, customer_ids: Iterable[UUID]) -> Mapping[UUID, UUID]:
        """Map the ids of the shop's customers to the profiles that live for them, as known for a few seconds.

        An event for a profile that was absorbed a moment ago is no different from one recorded a moment before.
        """
        moment = time.monotonic()
        if moment - self._known_since > KNOWN_SECONDS:
            self._known, self._known_since = {}, moment
        known = self._known.setdefault(shop_id, {})
        if len(known) > KNOWN_MAX:
            known = self._known[shop_id] = {}
        missing = [customer_id for customer_id in customer_ids if customer_id not in known]
        if missing:
            rows = self._execute(customers.LIVING, [list(set(missing)), shop_id])
            known |= dict(rows)
        return known

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
