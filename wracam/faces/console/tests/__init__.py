"""Tests of the console's shell."""
