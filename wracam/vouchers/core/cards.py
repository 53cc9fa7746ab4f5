"""Gift cards: the merchant's policy, and the form of their codes. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wracam.definitions.contracts import Body, Problem
from wracam.definitions.ports import Reader
from wracam.kernel.language import CountedNoun, Language, Words
from wracam.vouchers.core.codes import PREFIX_LENGTH_MAX, CodeFormat

CARD_LENGTH = 16
"""79 bits: a gift card is money, and its last characters are shown."""
HINT_LENGTH = 4
PREFIX_DEFAULT = "GC"
VALIDITY_MONTHS_MAX = 120
REFUND_DAYS_DEFAULT = 90
MONTHS = CountedNoun(pl=("miesiąc", "miesiące", "miesięcy", "miesiąca"), en=("month", "months"))
DAYS = CountedNoun(pl=("dzień", "dni", "dni", "dnia"), en=("day", "days"))
_PREFIX = re.compile(r"[A-Z0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPolicy:
    """What the merchant decided about gift cards. Amounts are major units of the card's currency."""

    key: str = ""
    prefix: str = PREFIX_DEFAULT
    validity_months: int | None = None
    refund_days: int = REFUND_DAYS_DEFAULT
    may_top_up: bool = True
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def form(self) -> CodeFormat:
        """How the codes of its cards look."""
        return CodeFormat(prefix=self.prefix, length=CARD_LENGTH)


def read_policy(body: Body, *, key: str = "") -> tuple[CardPolicy, list[Problem]]:
    """Return the policy that *body* describes and every problem found in it."""
    reader = Reader(body)
    prefix = reader.text("prefix", PREFIX_DEFAULT, length_max=PREFIX_LENGTH_MAX).upper()
    if not _PREFIX.fullmatch(prefix):
        reader.note("prefix", "not_a_prefix", "litery A-Z i cyfry", "letters A-Z and digits")
    policy = CardPolicy(
        key=key,
        prefix=prefix,
        validity_months=reader.integer("validity_months", least=1, most=VALIDITY_MONTHS_MAX) or None,
        refund_days=reader.integer("refund_days", REFUND_DAYS_DEFAULT, most=3_650),
        may_top_up=reader.flag("top_up", True),
        least=reader.decimal("least") or None,
        most=reader.decimal("most") or None,
    )
    if policy.least and policy.most and policy.least > policy.most:
        reader.note("most", "below_least", "więcej niż najmniejsza kwota", "more than the least amount")
    reader.finish()
    return policy, reader.problems


def policy_sentence(policy: CardPolicy, language: Language) -> str:
    """Say a policy: how long a card is good, and what happens to a refund on one that has expired."""
    if policy.validity_months is None:
        validity = Words(pl="Karty bez terminu ważności", en="Cards that never expire")
    else:
        months = MONTHS.say(policy.validity_months, language)
        validity = Words(pl=f"Karty ważne {months}", en=f"Cards valid for {months}")
    days = DAYS.say(policy.refund_days, language)
    refund = Words(
        pl=f"zwrot na kartę po terminie przedłuża ją o {days}", en=f"a refund to an expired card extends it by {days}"
    )
    return f"{validity.say(language)}; {refund.say(language)}."


def expiry(policy: CardPolicy, now: datetime) -> datetime | None:
    """Return when a card issued or topped up at *now* ends: the same day so many months later."""
    if policy.validity_months is None:
        return None
    months = now.month - 1 + policy.validity_months
    year, month = now.year + months // 12, months % 12 + 1
    return now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1]))
