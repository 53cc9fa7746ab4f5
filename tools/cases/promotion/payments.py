"""What pays for a part of a case's cart: gift cards and credit, in their order, which make nothing cheaper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.cases.promotion.kinds import is_payment
from tools.cases.promotion.saying import Said, listed
from tools.cases.promotion.targets import Minor
from tools.cases.report import Case, NotUnderstoodError

NAMES = ("payments", "gift_cards", "gift_card", "store_credit", "credit", "ewallet")
SYNONYMS = dict.fromkeys(("amount", "value", "remaining", "available", "price"), "balance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What one payment could give at most, and what is left of it."""

    is_card: bool
    balance_minor: int
    amount_minor: int


def without_payments(case: Case) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Part the payments of a case, also those among its promotions, from the rest."""
    rest = {name: value for name, value in case.items() if name not in NAMES}
    told = [(name, one) for name in NAMES for one in listed(case.get(name))]
    payments = [dict(one) if isinstance(one, Mapping) else {"balance": one} for _, one in told]
    for (name, _), payment in zip(told, payments, strict=True):
        payment.setdefault("kind", name.removesuffix("s"))
    promotions = listed(case.get("promotions"))
    are_payments = [isinstance(one, Mapping) and is_payment(one.get("kind", one.get("type", ""))) for one in promotions]
    payments += [dict(one) for one, is_one in zip(promotions, are_payments, strict=True) if is_one]
    if any(are_payments):
        rest["promotions"] = [one for one, is_one in zip(promotions, are_payments, strict=True) if not is_one]
    return rest, payments


def paid(payments: list[dict[str, Any]], due_minor: int, minor: Minor) -> list[Paid]:
    """Let each pay as much as it can of what is still due."""
    found = []
    for words in payments:
        said = Said(words, "a payment", SYNONYMS)
        balance = minor(said.need("balance"))
        kind = str(said.take("kind", said.take("type", "gift_card")))
        for talk in ("code", "key", "currency"):
            said.take(talk)
        said.finish()
        if balance < 0 or not (is_payment(kind) or kind in {"payment", "credit"}):
            raise NotUnderstoodError(f"a payment {words!r}")
        amount = min(balance, due_minor)
        found.append(Paid(is_card="card" in kind, balance_minor=balance, amount_minor=amount))
        due_minor -= amount
    return found


def figures(payments: list[Paid], gross_minor: int) -> dict[str, int]:
    """Return what a case may expect of payments, in minor units."""
    cards = [one for one in payments if one.is_card]
    used = sum(one.amount_minor for one in payments)
    return {
        "amount_due": gross_minor - used,
        "payments_total": used,
        "gift_card_used": sum(one.amount_minor for one in cards),
        "store_credit_used": used - sum(one.amount_minor for one in cards),
        "remaining_balance": sum(one.balance_minor - one.amount_minor for one in payments),
    }
