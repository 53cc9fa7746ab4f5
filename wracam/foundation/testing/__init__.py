"""Help for tests: a real PostgreSQL for the run, and the pytest plug-in that starts it (`plugin`)."""
