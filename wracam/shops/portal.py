"""Tells the member pages which shops there are, how they look, and what signs their customers in."""

from __future__ import annotations

from wracam.faces.portal.ports import PortalShop, register_shops
from wracam.shops import queries


class Shops:
    """The shops of this installation, for the member pages."""

    def by_key(self, key: str) -> PortalShop | None:
        """Return the shop of an address."""
        shop = queries.shop_by_key(key)
        if shop is None:
            return None
        look = queries.theme(shop.id)
        return PortalShop(
            id=shop.id,
            key=shop.key,
            name=shop.name,
            language=shop.language,
            time_zone=shop.time_zone,
            currency=shop.currency,
            url=shop.url,
            accent=look.accent,
            radius_px=look.radius_px,
            logo_version=look.logo_version,
        )

    def logo(self, shop_id: int) -> tuple[str, bytes] | None:
        """Return media type and content of the shop's logo."""
        return queries.logo(shop_id)

    def member_secret(self, shop_id: int) -> str | None:
        """Return the secret with which the shop signs its customers in."""
        return queries.member_secret(shop_id)


register_shops(Shops())
