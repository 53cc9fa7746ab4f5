"""Where connectors plug in that push codes into a shop which checks them itself.

A pusher is idempotent: a code that the shop has already is updated, not doubled. It answers for each code; errors of
the network it raises, so that the job is tried again. `docs/vouchers.md` says what each shop's form expects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wracam.kernel.registry import Registry

PUSHED_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDiscount:
    """What the shop shall give for a code: a percentage (basis points), an amount (minor units), or delivery."""

    percent_bp: int = 0
    amount_minor: int = 0
    currency: str = ""
    has_free_shipping: bool = False
    minimum_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeToPush:
    """One code as the shop shall know it. `ends_at` is exclusive; `email` binds it to one buyer."""

    code: str
    discount: ShopDiscount
    ends_at: datetime | None = None
    uses: int | None = None
    uses_per_customer: int | None = None
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushOutcome:
    """What became of one code: the shop's id of it, or the reason why the shop refused it."""

    code: str
    external_id: str = ""
    refusal: str = ""


class CodePusher(Protocol):
    """Pushes codes into the shops that one connector is connected to."""

    def is_connected(self, shop_id: int) -> bool:
        """Say whether this shop has a connection that may write codes."""
        ...

    def push(self, shop_id: int, codes: Sequence[CodeToPush], now: datetime) -> Sequence[PushOutcome]:
        """Make up to `PUSHED_MAX` codes known to the shop; an outcome for each, in their order."""
        ...


PUSHERS: Registry[CodePusher] = Registry("pusher of codes")


def register_code_pusher(name: str, pusher: CodePusher) -> CodePusher:
    """Add a connector that can push codes: `register_code_pusher("woocommerce", …)`."""
    return PUSHERS.register(name, pusher)
