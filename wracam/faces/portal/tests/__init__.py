"""Tests of the member pages."""
