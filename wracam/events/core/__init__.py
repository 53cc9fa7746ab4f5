"""Decisions of the event log: lanes, months, retry schedules, intake rules and webhook signatures."""
