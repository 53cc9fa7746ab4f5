"""The router of carts, its scopes and kinds of problems."""

from __future__ import annotations

from wracam.faces.api.endpoints import Router
from wracam.shops.ports import register_scope

router = Router(tags=["Carts"])
EVALUATE = "carts:evaluate"
WRITE = "carts:write"
register_scope(EVALUATE, pl="wycena koszyków", en="evaluate carts", is_public=True)
register_scope(WRITE, pl="rezerwowanie i zatwierdzanie koszyków", en="reserve and commit carts")
