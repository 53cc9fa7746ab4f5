"""Addresses of a WooCommerce shop: where its REST is, and where it asks its owner for our keys."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

APP_NAME = "Wracam"
REST = "/wp-json/wc/v3"


def shop_address(text: str) -> str:
    """Return the shop's address as we keep it: with scheme, without a slash at the end, query or fragment.

    Raises `ValueError` for what is no address of a web site.
    """
    bare = text.strip()
    parts = urlsplit(bare if "://" in bare else f"https://{bare}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or " " in parts.netloc:
        raise ValueError("write the address of your shop, such as https://zielnik.example")
    path = parts.path.rstrip("/")
    for tail in ("/wp-admin", "/wp-login.php"):
        path = path.removesuffix(tail)
    return urlunsplit((parts.scheme, parts.netloc.lower(), path, "", ""))


def authorization_address(shop_url: str, *, state: str, return_url: str, callback_url: str) -> str:
    """Return the page of the shop on which its owner gives us keys with one click."""
    query = {
        "app_name": APP_NAME,
        "scope": "read_write",
        "user_id": state,
        "return_url": return_url,
        "callback_url": callback_url,
    }
    return f"{shop_url}/wc-auth/v1/authorize?{urlencode(query)}"


def rest_address(shop_url: str, path: str) -> str:
    """Return the address of a REST resource, without its query."""
    return f"{shop_url}{REST}/{path}"
