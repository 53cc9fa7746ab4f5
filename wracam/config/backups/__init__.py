"""Backups: a consistent dump with figures in one archive, restored once before we call it good."""
