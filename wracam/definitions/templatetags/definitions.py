"""The status bar that every kind's editor puts on top: `{% definition_bar "earning_rule" key %}`.

Its buttons post to the pages of `definitions/console.py` and come back to the page they are on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from wracam.definitions import queries
from wracam.definitions.contracts import DefinitionState, EditableDefinition
from wracam.faces.console.ports import Action, DefinitionBar, Status, say
from wracam.kernel.language import Words, date_text

register = template.Library()


@register.inclusion_tag("console/components/definition_bar.html", takes_context=True)
def definition_bar(context: RequestContext, kind: str, key: str, problems: Sequence[str] = ()) -> dict[str, Any]:
    """Show where a definition stands, what keeps it from being published, and what can be done with it.

    *problems* are those of what was just sent and is not saved; without them, those of the draft are shown.
    """
    request = context["request"]
    found = queries.editable(kind, key)
    may_publish = found is not None and request.user.may("definitions.publish")
    bar = bar_of(found, came_from=request.path, may_publish=may_publish) if found else DefinitionBar(status=_new())
    if problems:
        bar = replace(bar, problems=problems)
    return {"bar": bar, "request": request, "csrf_token": context.get("csrf_token")}


def bar_of(found: EditableDefinition, *, came_from: str, may_publish: bool) -> DefinitionBar:
    """Return the bar of a definition; only those who may publish get buttons that change something."""
    problems = queries.problems(found.kind, found.name, found.draft) if found.draft is not None else []
    return DefinitionBar(
        status=status_of(found),
        saved=_("Saved %(time)s") % {"time": date_format(localtime(found.updated_at), "H:i")} if found.draft else "",
        problems=[say(problem.message) for problem in problems],
        actions=_actions(found, came_from, is_sound=not problems) if may_publish else (),
        history_url=_history_url(found, came_from) if found.live else "",
        live_note=_live_note(found),
    )


def status_of(found: EditableDefinition) -> Status:
    """Return the badge of a definition: live, live with a draft, draft, in review, archived."""
    if found.state is DefinitionState.LIVE and found.draft is not None:
        return Status(title=_("Live, with unpublished changes"), tone="look")
    titles = {
        DefinitionState.LIVE: Status(title=_("Live"), tone="good"),
        DefinitionState.DRAFT: Status(title=_("Draft"), tone="look"),
        DefinitionState.IN_REVIEW: Status(title=_("In review"), tone="look"),
        DefinitionState.ARCHIVED: Status(title=_("Archived"), tone="quiet"),
    }
    return titles[found.state]


def _history_url(found: EditableDefinition, came_from: str) -> str:
    return f"{reverse('definitions:history', args=[found.kind, found.key])}?{urlencode({'next': came_from})}"


def _new() -> Status:
    return Status(title=_("Not saved yet"), tone="quiet")


def _live_note(found: EditableDefinition) -> str:
    if found.live is None or found.state is not DefinitionState.LIVE:
        return ""
    published_on = localtime(found.live.published_at).date()
    day = say(Words(pl=date_text(published_on, "pl"), en=date_text(published_on, "en")))
    return _("Live since %(day)s, version %(number)s") % {"day": day, "number": found.live.number}


def _actions(found: EditableDefinition, came_from: str, *, is_sound: bool) -> list[Action]:
    values = {"revision": str(found.revision), "next": came_from}
    target = [found.kind, found.key]
    shown = []
    if found.draft is not None and found.live is not None:
        title, url = _("See changes"), reverse("definitions:diff", args=target)
        shown.append(Action(title=title, url=url))
        url = reverse("definitions:discard", args=target)
        confirm = _("The unpublished changes will be lost. What is live stays.")
        shown.append(Action(title=_("Discard"), url=url, post=True, values=values, confirm=confirm))
    if found.state is DefinitionState.LIVE:
        url = reverse("definitions:archive", args=target)
        confirm = _("“%(name)s” stops working for everybody. Its history stays.") % {"name": found.name}
        shown.append(Action(title=_("Archive"), url=url, post=True, values=values, confirm=confirm, is_dangerous=True))
    if found.draft is not None and is_sound:
        url = reverse("definitions:publish", args=target)
        shown.append(Action(title=_("Publish"), url=url, post=True, values=values, is_main=True))
    return shown
