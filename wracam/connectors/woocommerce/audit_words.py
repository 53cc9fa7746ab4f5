"""What the lines of WooCommerce connections in the audit log mean."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.shops.ports import register_audit_kinds, register_audit_verbs

register_audit_verbs(
    {
        "woocommerce.connected": Words(pl="połączono sklep WooCommerce", en="connected a WooCommerce shop"),
        "woocommerce.secret_rotated": Words(pl="wymieniono sekret webhooków", en="replaced the webhook secret"),
        "woocommerce.authorization_begun": Words(pl="rozpoczęto autoryzację", en="began the authorisation"),
        "woocommerce.keys_received": Words(pl="odebrano klucze", en="received keys"),
        "woocommerce.keys_stored": Words(pl="zapisano klucze", en="stored keys"),
    }
)
register_audit_kinds(
    {
        "woocommerce_connection": Words(pl="połączenie z WooCommerce", en="WooCommerce connection"),
    }
)
