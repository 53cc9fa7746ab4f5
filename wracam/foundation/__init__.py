"""Thin glue between Django and the features: configuration, loading, transactions, jobs, clock, secrets."""
