"""The console's part of rules: what the sentence editor asks while somebody edits."""

from __future__ import annotations

import json

from django.http import HttpResponse, JsonResponse
from django.urls import path

from wracam.faces.console.ports import ConsoleRequest, console_page
from wracam.rules import queries
from wracam.rules.templatetags.conditions import language_of_screen

CONDITION_LENGTH_MAX = 200_000


@console_page(permission="view", methods=("POST",))
def preview(request: ConsoleRequest) -> HttpResponse:
    """Say the condition being edited, or what is wrong with it: `{"sentence": …, "problems": [{path, message}]}`."""
    text = request.POST.get("condition", "")
    subjects = [name for name in request.POST.get("subjects", "").split(",") if name]
    try:
        condition = json.loads(text[:CONDITION_LENGTH_MAX])
    except (ValueError, RecursionError):
        return JsonResponse({"sentence": "", "problems": []}, status=400)
    language = language_of_screen()
    problems = queries.validate_condition(condition, subjects)
    said = "" if problems else queries.sentence(condition, language, request.POST.get("currency") or None)
    return JsonResponse(
        {
            "sentence": said,
            "problems": [{"path": problem.path, "message": problem.message.say(language)} for problem in problems],
        }
    )


urlpatterns = [path("console/rules/preview", preview, name="preview")]
