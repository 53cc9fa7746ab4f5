"""Batches in the console: start one, watch it, download it, read codes from a file, take a batch out of use."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.faces.console.ports import Action, ConsoleRequest, Progress, Status, console_page, csv_response
from wracam.foundation import clock, jobs
from wracam.foundation.transactions import action
from wracam.kernel.language import number_text
from wracam.rules.templatetags.conditions import language_of_screen
from wracam.shops import actions as shops
from wracam.vouchers import actions, queries, tasks
from wracam.vouchers.contracts import (
    Batch,
    BatchState,
    BatchTooLargeError,
    CampaignKindError,
    UnknownCampaignError,
)

FILE_BYTES_MAX = 8_000_000


@console_page(permission="definitions.publish", methods=("POST",))
def start(request: ConsoleRequest, key: str) -> HttpResponse:
    """Have codes of a live campaign made."""
    text = request.POST.get("count", "").replace(" ", "").replace("\u00a0", "")
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    try:
        with action():
            batch = actions.start_batch(
                shop_id=request.shop.id, campaign=key, count=count, key=request.POST.get("key", ""),
                note=request.POST.get("note", "").strip(), actor=_actor(request), now=clock.now(),
            )  # fmt: skip
            jobs.defer(tasks.fill_batch, key=f"vouchers.fill:{batch.id}", batch_id=str(batch.id))
    except (UnknownCampaignError, CampaignKindError, BatchTooLargeError) as error:
        messages.error(request, _refusal(error))
        return HttpResponseRedirect(reverse("vouchers:campaign", args=[key]))
    return HttpResponseRedirect(reverse("vouchers:batch", args=[batch.id]))


@console_page(permission="imports.run", methods=("POST",))
def take_file(request: ConsoleRequest, key: str) -> HttpResponse:
    """Read codes from the first column of a CSV file."""
    file: Any = request.FILES.get("file")
    codes = _codes_in(file.read(FILE_BYTES_MAX + 1)) if file else []
    try:
        imported = actions.import_codes(
            shop_id=request.shop.id, campaign=key, codes=codes, key=request.POST.get("key", ""),
            note=getattr(file, "name", "") or "", actor=_actor(request), now=clock.now(),
        )  # fmt: skip
    except (UnknownCampaignError, CampaignKindError, BatchTooLargeError) as error:
        messages.error(request, _refusal(error))
        return HttpResponseRedirect(reverse("vouchers:campaign", args=[key]))
    return HttpResponseRedirect(reverse("vouchers:batch", args=[imported.batch.id]))


@console_page()
def show(request: ConsoleRequest, batch_id: UUID) -> HttpResponse:
    """Show a batch: how far it is, its figures, the file, and the way out."""
    batch = _batch(request, batch_id)
    language = language_of_screen()
    facts = [
        (_("Codes"), number_text(batch.made, language)),
        (_("Made by"), batch.created_by),
        (_("Note"), batch.note),
    ]
    if batch.refused:
        facts.insert(1, (_("Refused: doubles and what cannot be a code"), number_text(batch.refused, language)))
    stop = Action(
        title=_("Take out of use"), url=reverse("vouchers:disable_batch", args=[batch.id]), post=True,
        is_dangerous=True,
        confirm=_("%(count)s codes stop working for ever.") % {"count": number_text(batch.made, language)},
    )  # fmt: skip
    context = {
        "batch": batch,
        "facts": [fact for fact in facts if fact[1]],
        "status": _status(batch),
        "progress": _progress(batch) if batch.state is BatchState.RUNNING else None,
        "actions": [] if batch.state is BatchState.DISABLED else [stop],
    }
    return render(request, "vouchers/batch.html", context)


@console_page()
def progress(request: ConsoleRequest, batch_id: UUID) -> HttpResponse:
    """Answer the progress component alone; when the batch is ready, have the page loaded anew."""
    batch = _batch(request, batch_id)
    if batch.state is not BatchState.RUNNING:
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    return render(request, "console/components/progress.html", {"progress": _progress(batch)})


@console_page(permission="export")
def download(request: ConsoleRequest, batch_id: UUID) -> HttpResponseBase:
    """Stream the codes as CSV; noted in the audit log."""
    batch = _batch(request, batch_id)
    with action():
        shops.audit(
            actor=_actor(request), verb="code_batch.downloaded", object_kind="code_batch", object_id=batch.id,
            summary=f"{batch.campaign}: {batch.made}", now=clock.now(),
        )  # fmt: skip
    return csv_response(f"codes-{batch.campaign}", [_("Code"), _("Uses"), _("Valid until"), _("Status")], _lines(batch))


@console_page(permission="definitions.publish", methods=("POST",))
def disable(request: ConsoleRequest, batch_id: UUID) -> HttpResponse:
    """Take the batch out of use."""
    batch = _batch(request, batch_id)
    actions.disable_batch(batch_id=batch.id, actor=_actor(request), now=clock.now())
    messages.success(request, _("These codes no longer work."))
    return HttpResponseRedirect(reverse("vouchers:batch", args=[batch.id]))


def _actor(request: ConsoleRequest) -> Any:
    return request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in


def _batch(request: ConsoleRequest, batch_id: UUID) -> Batch:
    found = queries.batch(batch_id=batch_id)
    if found is None or found.shop_id != request.shop.id:
        raise Http404
    return found


def _refusal(error: Exception) -> str:
    if isinstance(error, UnknownCampaignError):
        return _("Publish the campaign first.")
    if isinstance(error, BatchTooLargeError):
        return _("So many codes of this length could be guessed. Make them longer or fewer.")
    return _("Codes of this campaign are not made like this.")


def _status(batch: Batch) -> Status:
    return {
        BatchState.RUNNING: Status(title=_("being made"), tone="look"),
        BatchState.DONE: Status(title=_("ready"), tone="good"),
        BatchState.DISABLED: Status(title=_("out of use"), tone="bad"),
    }[batch.state]


def _progress(batch: Batch) -> Progress:
    language = language_of_screen()
    detail = _("%(made)s of %(asked)s codes") % {
        "made": number_text(batch.made, language),
        "asked": number_text(batch.asked, language),
    }
    return Progress(
        title=_("Making codes"), done=batch.made, total=batch.asked, detail=detail,
        refresh_url=reverse("vouchers:batch_progress", args=[batch.id]),
    )  # fmt: skip


def _lines(batch: Batch) -> Iterator[list[object]]:
    for line in queries.codes_of_batch(batch_id=batch.id):
        until = line.valid_until.isoformat() if line.valid_until else ""
        yield [line.code, line.used, until, _("out of use") if line.is_disabled else ""]


def _codes_in(content: bytes) -> list[str]:
    """Return the first column; a heading without digits above codes with digits is left out."""
    text = content[:FILE_BYTES_MAX].decode("utf-8-sig", errors="replace")
    delimiter = ";" if text.partition("\n")[0].count(";") else ","
    codes = [row[0].strip() for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row and row[0].strip()]
    has_heading = len(codes) > 1 and codes[0].strip().lower() in ("code", "codes", "kod", "kody", "coupon", "voucher")
    return codes[1:] if has_heading else codes
