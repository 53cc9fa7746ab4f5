"""The pages about the API: the OpenAPI document for programs, and the same for people."""

from __future__ import annotations

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from wracam.faces.api import limits, openapi, reference
from wracam.faces.api.bodies import BODY_SIZE_MAX
from wracam.faces.api.idempotency import KEPT_DAYS
from wracam.faces.api.paging import LIMIT_MAX


@require_safe
def openapi_document(request: HttpRequest) -> HttpResponse:
    """Serve the OpenAPI 3.1 document."""
    response = HttpResponse(msgspec.json.encode(openapi.document()), content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "max-age=300"
    return response


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Show every endpoint with its fields, an example, and every kind of problem."""
    context = {
        "groups": reference.groups(openapi.document(), address=settings.PUBLIC_URL),
        "problems": reference.problem_kinds(),
        "address": settings.PUBLIC_URL,
        "server_limit": limits.SERVER_LIMIT,
        "publishable_limit": limits.PUBLISHABLE_LIMIT,
        "kept_days": KEPT_DAYS,
        "page_size_max": LIMIT_MAX,
        "body_megabytes_max": BODY_SIZE_MAX // 1_000_000,
    }
    return render(request, "api/docs.html", context)


urlpatterns = [
    path("api/docs", documentation, name="documentation"),
    path("api/openapi.json", openapi_document, name="openapi"),
]
