"""Forgetting what stored carts know of a person, so that what is left says only how much was paid for what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.foundation import transactions
from wracam.promotions import models
from wracam.promotions.actions.reserving import let_go
from wracam.promotions.contracts import CartState


def forget_people(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Take what was known of these people out of their carts; carts that never became orders are deleted."""
    with transactions.action():
        wanted = {"customer_id__in": list(customer_ids)}
        for cart in models.CartReservation.objects.select_for_update().filter(**wanted).order_by("id"):
            if cart.state == CartState.HELD:
                let_go(cart, now)
            if cart.state != CartState.COMMITTED:
                cart.delete()
                continue
            cart.record = _forgotten(cart.record)
            cart.save(update_fields=["record"])
        for commit in models.CartCommit.objects.select_for_update().filter(**wanted).order_by("id"):
            commit.record = _forgotten(commit.record)
            commit.save(update_fields=["record"])


def _forgotten(told: dict[str, Any]) -> dict[str, Any]:
    """Return a stored cart without what was measured of the person, their country, and their cards' characters."""
    gathered, evaluation = told["gathered"], told["evaluation"]
    return {
        **told,
        "visit": {**told["visit"], "country": ""},
        "gathered": {**gathered, "judged": {key: _unmeasured(one) for key, one in gathered["judged"].items()}},
        "evaluation": {**evaluation, "offers": [_unmeasured(one) for one in evaluation["offers"]]},
        "payments": [{**one, "name": ""} for one in told["payments"]],
    }


def _unmeasured(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "requirements": []}
