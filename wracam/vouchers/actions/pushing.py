"""Making codes known to a connected shop that checks them itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wracam.vouchers.ports import PUSHED_MAX, PUSHERS, CodeToPush, PushOutcome


def push_codes(*, shop_id: int, codes: Sequence[CodeToPush], now: datetime) -> list[PushOutcome] | None:
    """Push codes into the shop, whoever knows what they give; an outcome for each, in their order.

    None when no connector can write codes there. Calls the shop over the network: outside transactions, from a job.
    The connector's own error is raised when the shop does not answer; the whole call may then be repeated.
    """
    if len(codes) > PUSHED_MAX:
        raise ValueError(f"at most {PUSHED_MAX} codes are pushed at once")
    for pusher in PUSHERS:
        if pusher.is_connected(shop_id):
            return list(pusher.push(shop_id, codes, now))
    return None
