"""One editor for definitions that are forms, rewards and ladders; stopping and history are in the bar of all kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from wracam.definitions import actions as definition_actions
from wracam.definitions import ports
from wracam.definitions import queries as definitions
from wracam.definitions.contracts import EditableDefinition, StaleRevisionError
from wracam.faces.console.ports import ConsoleRequest, console_page
from wracam.foundation import clock
from wracam.kernel.ids import new_id
from wracam.rules.templatetags.conditions import language_of_screen

Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """How one kind of definition is edited.

    `read` turns what was posted into a body (keeping uploaded files only when asked to, and raising `ValueError` with
    a sentence for a file that is none), `values` turns a body into the values of the controls.
    """

    kind: str
    name: str
    """The part of addresses and URL names: `reward`."""
    folder: str
    template: str
    back: str
    first: Callable[[], tuple[str, Body]]
    read: Callable[[ConsoleRequest, Mapping[str, Any], bool], Body]
    values: Callable[[ConsoleRequest, Mapping[str, Any]], dict[str, Any]]

    def paths(self) -> list[URLPattern]:
        """Return the addresses of this editor."""
        base = f"console/programme/{self.folder}/"
        return [
            path(f"{base}new/", self._page(_create, "definitions.edit", ("POST",)), name=f"new_{self.name}"),
            path(f"{base}<slug:key>/", self._page(_edit, "view", ("GET", "POST")), name=self.name),
            path(f"{base}<slug:key>/preview/", self._page(_preview, "view", ("POST",)), name=f"preview_{self.name}"),
        ]  # fmt: skip

    def _page(self, view: Callable[..., HttpResponse], permission: str, methods: tuple[str, ...]) -> Any:
        @wraps(view)
        def page(request: ConsoleRequest, **named: Any) -> HttpResponse:
            return view(self, request, **named)

        return console_page(permission=permission, methods=methods)(page)

    def url(self, action: str, key: str) -> str:
        """Return the address of one of this editor's pages."""
        return reverse(f"loyalty:{action.format(self.name)}", args=[key])


def _create(editor: Editor, request: ConsoleRequest) -> HttpResponse:
    """Begin a new one as a draft and open it."""
    name, body = editor.first()
    key = f"{editor.name}_{new_id(clock.now()).hex[-8:]}"
    definition_actions.save_draft(
        kind=editor.kind, key=key, name=name, body=body, expected_revision=None, actor=_actor(request),
        now=clock.now(),
    )  # fmt: skip
    return HttpResponseRedirect(editor.url("{}", key))


def _edit(editor: Editor, request: ConsoleRequest, key: str) -> HttpResponse:
    """Show it; a POST saves the draft."""
    definition = _definition(editor, key)
    if request.method == "POST":
        return _save(editor, request, definition)
    return render(request, editor.template, _context(editor, request, definition, definition.body, []))


def _preview(editor: Editor, request: ConsoleRequest, key: str) -> HttpResponse:
    """Show what the form, not saved yet, would mean."""
    body = editor.read(request, _definition(editor, key).body, False)
    return render(request, "loyalty/console/document_side.html", _side(editor, key, body))


def _save(editor: Editor, request: ConsoleRequest, definition: EditableDefinition) -> HttpResponse:
    if not request.user.may("definitions.edit"):  # type: ignore[union-attr]  # console_page demands sign-in
        return render(request, "console/forbidden.html", status=403)
    revision = request.POST.get("revision", "")
    try:
        body = editor.read(request, definition.body, True)
        definition_actions.save_draft(
            kind=editor.kind, key=definition.key, name=request.POST.get("name", "").strip() or definition.name,
            body=body, expected_revision=int(revision) if revision.isascii() and revision.isdigit() else None,
            actor=_actor(request), now=clock.now(),
        )  # fmt: skip
    except ValueError as error:
        context = _context(editor, request, definition, definition.body, [str(error)])
        return render(request, editor.template, context, status=422)
    except StaleRevisionError:
        problem = _("Somebody else changed this in the meantime. Reload the page and repeat your change.")
        context = _context(editor, request, definition, body, [problem])
        return render(request, editor.template, context, status=409)
    if "publish" in request.POST:
        return _publish(editor, request, definition.key)
    messages.success(request, _("The draft is saved."))
    return HttpResponseRedirect(editor.url("{}", definition.key))


def _publish(editor: Editor, request: ConsoleRequest, key: str) -> HttpResponse:
    """Bring the draft into force, or show what is wrong with it."""
    if not request.user.may("definitions.publish"):  # type: ignore[union-attr]  # console_page demands sign-in
        return render(request, "console/forbidden.html", status=403)
    definition = _definition(editor, key)
    found = definitions.problems(editor.kind, definition.name, definition.body)
    if found:
        problems = [one.message.say(language_of_screen()) for one in found]
        return render(
            request, editor.template, _context(editor, request, definition, definition.body, problems), status=422
        )
    if definition.draft is None:
        messages.info(request, _("There is nothing new to publish."))
    else:
        definition_actions.publish(
            kind=editor.kind, key=key, expected_revision=None, actor=_actor(request), now=clock.now()
        )
        messages.success(request, _("It is live."))
    return HttpResponseRedirect(editor.url("{}", key))


def _definition(editor: Editor, key: str) -> EditableDefinition:
    definition = definitions.editable(editor.kind, key)
    if definition is None:
        raise Http404
    return definition


def _actor(request: ConsoleRequest) -> Any:
    return request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in


def _context(
    editor: Editor,
    request: ConsoleRequest,
    definition: EditableDefinition,
    body: Mapping[str, Any],
    problems: list[str],
) -> dict[str, Any]:
    return {
        "definition": definition,
        "values": editor.values(request, body),
        "back": reverse(editor.back),
        "preview_url": editor.url("preview_{}", definition.key),
        "currency": request.shop.currency,
        "kind": editor.kind,
        "problems": problems,
        **_side(editor, definition.key, body),
    }


def _side(editor: Editor, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the definition says in words, or what is wrong with it."""
    language = language_of_screen()
    found = definitions.problems(editor.kind, key, body)
    said = "" if found else ports.KINDS.get(editor.kind).sentence(body, language)
    return {"side_problems": [one.message.say(language) for one in found], "sentence": said}
