"""Carts as personal data: what a person may take away, and what is forgotten of them.

Carts that became orders stay after an erasure, under the bare customer id: their money, codes and budgets are in the
books. What was known of the person when they were priced is taken out of what is stored, and so are carts that never
became orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.customers.ports import PersonalData, register_personal_data
from wracam.kernel.money import to_major
from wracam.promotions import actions, models
from wracam.promotions.contracts import CartState

EXPORTED_CARTS_MAX = 10_000


def export(customer_ids: Sequence[UUID]) -> dict[str, Any]:
    """Return the person's carts: those that became orders, with refunds, and those under way."""
    commits = models.CartCommit.objects.filter(customer_id__in=list(customer_ids)).prefetch_related("offers", "refunds")
    open_carts = models.CartReservation.objects.filter(
        customer_id__in=list(customer_ids), state=CartState.HELD
    ).order_by("-created_at")
    return {
        "orders": [_order(row) for row in commits.order_by("-committed_at", "id")[:EXPORTED_CARTS_MAX]],
        "reserved": [
            {"reserved_at": row.created_at.isoformat(), "until": row.expires_at.isoformat(), "lines": _lines(row)}
            for row in open_carts[:EXPORTED_CARTS_MAX]
        ],
    }


def erase(customer_ids: Sequence[UUID], now: datetime) -> None:
    """Forget what was known of these people beside the money."""
    actions.forget_people(customer_ids=customer_ids, now=now)


register_personal_data("promotions", PersonalData(export=export, erase=erase))


def _order(row: models.CartCommit) -> dict[str, Any]:
    return {
        "order": row.order,
        "committed_at": row.committed_at.isoformat(),
        "currency": row.currency,
        "total": _amount(row.total_minor, row.currency),
        "discount": _amount(row.discount_minor, row.currency),
        "lines": _lines(row),
        "codes": [code["code"] for code in row.record["evaluation"]["codes"]],
        "promotions": [
            {"promotion": one.promotion, "discount": _amount(one.discount_minor, row.currency)}
            for one in row.offers.all()
        ],
        "refunds": [
            {"refunded_at": one.refunded_at.isoformat(), "total": _amount(one.total_minor, row.currency)}
            for one in row.refunds.all()
        ],
    }


def _lines(row: models.CartCommit | models.CartReservation) -> list[dict[str, Any]]:
    lines = row.record["cart"]["lines"] if row.record else []
    return [{"sku": line["sku"], "quantity": line["quantity"]} for line in lines]


def _amount(minor: int, currency: str) -> str:
    return f"{to_major(minor, currency):f}"
