"""What promotions do when something happened elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wracam.definitions.contracts import DefinitionArchived, DefinitionPublished
from wracam.events.contracts import RecordedEvent
from wracam.events.ports import subscribe
from wracam.promotions import actions
from wracam.promotions.queries.live import POLICY_KIND, PROMOTION_KIND
from wracam.vouchers import queries as vouchers

BECAME_KNOWN = frozenset({"customer.created", "customer.registered"})
PRICED_BY = frozenset({PROMOTION_KIND, POLICY_KIND})


@subscribe("promotions.public_prices", DefinitionPublished, DefinitionArchived)
def follow_prices(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Record what promotions that were published or archived make products cost."""
    if any(one.data["kind"] in PRICED_BY for one in batch):
        actions.record_public_prices(now=now)


@subscribe("promotions.guests", names=lambda: BECAME_KNOWN if vouchers.counts_guests() else frozenset())
def follow_guests(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Count what people used as guests as theirs, once they are customers."""
    actions.adopt_guests(customer_ids=[one.customer_id for one in batch if one.customer_id], now=now)
