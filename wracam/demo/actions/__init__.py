"""Filling an installation with the sample shop."""

from wracam.demo.actions.filling import SIZE_DEFAULT, DemoTakenError, fill

__all__ = ["SIZE_DEFAULT", "DemoTakenError", "fill"]
