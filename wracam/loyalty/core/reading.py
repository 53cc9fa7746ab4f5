"""Reading a definition's JSON body: the reader that all kinds share."""

from wracam.definitions.ports import Reader

__all__ = ["Reader"]
