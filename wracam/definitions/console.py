"""The pages that all kinds of definitions share: history, differences, and the steps of the life cycle.

The editor of a kind belongs to its feature; it shows `{% definition_bar kind key %}`, whose buttons post here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from wracam.definitions import actions, queries
from wracam.definitions.contracts import (
    ChangeKind,
    DefinitionError,
    Difference,
    DifferenceKind,
    EditableDefinition,
    HistoryEntry,
    InvalidDefinitionError,
    StaleRevisionError,
    UnknownDefinitionError,
)
from wracam.definitions.ports import KINDS
from wracam.faces.console.ports import Action, Change, ConsoleRequest, HistoryLine, console_page, say
from wracam.foundation import clock

VALUE_LENGTH_MAX = 400


@console_page(permission="view")
def history(request: ConsoleRequest, kind: str, key: str) -> HttpResponse:
    """Show every version of a definition: who published it, when and why; lead to differences and back."""
    found = _existing(kind, key)
    entries = queries.history(kind, key)
    may_publish = _staff(request).may("definitions.publish")
    lines = [_line(found, entry, may_publish) for entry in entries]
    context = {"definition": found, "kind": KINDS.get(kind), "lines": lines, "back": _came_from(request.GET)}
    return render(request, "definitions/history.html", context)


@console_page(permission="view")
def diff(request: ConsoleRequest, kind: str, key: str) -> HttpResponse:
    """Compare two versions, or what is live with the draft, place by place and in words."""
    found = _existing(kind, key)
    old, new = _number(request.GET.get("old")), _number(request.GET.get("new"))
    before, after = _body(found, old, live=True), _body(found, new, live=False)
    context = {
        "definition": found,
        "old": old,
        "new": new,
        "changes": [_change(item) for item in queries.differences_between(before, after)],
        "sentences": [_sentence(kind, before), _sentence(kind, after)],
    }
    return render(request, "definitions/diff.html", context)


@console_page(permission="definitions.publish", methods=("POST",))
def publish(request: ConsoleRequest, kind: str, key: str) -> HttpResponse:
    """Bring the draft into force."""
    return _step(request, kind, key, _("Published. It works from now on."), lambda common: actions.publish(**common))


@console_page(permission="definitions.publish", methods=("POST",))
def roll_back(request: ConsoleRequest, kind: str, key: str) -> HttpResponse:
    """Publish an earlier version again."""
    number = _number(request.POST.get("number"))
    said = _("Version %(number)s works again.") % {"number": number}
    return _step(request, kind, key, said, lambda common: actions.roll_back(number=number, **common))


@console_page(permission="definitions.publish", methods=("POST",))
def archive(request: ConsoleRequest, kind: str, key: str) -> HttpResponse:
    """Take a definition out of force."""
    return _step(request, kind, key, _("Archived."), lambda common: actions.archive(**common))


@console_page(permission="definitions.edit", methods=("POST",))
def discard(request: ConsoleRequest, kind: str, key: str) -> HttpResponse:
    """Throw the draft away."""
    return _step(
        request, kind, key, _("The unpublished changes are gone."), lambda common: actions.discard_draft(**common)
    )


def _step(
    request: ConsoleRequest, kind: str, key: str, said: str, step: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Take one step of the life cycle, say how it went, and return to the page that asked for it."""
    _existing(kind, key)
    common = {
        "kind": kind,
        "key": key,
        "expected_revision": _number(request.POST.get("revision")) or None,
        "actor": _staff(request).as_actor,
        "now": clock.now(),
    }
    try:
        step(common)
    except InvalidDefinitionError as error:
        messages.error(request, " ".join(say(problem.message) for problem in error.problems))
    except StaleRevisionError:
        messages.error(request, _("Somebody changed this in the meantime. Look at it again and repeat your step."))
    except UnknownDefinitionError as error:
        raise Http404(str(error)) from None
    except DefinitionError:
        messages.error(request, _("This step is not possible now. Load the page again."))
    else:
        messages.success(request, said)
    return redirect(_came_from(request.POST) or reverse("definitions:history", args=[kind, key]))


def _staff(request: ConsoleRequest) -> Any:
    """The signed-in member of staff; the shell lets nobody else in."""
    return request.user


def _came_from(told: QueryDict) -> str:
    target = told.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else ""


def _existing(kind: str, key: str) -> EditableDefinition:
    found = queries.editable(kind, key) if kind in KINDS else None
    if found is None:
        raise Http404(f"there is no {kind} {key!r}")
    return found


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _body(found: EditableDefinition, number: int, *, live: bool) -> Any:
    """The body of a version; 0 means what is live on the old side, and the draft on the new."""
    if number == 0:
        return (found.live.body if found.live else {}) if live else found.body
    try:
        return queries.version_by_number(found.kind, found.key, number).body
    except UnknownDefinitionError as error:
        raise Http404(str(error)) from None


def _line(found: EditableDefinition, entry: HistoryEntry, may_publish: bool) -> HistoryLine:
    version = entry.version
    notes = {
        ChangeKind.PUBLISHED: _("published"),
        ChangeKind.ROLLED_BACK: _("rolled back to %(number)s") % {"number": entry.note},
        ChangeKind.ARCHIVED: _("archived"),
    }
    own = f": {entry.note}" if entry.note and entry.what is ChangeKind.PUBLISHED else ""
    is_live = version is not None and found.live is not None and version.version_id == found.live.version_id
    return HistoryLine(
        number=version.number if version else 0,
        at=entry.at,
        who=entry.actor,
        note=notes[entry.what] + own,
        is_live=is_live and entry.what is not ChangeKind.ARCHIVED and found.state.value == "live",
        diff_url=_diff_url(entry),
        roll_back=_roll_back(found, entry) if may_publish and not is_live else None,
    )


def _diff_url(entry: HistoryEntry) -> str:
    version = entry.version
    if version is None or version.number < 2 or entry.what is ChangeKind.ARCHIVED:
        return ""
    place = reverse("definitions:diff", args=[version.kind, version.key])
    return f"{place}?old={version.number - 1}&new={version.number}"


def _roll_back(found: EditableDefinition, entry: HistoryEntry) -> Action | None:
    if entry.version is None or entry.what is ChangeKind.ARCHIVED:
        return None
    number = str(entry.version.number)
    return Action(
        title=_("Roll back"),
        url=reverse("definitions:roll_back", args=[found.kind, found.key]),
        icon="undo-2",
        post=True,
        values={"number": number, "revision": str(found.revision)},
        confirm=_("Version %(number)s will work again, as a new version.") % {"number": number},
    )


def _change(item: Difference) -> Change:
    return Change(
        path=item.path,
        before=None if item.what is DifferenceKind.ADDED else _shown(item.old),
        after=None if item.what is DifferenceKind.REMOVED else _shown(item.new),
    )


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= VALUE_LENGTH_MAX else f"{text[:VALUE_LENGTH_MAX]}…"


def _sentence(kind: str, body: Any) -> str:
    """A sound body in words; an unsound draft has none."""
    definition_kind = KINDS.get(kind)
    if definition_kind.validate(body):
        return ""
    return definition_kind.sentence(body, "pl" if say(definition_kind.title) == definition_kind.title.pl else "en")


urlpatterns = [
    path("console/definitions/<slug:kind>/<slug:key>/history", history, name="history"),
    path("console/definitions/<slug:kind>/<slug:key>/diff", diff, name="diff"),
    path("console/definitions/<slug:kind>/<slug:key>/publish", publish, name="publish"),
    path("console/definitions/<slug:kind>/<slug:key>/roll-back", roll_back, name="roll_back"),
    path("console/definitions/<slug:kind>/<slug:key>/archive", archive, name="archive"),
    path("console/definitions/<slug:kind>/<slug:key>/discard", discard, name="discard"),
]
