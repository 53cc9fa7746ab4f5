"""Health for proxies and container platforms: alive says that the process answers, ready that it can work."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wracam.config import schema
from wracam.config.errors import CommandError

_is_migrated = False


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Say that this process answers."""
    del request
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether the database answers and has this version's tables; 503 with the reason otherwise."""
    del request
    reason = _trouble()
    return (
        JsonResponse({"status": "not ready", "reason": reason}, status=503)
        if reason
        else JsonResponse({"status": "ready"})
    )


def _trouble() -> str:
    """Return what stands in the way, in a word for machines; tables are looked at until they are fine once."""
    global _is_migrated
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _is_migrated:
            _is_migrated = not schema.waiting_migrations()
    except (DatabaseError, InterfaceError):
        return "database"
    except CommandError:
        return "newer database"
    return "" if _is_migrated else "migrations"
