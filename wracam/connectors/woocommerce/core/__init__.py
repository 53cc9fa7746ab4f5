"""Decisions about calls from and to WooCommerce: signatures, pings, addresses, errors in words."""
