"""What every screen's template can use beside its own values."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def console(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's values for console pages, nothing for others."""
    return {}
