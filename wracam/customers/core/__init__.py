"""Decisions about people: normal marks, facts and their age, who is who, names."""
