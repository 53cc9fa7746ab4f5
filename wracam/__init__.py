"""Wracam: loyalty, promotions, customer knowledge and care for online shops, self-hosted."""

from wracam.foundation import compiled

__version__ = "0.1.0"

compiled.prefer()
