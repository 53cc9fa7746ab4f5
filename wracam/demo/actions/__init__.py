"""Filling an installation with the sample shop, and opening its pages."""

from wracam.demo.actions.filling import SIZE_DEFAULT, DemoTakenError, fill
from wracam.demo.actions.storefront import NoStorefrontError, open_storefront

__all__ = ["SIZE_DEFAULT", "DemoTakenError", "NoStorefrontError", "fill", "open_storefront"]
