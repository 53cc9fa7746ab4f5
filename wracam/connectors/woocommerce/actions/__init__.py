"""What changes about WooCommerce connections: connecting, receiving deliveries, handling them, reading by REST."""

from wracam.connectors.woocommerce.actions.connecting import (
    accept_keys,
    begin_authorization,
    connect,
    rotate_secret,
    store_keys,
)
from wracam.connectors.woocommerce.actions.coupons import push_coupons
from wracam.connectors.woocommerce.actions.handling import forget_old_deliveries, handle_waiting, retry_failed
from wracam.connectors.woocommerce.actions.receiving import receive
from wracam.connectors.woocommerce.actions.rest import RestError
from wracam.connectors.woocommerce.actions.syncing import start_sync, sync_page
from wracam.connectors.woocommerce.actions.webhook_setup import create_webhooks

__all__ = [
    "RestError",
    "accept_keys",
    "begin_authorization",
    "connect",
    "create_webhooks",
    "forget_old_deliveries",
    "handle_waiting",
    "push_coupons",
    "receive",
    "retry_failed",
    "rotate_secret",
    "start_sync",
    "store_keys",
    "sync_page",
]
