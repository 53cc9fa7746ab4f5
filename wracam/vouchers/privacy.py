"""Codes and stored value as personal data: what a person may take away, and how both read in their story.

An erasure changes nothing here: codes and ledgers stay under ids that are nobody's, because the books need them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from wracam.customers.ports import PersonalData, Telling, register_personal_data, register_teller
from wracam.events.contracts import RecordedEvent
from wracam.kernel.language import Words, money_text
from wracam.kernel.money import to_major
from wracam.vouchers import queries

WITHOUT_HOLDS = datetime(9999, 1, 1, tzinfo=UTC)
"""A moment at which no cart holds anything: what passes by is not the person's data."""
SENTENCES = {
    "gift_card.issued": Words(pl="Wydano kartę podarunkową: {amount}", en="Issued a gift card: {amount}"),
    "stored_value.loaded": Words(pl="Doładowano kartę lub saldo: {amount}", en="Loaded a card or credit: {amount}"),
    "stored_value.paid": Words(pl="Zapłacono kartą lub saldem: {amount}", en="Paid with a card or credit: {amount}"),
    "stored_value.refunded": Words(
        pl="Zwrócono na kartę lub saldo: {amount}", en="Refunded to a card or credit: {amount}"
    ),
    "stored_value.expired": Words(pl="Wygasło na karcie lub saldzie: {amount}", en="Expired on a card: {amount}"),
}
ISSUED = Words(pl="Wydano kod akcji {campaign}", en="Was given a code of {campaign}")


def export(customer_ids: Sequence[UUID]) -> dict[str, Any]:
    """Return the person's codes, gift cards and store credit, with every movement."""
    return {
        "codes": [
            {
                "code": one.code,
                "campaign": one.campaign,
                "issued_at": _text(one.issued_at),
                "valid_until": _text(one.valid_until),
                "used": one.used,
            }
            for one in queries.codes_of_customer(customer_ids=customer_ids, now=WITHOUT_HOLDS)
        ],
        "stored_value": [
            {
                "kind": one.kind.value,
                "currency": one.currency,
                "balance": f"{to_major(one.balance_minor, one.currency):f}",
                "expires_at": _text(one.expires_at),
                "movements": [
                    {
                        "at": _text(move.at),
                        "reason": move.reason.value,
                        "amount": f"{to_major(move.amount_minor, move.currency):f}",
                    }
                    for move in queries.movements(account_id=one.id)
                ],
            }
            for one in queries.stored_value_of(customer_ids=customer_ids, now=WITHOUT_HOLDS)
        ],
    }


def erase(customer_ids: Sequence[UUID], now: datetime) -> None:
    """Leave codes and ledgers under ids that are nobody's."""
    del customer_ids, now


register_personal_data("vouchers", PersonalData(export=export, erase=erase))


@register_teller("code.issued", *SENTENCES)
def tell(batch: Sequence[RecordedEvent]) -> Mapping[UUID, Telling | None]:
    """Tell codes by their campaign and movements of value by their amount."""
    return {one.id: _issued(one) if one.name == "code.issued" else _moved(one) for one in batch}


def _issued(one: RecordedEvent) -> Telling:
    campaign = str(one.data["campaign"])
    sentence = Words(pl=ISSUED.pl.format(campaign=campaign), en=ISSUED.en.format(campaign=campaign))
    return Telling(sentence=sentence, icon="ticket-percent", link=f"/console/codes/campaigns/{campaign}/")


def _moved(one: RecordedEvent) -> Telling:
    minor, currency = int(one.data["amount_minor"]), str(one.data["currency"])
    sentence = SENTENCES[one.name]
    return Telling(
        sentence=Words(
            pl=sentence.pl.format(amount=money_text(minor, currency, "pl")),
            en=sentence.en.format(amount=money_text(minor, currency, "en")),
        ),
        icon="credit-card",
        link=f"/console/gift-cards/{one.data['account_id']}/",
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
