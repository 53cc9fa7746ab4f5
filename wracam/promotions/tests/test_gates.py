"""Gates that are answered together close for the same promotions, and for the same reason, as those asked one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from wracam.promotions.contracts import Cart
from wracam.promotions.queries.judging import Jury
from wracam.promotions.queries.looking import Visit, look
from wracam.vouchers import actions as vouchers
from wracam.vouchers.contracts import Claim

from .garden import NOON, TEN_OFF, cart, customer, line, promote, publish

pytestmark = pytest.mark.django_db
ANIA: dict[str, Any] = {"attribute": "customer.first_name", "is": "equals", "value": "Ania"}
BIG: dict[str, Any] = {"attribute": "cart.items_total", "is": "at_least", "value": {"amount": "150", "currency": "PLN"}}
_ID = UUID(int=7)
ONCE = [{"uses": 1, "per": "ever", "for": "everyone"}]
BODIES: dict[str, dict[str, Any]] = {
    "for_ania": {"audience": ANIA},
    "for_ania_too": {"audience": ANIA},
    "for_ania_if_big": {"audience": ANIA, "if": BIG},
    "if_big": {"if": BIG},
    "if_big_once": {"if": BIG, "limits": ONCE},
    "for_ania_once": {"audience": ANIA, "limits": ONCE},
    "once": {"limits": ONCE},
    "coded": {"codes": {"campaigns": ["wiosna"]}},
    "coded_once": {"codes": {"campaigns": ["wiosna"]}, "limits": ONCE},
    "coded_for_ania": {"codes": {"campaigns": ["wiosna"]}, "audience": ANIA},
    "coded_if_big": {"codes": {"campaigns": ["wiosna"]}, "if": BIG},
    "at_the_till": {"channels": ["pos"]},
    "at_the_till_if_big": {"channels": ["pos"], "if": BIG},
    "open": {},
}


@pytest.mark.parametrize("who", ["ania", "bartek", None])
@pytest.mark.parametrize("basket", [cart(), cart(line(quantity=9))], ids=["small", "big"])
def test_gates_answered_together_are_those_asked_one_by_one(shop_id: int, who: str | None, basket: Cart) -> None:
    buyer = customer(shop_id, who) if who else None
    publish("code_campaign", "wiosna", {"kind": "shared", "codes": ["WIOSNA10"], "limits": [{"uses": 1}]})
    for key, body in BODIES.items():
        promote(key, {**TEN_OFF, **body})
    used = [f"promotion:{key}:uses:all:" for key in ("if_big_once", "for_ania_once", "once", "coded_once")]

    for are_used in (False, True):
        if are_used:
            claims = [Claim(key=key, amount=1, maximum=1) for key in used]
            vouchers.hold(shop_id=shop_id, reservation_id=_ID, claims=claims, until=NOON.replace(year=2099), now=NOON)
        for channel in ("web", "pos"):
            for campaigns in (set(), {"wiosna"}):
                visit = Visit(shop_id=shop_id, at=NOON, customer_id=buyer, channel=channel)
                jury = Jury(look(visit, ["MON-1"]), basket, campaigns)
                together, singly = (
                    {key: one.standing for key, one in jury.judged(explains_all=explains).items()}
                    for explains in (False, True)
                )
                assert together == singly
                assert ("once" in together) is are_used
