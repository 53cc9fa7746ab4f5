"""Vouchers over the API: codes, batches, gift cards and store credit."""

from wracam.vouchers.api import batches, cards, codes
from wracam.vouchers.api.routing import router

__all__ = ["batches", "cards", "codes", "router"]
