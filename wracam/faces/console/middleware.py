"""The console speaks the language its staff member chose, and keeps the clock of the shop they look at."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

PREFIXES = ("/console/", "/api/docs")


class StaffLanguageMiddleware:
    """Activates the language of the signed-in staff member for their screens; needs the user on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the staff member's language."""
        if request.path.startswith(PREFIXES) and request.user.is_authenticated:
            language = getattr(request.user, "language", settings.LANGUAGE_CODE)
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)
