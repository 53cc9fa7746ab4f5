"""Reads of vouchers: keyword-only, typed, returning contracts."""

from wracam.vouchers.queries.allowances import hold_of, left

__all__ = ["hold_of", "left"]
