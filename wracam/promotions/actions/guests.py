"""Guests whose uses are counted, and what becomes of the counts when a guest turns out to be a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.customers import queries as customers
from wracam.promotions.queries import guests
from wracam.vouchers import actions as vouchers
from wracam.vouchers import queries as voucher_queries


def count_guest(*, shop_id: int, email: str, phone: str, now: datetime) -> str:
    """Return whom a guest is counted as; what was counted under their mark before we knew the customer follows."""
    owner = guests.counted_as(shop_id=shop_id, email=email, phone=phone)
    mark = guests.guest_mark(shop_id=shop_id, email=email, phone=phone)
    if owner != mark:
        vouchers.move_uses(giver=mark, taker=owner, now=now)
    return owner


def adopt_guests(*, customer_ids: Sequence[UUID], now: datetime) -> int:
    """Count what these people used as guests as theirs; return how many counters moved."""
    owners = {
        guests.mark_of(shop_id=shop_id, kind=kind, value=value): str(customer_id)
        for customer_id, shop_id, kind, value in customers.contacts_of(customer_ids)
    }
    known = voucher_queries.counted_owners(owners=owners) if owners else set()
    return sum(vouchers.move_uses(giver=mark, taker=owners[mark], now=now) for mark in sorted(known))
