"""The screens of codes and gift cards in a browser: axe finds nothing, in both languages and sizes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import axe_problems
from tests.browser.screens import LOOKS
from wracam.foundation.clock import now
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions, queries
from wracam.vouchers.contracts import IssuedCode
from wracam.vouchers.tests.garden import publish_campaign

FOLDER = os.environ.get("WRACAM_SCREENSHOTS", "")


@pytest.fixture
def addresses(world) -> dict[str, str]:
    """A batch of codes, a code of Ania's, a gift card that was topped up, and somebody who guesses."""
    shop_id = world.shop.id
    publish_campaign(
        "spring", {"kind": "single", "format": {"prefix": "ROSE"}, "limits": [{"uses": 1, "per": "customer"}]}
    )
    publish_campaign("birthday", {"kind": "personal", "valid_days": 30})
    publish_campaign("shared", {"kind": "shared", "codes": ["WIOSNA20"]})
    made = {"shop_id": shop_id, "actor": SYSTEM, "now": now()}
    batch = actions.start_batch(campaign="spring", count=1_000, key="b", note="ulotki", **made)
    actions.fill_batch(batch_id=batch.id, now=now())
    running = actions.start_batch(campaign="spring", count=50_000, key="c", **made)
    issued = actions.issue(shop_id=shop_id, campaign="birthday", customer_id=world.ania, key="k", now=now())
    card = actions.issue_gift_card(amount_minor=20_000, currency="PLN", key="g", **made).card
    actions.top_up(account_id=card.id, amount_minor=5_000, key="t", actor=SYSTEM, now=now(), note="za cierpliwość")
    for number in range(23):
        code = f"GUESS{number}"
        actions.check_codes(shop_id=shop_id, codes=[code], customer_id=None, address="83.12.4.9", now=now())
    assert isinstance(issued, IssuedCode)
    assert queries.verify_stored_value() == []
    return {
        "codes": "/console/codes/",
        "code-campaign": "/console/codes/campaigns/spring/",
        "code-campaign-shared": "/console/codes/campaigns/shared/",
        "code-campaign-personal": "/console/codes/campaigns/birthday/",
        "code-batch": f"/console/codes/batches/{batch.id}/",
        "code-batch-running": f"/console/codes/batches/{running.id}/",
        "code-found": f"/console/codes/find/?code={issued.code}",
        "code-guessing": "/console/codes/guessing/",
        "gift-cards": "/console/gift-cards/",
        "gift-card": f"/console/gift-cards/{card.id}/",
    }


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_axe_finds_nothing_on_the_screens_of_vouchers(world, addresses, language, scheme, width):
    world.speak(language)
    options: dict[str, Any] = {"color_scheme": scheme, "locale": language, "viewport": {"width": width, "height": 900}}
    page = world.page(staff=True, **options)
    found = []
    for name, address in addresses.items():
        page.goto(address)
        found += [f"{name}: {problem}" for problem in axe_problems(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{name}: {wide} px wider than the window"] if wide > 0 else []
        if FOLDER:
            Path(FOLDER).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(FOLDER) / f"{name}-{language}-{scheme}-{width}.png", full_page=True)

    assert found + world.noise == []
