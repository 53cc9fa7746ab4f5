"""Loyalty cases: a programme in plain words, events, and what another system's tests expect.

The words become bodies of our definitions and settings of our core, which decides with the very code that runs live.
Where a case states a policy of its own (rounding, returns, downgrade), it becomes our setting that says the same. What
has no word here, or no setting of ours, is `not understood`, by name; nothing that could change a result is skipped.
"""

from __future__ import annotations

from collections.abc import Callable

from tools.cases.loyalty import dates, earning, ledger, payments, tiers
from tools.cases.loyalty.words import Compared, Said, compared
from tools.cases.report import Case, NotUnderstoodError

KNOWN_OF_CASE = {"id", "kind", "name", "source", "program", "events", "expected", "note", "notes"}


def judge(case: Case) -> Compared:
    """Return {what: (expected, ours)} for every expectation of the case."""
    unknown = sorted(set(case) - KNOWN_OF_CASE)
    if unknown:
        raise NotUnderstoodError(f"the case: {', '.join(unknown)}")
    kind = str(case.get("kind", "")).lower().replace("-", "_").replace(" ", "_")
    if kind not in KINDS:
        raise NotUnderstoodError(f"a case of kind {case.get('kind')!r}")
    try:
        return compared(case.get("expected", {}), KINDS[kind](case))
    except NotUnderstoodError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError, IndexError) as error:
        raise NotUnderstoodError(f"{type(error).__name__}: {error}") from error


def _expiry(case: Case) -> dict[str, object]:
    """Answer a question about a date, or about what a night leaves."""
    asks_for_a_date = "expires_at" in case.get("expected", {}) or "expires" in case.get("expected", {})
    return dates.answers(case) if asks_for_a_date else ledger.answers(case)


def _redemption(case: Case) -> dict[str, object]:
    """Answer a request for one cart, a wallet's payment, or a history with redemptions in it."""
    program = Said("program", case.get("program", {}))
    if payments.is_wallet(program):
        return payments.wallet(case)
    return payments.answers(case) if payments.is_request(case) else ledger.answers(case)


KINDS: dict[str, Callable[[Case], dict[str, object]]] = {
    **dict.fromkeys(("earn", "earning", "event", "referral", "points"), earning.answers),
    **dict.fromkeys(
        ("lots", "lot", "refund", "clawback", "cancel", "return", "ledger", "balance", "transfer", "pending", "spend"),
        ledger.answers,
    ),
    **dict.fromkeys(("expire", "expiry", "expire_date", "expiration"), _expiry),
    **dict.fromkeys(("redeem", "redemption", "pay", "pay_with_points", "wallet", "gift_card"), _redemption),
    **dict.fromkeys(("tier", "tiers", "level", "levels"), tiers.answers),
}
