"""The code campaigns that a promotion can ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wracam.faces.console.ports import ShellShop, say
from wracam.vouchers import queries as vouchers


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignChoice:
    """A code campaign as a box to tick."""

    key: str
    name: str
    is_on: bool


def choices(shop: ShellShop, chosen: Sequence[str]) -> list[CampaignChoice]:
    """Return the shop's live campaigns, and what is chosen already, even if there is no such campaign any more."""
    live = {
        key: say(one.title) or key
        for key, one in vouchers.live_campaigns().by_key.items()
        if not one.shop_keys or shop.key in one.shop_keys
    }
    names = live | {key: key for key in chosen if key not in live}
    return [CampaignChoice(key=key, name=name, is_on=key in chosen) for key, name in sorted(names.items())]
