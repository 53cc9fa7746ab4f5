"""What a person may take away of their codes and cards, and how both read in their story."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from wracam.events.contracts import RecordedEvent
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions, privacy
from wracam.vouchers.contracts import IssuedCode

from .garden import NOON, publish_campaign

pytestmark = pytest.mark.django_db
ANIA = UUID(int=1)


def test_a_person_takes_away_codes_and_every_movement_of_their_credit(shop_id):
    publish_campaign("birthday", {"kind": "personal"})
    issued = actions.issue(shop_id=shop_id, campaign="birthday", customer_id=ANIA, key="k", now=NOON)
    actions.add_store_credit(
        shop_id=shop_id, customer_id=ANIA, amount_minor=1_250, currency="PLN", key="a", actor=SYSTEM, now=NOON
    )

    told = privacy.export([ANIA])

    assert isinstance(issued, IssuedCode)
    assert [(one["code"], one["used"]) for one in told["codes"]] == [(issued.code, 0)]
    [credit] = told["stored_value"]
    assert (credit["kind"], credit["balance"]) == ("store_credit", "12.50")
    assert [(one["reason"], one["amount"]) for one in credit["movements"]] == [("topped_up", "12.50")]
    assert privacy.export([UUID(int=2)]) == {"codes": [], "stored_value": []}


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("code.issued", {"campaign": "birthday"}, "Wydano kod akcji birthday"),
        (
            "stored_value.paid",
            {"account_id": str(ANIA), "amount_minor": 1_250, "currency": "PLN"},
            "Zapłacono kartą lub saldem: 12,50\N{NO-BREAK SPACE}zł",
        ),
    ],
)
def test_events_of_vouchers_read_as_sentences(name, data, said):
    happened = RecordedEvent(
        id=uuid4(), position=1, name=name, shop_id=1, customer_id=ANIA, occurred_at=NOON, recorded_at=NOON, data=data,
        cause_id=None, depth=0, txid=1,
    )  # fmt: skip

    telling = privacy.tell([happened])[happened.id]

    assert telling is not None
    assert telling.sentence.pl == said
