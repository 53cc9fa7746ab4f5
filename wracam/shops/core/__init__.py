"""Decisions of the shops feature, as pure functions."""
