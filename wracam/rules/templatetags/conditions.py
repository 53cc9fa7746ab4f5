"""Tags for pages that show or edit conditions."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django import template
from django.utils import translation

from wracam.definitions.contracts import InvalidDefinitionError
from wracam.kernel.language import Language
from wracam.rules import queries
from wracam.rules.contracts import ALWAYS, Condition

register = template.Library()


def language_of_screen() -> Language:
    """Return the language the page is being rendered in."""
    return "pl" if (translation.get_language() or "en").startswith("pl") else "en"


@register.simple_tag
def condition_options(subjects: Collection[str] | str) -> dict[str, Any]:
    """Return the editor's options for subjects given as a list or as `"customer,order"`."""
    names = [name.strip() for name in subjects.split(",")] if isinstance(subjects, str) else subjects
    return queries.form_options(names, language_of_screen())


@register.simple_tag
def condition_sentence(condition: Condition | None, currency: str | None = None) -> str:
    """Say a condition in the language of the page; an unsound one says nothing."""
    try:
        return queries.sentence(condition or ALWAYS, language_of_screen(), currency or None)
    except InvalidDefinitionError:
        return ""


@register.simple_tag
def condition_or_always(condition: Condition | None) -> Condition:
    """Return the condition to edit; None and an empty one hold for everybody."""
    return condition or ALWAYS


@register.filter
def condition_json(condition: Condition) -> str:
    """Write a condition as JSON, for the field that carries it; the template escapes it."""
    return json.dumps(condition, ensure_ascii=False)
