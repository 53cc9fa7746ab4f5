"""Decisions of the member pages: colours people can read, tokens shops sign."""
