"""Carts over the API: evaluate, reserve, commit, release, refund. One cart document, one answer."""

from wracam.promotions.api import carts, life
from wracam.promotions.api.routing import router

__all__ = ["carts", "life", "router"]
