"""Codes that the shop itself must know become its coupons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wracam.connectors.woocommerce import actions, queries
from wracam.vouchers.ports import CodeToPush, PushOutcome, register_code_pusher


class WooCommercePusher:
    """Pushes codes by REST into shops that have given us their keys."""

    def is_connected(self, shop_id: int) -> bool:
        """Say whether we have keys of this shop."""
        connection = queries.connection_of(shop_id=shop_id)
        return connection is not None and connection.has_keys

    def push(self, shop_id: int, codes: Sequence[CodeToPush], now: datetime) -> Sequence[PushOutcome]:
        """Make coupons of the codes."""
        return actions.push_coupons(shop_id=shop_id, codes=codes, now=now)


register_code_pusher("woocommerce", WooCommercePusher())
