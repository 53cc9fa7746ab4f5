"""Tests that drive Chromium: flows, keyboard, accessibility, photographs."""
