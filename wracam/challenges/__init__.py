"""Challenges: goals over whatever can be counted, streaks, stamp cards, badges and rankings."""
