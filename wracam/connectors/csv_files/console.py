"""Imports in the console: upload, preview with the meaning of each column, progress, result, history, undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wracam.connectors.csv_files import actions, queries, tasks
from wracam.connectors.csv_files.contracts import ImportReport, ImportState, Preview
from wracam.connectors.csv_files.core.columns import FIELDS, FIELDS_BY_NAME, MappingError
from wracam.faces.console.ports import (
    Action,
    Column,
    ConsoleRequest,
    Empty,
    Progress,
    Row,
    Section,
    Status,
    Table,
    Tone,
    console_page,
    navigate,
    road,
    say,
)
from wracam.foundation import clock, jobs, transactions
from wracam.kernel.language import Language, Words
from wracam.kernel.money import Money
from wracam.shops import queries as shops
from wracam.shops.contracts import Actor, Shop

IMPORT = "imports.run"
BAD_ROWS_SHOWN = 20
STATES: dict[ImportState, tuple[Tone, Words]] = {
    ImportState.WAITING: ("quiet", Words(pl="czeka", en="waiting")),
    ImportState.RUNNING: ("look", Words(pl="trwa", en="running")),
    ImportState.DONE: ("good", Words(pl="gotowy", en="done")),
    ImportState.FAILED: ("bad", Words(pl="nieudany", en="failed")),
    ImportState.UNDOING: ("look", Words(pl="cofanie", en="being undone")),
    ImportState.UNDONE: ("quiet", Words(pl="cofnięty", en="undone")),
}

road(
    "csv_files",
    order=20,
    icon="file-up",
    title=Words(pl="Wczytaj plik", en="Upload a file"),
    sentence=Words(
        pl="Eksport zamówień z dowolnego sklepu, CSV lub Excel. Kolumny rozpoznamy sami, a import można cofnąć.",
        en="An export of orders from any shop, CSV or Excel. We recognise the columns, and an import can be undone.",
    ),
    button=Words(pl="Wybierz plik", en="Choose a file"),
    url="csv_files:imports",
)
navigate(
    "csv_files.imports",
    Section.DATA,
    pl="Import",
    en="Import",
    url="csv_files:imports",
    permission=IMPORT,
    order=10,
    icon="upload",
    about=Words(pl="Historia zamówień z pliku CSV lub Excela.", en="An order history from a CSV or Excel file."),
)


class UploadForm(forms.Form):
    """The file to import."""

    file = forms.FileField(
        label=gettext_lazy("File with orders"),
        help_text=gettext_lazy(
            "CSV or Excel, as your shop exports it: Shopify, WooCommerce, PrestaShop, Magento, BaseLinker or your own."
        ),
    )


@console_page(permission=IMPORT, methods=("GET", "POST"))
def imports(request: ConsoleRequest) -> HttpResponse:
    """The history of imports, and the file to upload."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        uploaded = cast("UploadedFile[Any]", form.cleaned_data["file"])
        name = Path(uploaded.name or "file.csv").name
        try:
            token = actions.keep_upload(content=uploaded.chunks(), file_name=name)
        except actions.ImportRefusedError as error:
            form.add_error("file", say(error.words))
        else:
            request.session[f"import:{token}"] = name
            return HttpResponseRedirect(reverse("csv_files:map", args=[token]))
    return render(request, "csv_files/imports.html", {"form": form, "table": _history(request)})


def _history(request: ConsoleRequest) -> Table:
    rows = [
        Row(
            id=str(report.id),
            url=reverse("csv_files:import", args=[report.id]),
            detail=report.actor_name,
            cells={
                "file": report.file_name,
                "state": _status(report),
                "created": report.created,
                "changed": report.changed,
                "held_back": report.held_back,
                "at": report.created_at,
            },
        )
        for report in queries.reports(shop_id=request.shop.id)
    ]
    return Table(
        name="imports",
        caption=_("Imports so far"),
        columns=[
            Column(name="file", title=_("File"), is_main=True),
            Column(name="state", title=_("Status"), kind="status"),
            Column(name="created", title=_("New orders"), kind="number"),
            Column(name="changed", title=_("Changed"), kind="number"),
            Column(name="held_back", title=_("To correct"), kind="number"),
            Column(name="at", title=_("Started"), kind="moment"),
        ],
        rows=rows,
        empty=Empty(
            title=_("No import yet"),
            sentence=_("Bring your order history, and your customers have their points from the first day."),
            icon="upload",
        ),
    )


@console_page(permission=IMPORT, methods=("GET", "POST"))
def map_columns(request: ConsoleRequest, token: str) -> HttpResponse:
    """What we make of the file: the meaning of each column, its first orders, what is wrong with its first rows."""
    file = queries.upload_path(token)
    name = request.session.get(f"import:{token}")
    if file is None or name is None:
        messages.error(request, _("This upload is gone; choose the file again."))
        return HttpResponseRedirect(reverse("csv_files:imports"))
    choice = _choice(request)
    try:
        if request.method == "POST" and "start" in request.POST:
            return _start(request, file, name, choice)
        preview = queries.preview(path=file, shop=_shop(request), now=clock.now(), choice=choice)
    except (queries.FileError, MappingError, actions.ImportRefusedError) as error:
        messages.error(request, say(error.words))
        return HttpResponseRedirect(reverse("csv_files:imports"))
    return render(request, "csv_files/map.html", _preview_values(preview, name))


def _choice(request: ConsoleRequest) -> dict[str, str]:
    """Return the chosen meaning by column; form fields come as pairs `header-3`, `field-3`."""
    numbers = [key.removeprefix("header-") for key in request.POST if key.startswith("header-")]
    return {request.POST[f"header-{number}"]: request.POST.get(f"field-{number}", "") for number in numbers}


def _start(request: ConsoleRequest, file: Path, name: str, choice: dict[str, str]) -> HttpResponse:
    with transactions.action():
        started = actions.start_import(
            file=file, file_name=name, shop_id=request.shop.id, mapping=choice, actor=_actor(request), now=clock.now()
        )
        jobs.defer(tasks.run_import, key=f"import:{started.id}", import_id=str(started.id))
    file.unlink(missing_ok=True)
    return HttpResponseRedirect(reverse("csv_files:import", args=[started.id]))


def _preview_values(preview: Preview, name: str) -> dict[str, object]:
    return {
        "name": name,
        "preview": preview,
        "layout": "" if preview.layout == "plain" else preview.layout.replace("_", " ").title(),
        "fields": [(item.name, say(item.title)) for item in FIELDS],
        "missing": [say(FIELDS_BY_NAME[field].title) for field in preview.missing],
        "orders": [(order, Money(order.total_minor, order.currency)) for order in preview.orders],
        "bad_rows": [(row.line_number, say(row.sentence)) for row in preview.bad_rows[:BAD_ROWS_SHOWN]],
    }


@console_page(permission=IMPORT)
def one_import(request: ConsoleRequest, import_id: UUID) -> HttpResponse:
    """How far an import is, and what it did."""
    report = _report(request, import_id)
    values: dict[str, object] = {
        "report": report,
        "status": _status(report),
        "progress": _progress(report) if report.is_under_way else None,
        "facts": _facts(report),
        "bad_rows": [
            (row.line_number, row.order_key, say(row.sentence))
            for row in queries.bad_rows(import_id, limit=BAD_ROWS_SHOWN)
        ],
        "undo": _undo_action(report),
        "again": _again_action(report),
    }
    return render(request, "csv_files/import.html", values)


@console_page(permission=IMPORT)
def progress(request: ConsoleRequest, import_id: UUID) -> HttpResponse:
    """The progress bar alone; once the work is over, the page is loaded anew."""
    report = _report(request, import_id)
    if not report.is_under_way:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "console/components/progress.html", {"progress": _progress(report)})


@console_page(permission=IMPORT)
def corrections(request: ConsoleRequest, import_id: UUID) -> StreamingHttpResponse:
    """The rows that need correcting, as a file that can be imported again."""
    report = _report(request, import_id)
    language: Language = "pl" if (get_language() or "").startswith("pl") else "en"
    response = StreamingHttpResponse(
        queries.corrections_csv(report.id, language), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="wracam-{str(report.id)[-8:]}.csv"'
    return response


@console_page(permission=IMPORT, methods=("POST",))
def undo(request: ConsoleRequest, import_id: UUID) -> HttpResponse:
    """Take back what the import created."""
    report, actor = _report(request, import_id), _actor(request)
    try:
        with transactions.action():
            actions.begin_undo(import_id=report.id, actor=actor, now=clock.now())
            jobs.defer(
                tasks.undo_import,
                key=f"import:{report.id}",
                import_id=str(report.id),
                actor_kind=actor.kind,
                actor_id=actor.id,
                actor_name=actor.name,
            )
    except actions.ImportRefusedError as error:
        messages.error(request, say(error.words))
    return HttpResponseRedirect(reverse("csv_files:import", args=[report.id]))


@console_page(permission=IMPORT, methods=("POST",))
def resume(request: ConsoleRequest, import_id: UUID) -> HttpResponse:
    """Let a worker go on with an import; one that is being worked on is not disturbed."""
    report = _report(request, import_id)
    jobs.defer(tasks.run_import, key=f"import:{report.id}", import_id=str(report.id))
    return HttpResponseRedirect(reverse("csv_files:import", args=[report.id]))


def _report(request: ConsoleRequest, import_id: UUID) -> ImportReport:
    report = queries.report(import_id)
    if report is None or report.shop_id != request.shop.id:
        raise Http404
    return report


def _progress(report: ImportReport) -> Progress:
    titles = {
        ImportState.WAITING: _("Reading the file"),
        ImportState.RUNNING: _("Taking orders"),
        ImportState.UNDOING: _("Taking orders back"),
    }
    done = report.withdrawn + report.kept if report.state is ImportState.UNDOING else report.chunks_done
    total = done + report.created if report.state is ImportState.UNDOING else report.chunks
    return Progress(
        title=titles.get(report.state, ""),
        done=done,
        total=total,
        detail=_("You can leave this page; the work goes on."),
        refresh_url=reverse("csv_files:progress", args=[report.id]),
    )


def _facts(report: ImportReport) -> list[tuple[str, int]]:
    facts = [
        (_("Rows in the file"), report.rows),
        (_("New orders"), report.created),
        (_("Changed orders"), report.changed),
        (_("Known already"), report.unchanged + report.stale),
        (_("Returns matched to purchases"), report.refunds),
        (_("Orders held back"), report.held_back),
    ]
    if report.state in {ImportState.UNDONE, ImportState.UNDOING}:
        facts += [(_("Orders taken back"), report.withdrawn), (_("Orders kept"), report.kept)]
    return facts


def _undo_action(report: ImportReport) -> Action | None:
    if report.state is not ImportState.DONE or not report.created:
        return None
    forecast = queries.undo_forecast(report.id)
    sentence = _(
        "%(withdrawn)d orders will be taken out, with the points they gave. %(kept)d orders stay, because something "
        "newer has changed them."
    ) % {"withdrawn": forecast.withdrawn, "kept": forecast.kept}
    return Action(
        title=_("Undo this import"),
        url=reverse("csv_files:undo", args=[report.id]),
        icon="undo-2",
        post=True,
        is_dangerous=True,
        confirm=sentence,
    )


def _again_action(report: ImportReport) -> Action | None:
    if report.state not in {ImportState.WAITING, ImportState.RUNNING}:
        return None
    return Action(title=_("Go on now"), url=reverse("csv_files:resume", args=[report.id]), icon="play", post=True)


def _status(report: ImportReport) -> Status:
    tone, words = STATES[report.state]
    return Status(title=say(words), tone=tone)


def _shop(request: ConsoleRequest) -> Shop:
    shop = shops.shop(request.shop.id)
    if shop is None:
        raise Http404
    return shop


def _actor(request: ConsoleRequest) -> Actor:
    actor: Actor = request.user.as_actor  # type: ignore[union-attr] # console_page lets only staff in
    return actor


urlpatterns = [
    path("console/imports", imports, name="imports"),
    path("console/imports/new/<str:token>", map_columns, name="map"),
    path("console/imports/<uuid:import_id>", one_import, name="import"),
    path("console/imports/<uuid:import_id>/progress", progress, name="progress"),
    path("console/imports/<uuid:import_id>/corrections", corrections, name="corrections"),
    path("console/imports/<uuid:import_id>/undo", undo, name="undo"),
    path("console/imports/<uuid:import_id>/resume", resume, name="resume"),
]
