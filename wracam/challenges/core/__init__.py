"""Decisions about challenges as pure functions."""
