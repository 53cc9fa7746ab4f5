"""Tells the console's shell which shops there are, and who still needs a second factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.urls import reverse

from wracam.faces.console.ports import ShellShop, register_shop_directory
from wracam.shops import queries
from wracam.shops.contracts import Role


class Shops:
    """The shops of this installation."""

    def shops(self) -> Sequence[ShellShop]:
        """Return all shops, oldest first."""
        return [
            ShellShop(
                id=shop.id,
                key=shop.key,
                name=shop.name,
                currency=shop.currency,
                language=shop.language,
                time_zone=shop.time_zone,
            )
            for shop in queries.shops()
        ]

    def url_of_first_shop(self) -> str:
        """Return the page where a shop is opened."""
        return reverse("shops:new_shop")

    def second_factor_missing(self, user: Any) -> str:
        """Return where an owner sets up a second factor, if owners must have one and this one has none."""
        must = settings.REQUIRE_SECOND_FACTOR and user.role == Role.OWNER.value
        return reverse("mfa_index") if must and not is_mfa_enabled(user) else ""


def register() -> None:
    """Plug the shops into the shell."""
    register_shop_directory(Shops())
