"""Versioned documents: what a merchant decides, with one life cycle for every kind."""
