"""The console's pages of shops, staff and keys, and everything about signing in."""

from wracam.shops.console import directory
from wracam.shops.console.urls import plain_urlpatterns, urlpatterns

directory.register()

__all__ = ["plain_urlpatterns", "urlpatterns"]
