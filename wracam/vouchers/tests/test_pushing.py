"""Making a campaign's codes known to a connected shop from the console: progress, results per code, errors, again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from wracam.foundation import jobs
from wracam.kernel.registry import Registry
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions, models, queries
from wracam.vouchers.contracts import PushState
from wracam.vouchers.ports import CodePusher, CodeToPush, PushOutcome, ShopDiscount

from .garden import NOON, publish_campaign

pytestmark = pytest.mark.django_db


@dataclass
class Till:
    """A shop that keeps coupons, refuses some codes, and may be closed for a while."""

    coupons: dict[str, CodeToPush] = field(default_factory=dict)
    refuses: set[str] = field(default_factory=set)
    closed_after: int | None = None

    def is_connected(self, shop_id: int) -> bool:
        return True

    def push(self, shop_id: int, codes: Sequence[CodeToPush], now: datetime) -> Sequence[PushOutcome]:
        if self.closed_after is not None and len(self.coupons) >= self.closed_after:
            raise ConnectionError("the shop is closed")
        self.coupons |= {one.code: one for one in codes if one.code not in self.refuses}
        return [
            PushOutcome(code=one.code, refusal="the shop knows better")
            if one.code in self.refuses
            else PushOutcome(code=one.code, external_id=f"c{len(one.code)}")
            for one in codes
        ]


@pytest.fixture
def till(monkeypatch) -> Till:
    """The shop as the only connected one."""
    found = Till()
    pushers: Registry[CodePusher] = Registry("pusher of codes")
    pushers.register("till", found)
    for module in ("actions", "queries"):
        monkeypatch.setattr(f"wracam.vouchers.{module}.pushing.PUSHERS", pushers)
    return found


def start(console, **form) -> str:
    """Push the codes of the campaign with what the form says; return where the console goes."""
    answer = console.post("/console/codes/campaigns/wiosna/push/", {"gives": "percent", "value": "12,5", **form})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_the_campaign_offers_to_push_only_where_a_shop_takes_codes(console, shop_id):
    publish_campaign("wiosna", {"kind": "shared", "codes": ["WIOSNA10"]})

    page = console.get("/console/codes/campaigns/wiosna/").content.decode()
    again = start(console)

    assert "/push/" not in page
    assert again.endswith("/console/codes/campaigns/wiosna/")


def test_codes_become_coupons_and_each_has_its_result(console, shop_id, till):
    till.refuses = {"LATO20"}
    publish_campaign(
        "wiosna",
        {"kind": "shared", "codes": ["WIOSNA10", "LATO20"], "limits": [{"uses": 3}, {"uses": 1, "per": "customer"}]},
    )
    assert "/console/codes/campaigns/wiosna/push/" in console.get("/console/codes/campaigns/wiosna/").content.decode()

    place = start(console, minimum="100")
    waiting = console.get(place).content.decode()
    jobs.run_due()
    page = console.get(place).content.decode()

    pushed = till.coupons["WIOSNA10"]
    assert (pushed.discount.percent_bp, pushed.discount.minimum_minor) == (1_250, 10_000)
    assert (pushed.uses, pushed.uses_per_customer) == (3, 1)
    assert "progress/" in waiting
    assert "progress/" not in page
    assert page.index("LATO20") < page.index("the shop knows better") < page.index("WIOSNA10")
    assert console.get(f"{place}progress/").headers["HX-Refresh"] == "true"

    till.refuses = set()
    assert console.post(f"{place}retry/").status_code == 302
    jobs.run_due()

    assert set(till.coupons) == {"WIOSNA10", "LATO20"}
    assert "the shop knows better" not in console.get(place).content.decode()
    assert console.post("/console/definitions/code_campaign/wiosna/archive").status_code == 302
    assert console.get(place).status_code == 200


def test_a_shop_that_closes_in_between_is_told_and_the_rest_goes_when_it_opens(shop_id, till, monkeypatch):
    monkeypatch.setattr("wracam.vouchers.actions.pushing.PUSHED_AT_ONCE", 2)
    publish_campaign("wiosna", {"kind": "single"})
    batch = actions.start_batch(shop_id=shop_id, campaign="wiosna", count=5, key="k", note="", actor=SYSTEM, now=NOON)
    actions.fill_batch(batch_id=batch.id, now=NOON)
    till.closed_after = 2
    push = actions.start_push(
        shop_id=shop_id, campaign="wiosna", discount=ShopDiscount(percent_bp=1_000), actor=SYSTEM, now=NOON
    )

    assert actions.push_more(push_id=push.id, now=NOON)
    with pytest.raises(ConnectionError):
        actions.push_more(push_id=push.id, now=NOON)
    actions.note_push_error(push_id=push.id, error="the shop is closed")
    halted = queries.push(push_id=push.id)
    till.closed_after = None
    while actions.push_more(push_id=push.id, now=NOON):
        pass
    done = queries.push(push_id=push.id)

    assert halted is not None
    assert (halted.state, halted.pushed, halted.error) == (PushState.RUNNING, 2, "the shop is closed")
    assert done is not None
    assert (done.state, done.asked, done.pushed, done.refused, done.error) == (PushState.DONE, 5, 5, 0, "")
    assert len(till.coupons) == 5


@pytest.mark.parametrize("form", [{"value": "0"}, {"value": "101"}, {"gives": "amount", "value": "1.005"}])
def test_a_discount_that_cannot_be_is_refused(console, shop_id, till, form):
    publish_campaign("wiosna", {"kind": "shared", "codes": ["WIOSNA10"]})

    assert start(console, **form).endswith("/console/codes/campaigns/wiosna/")
    assert models.CodePush.objects.count() == 0
