"""The decisions of the loyalty programme as pure functions."""
