"""Wracam: loyalty, promotions, customer knowledge and care for online shops, self-hosted."""

__version__ = "0.1.0"
