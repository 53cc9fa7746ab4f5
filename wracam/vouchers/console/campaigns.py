"""Code campaigns in the console: the list, and a form that writes the definition."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.definitions import actions as definition_actions
from wracam.definitions import queries as definitions
from wracam.definitions.contracts import EditableDefinition, StaleRevisionError
from wracam.definitions.templatetags.definitions import status_of
from wracam.faces.console.ports import (
    Action,
    Column,
    ConsoleRequest,
    Empty,
    Row,
    Table,
    console_page,
    say,
)
from wracam.foundation import clock
from wracam.kernel.ids import new_id
from wracam.kernel.language import number_text
from wracam.rules.templatetags.conditions import language_of_screen
from wracam.vouchers import queries
from wracam.vouchers.contracts import CampaignKind, OnRefund
from wracam.vouchers.core import words
from wracam.vouchers.core.campaigns import Campaign, LimitPer, read_campaign

KIND = "code_campaign"
LIMIT_ROWS = 3
LOCAL = "%Y-%m-%dT%H:%M"


@console_page()
def index(request: ConsoleRequest) -> HttpResponse:
    """List the code campaigns."""
    new = Action(title=_("New code campaign"), url=reverse("vouchers:new_campaign"), post=True, is_main=True)
    rows = [_row(one) for one in definitions.listed(KIND)]
    table = Table(
        name="campaigns",
        caption=_("Code campaigns with their codes and uses"),
        columns=[
            Column(name="name", title=_("Campaign"), is_main=True),
            Column(name="kind", title=_("Kind")),
            Column(name="codes", title=_("Codes"), kind="number"),
            Column(name="uses", title=_("Uses"), kind="number"),
            Column(name="status", title=_("Status"), kind="status"),
        ],
        rows=rows,
        empty=Empty(
            title=_("No codes yet"),
            sentence=_("A code campaign says what its codes look like, for how long and how often they work. A promotion says what they give."),  # noqa: E501
            action=new,
        ),
    )  # fmt: skip
    return render(request, "vouchers/campaigns.html", {"table": table, "actions": [new] if rows else []})


@console_page(permission="definitions.edit", methods=("POST",))
def create(request: ConsoleRequest) -> HttpResponse:
    """Begin a new campaign as a draft and open it."""
    key = f"codes_{new_id(clock.now()).hex[-8:]}"
    definition_actions.save_draft(
        kind=KIND, key=key, name=_("New code campaign"), body={"kind": "single"}, expected_revision=None,
        actor=_actor(request), now=clock.now(),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("vouchers:campaign", args=[key]))


@console_page(methods=("GET", "POST"))
def edit(request: ConsoleRequest, key: str) -> HttpResponse:
    """Show a campaign with its batches; a POST saves the draft."""
    definition = _definition(key)
    if request.method == "POST":
        return _save(request, definition)
    return render(request, "vouchers/campaign.html", _context(request, definition, definition.body, []))


def _row(one: EditableDefinition) -> Row:
    campaign, problems = read_campaign(one.body, key=one.key)
    figures = queries.figures_of(campaign=one.key)
    return Row(
        id=one.key,
        url=reverse("vouchers:campaign", args=[one.key]),
        cells={
            "name": one.name,
            "kind": say(words.KINDS[campaign.kind]),
            "codes": figures.codes or len(campaign.codes),
            "uses": figures.uses,
            "status": status_of(one),
        },
        detail="" if problems else words.campaign_sentence(campaign, language_of_screen()),
    )


def _definition(key: str) -> EditableDefinition:
    found = definitions.editable(KIND, key)
    if found is None:
        raise Http404
    return found


def _actor(request: ConsoleRequest) -> Any:
    return request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in


def _save(request: ConsoleRequest, definition: EditableDefinition) -> HttpResponse:
    if not request.user.may("definitions.edit"):  # type: ignore[union-attr]  # console_page demands sign-in
        return render(request, "console/forbidden.html", status=403)
    body = body_of(request.POST, ZoneInfo(request.shop.time_zone), definition.body)
    revision = request.POST.get("revision", "")
    try:
        definition_actions.save_draft(
            kind=KIND, key=definition.key, name=request.POST.get("name", "").strip() or definition.name, body=body,
            expected_revision=int(revision) if revision.isascii() and revision.isdigit() else None,
            actor=_actor(request), now=clock.now(),
        )  # fmt: skip
    except StaleRevisionError:
        problem = _("Somebody else changed this campaign in the meantime. Reload the page and repeat your change.")
        return render(request, "vouchers/campaign.html", _context(request, definition, body, [problem]), status=409)
    if "publish" in request.POST:
        return _publish(request, definition.key)
    messages.success(request, _("The draft is saved."))
    return HttpResponseRedirect(reverse("vouchers:campaign", args=[definition.key]))


def _publish(request: ConsoleRequest, key: str) -> HttpResponse:
    """Bring the draft into force, or show what is wrong with it."""
    if not request.user.may("definitions.publish"):  # type: ignore[union-attr]  # console_page demands sign-in
        return render(request, "console/forbidden.html", status=403)
    definition = _definition(key)
    found = definitions.problems(KIND, definition.name, definition.body)
    if found:
        problems = [f"{one.path}: {one.message.say(language_of_screen())}" for one in found]
        return render(request, "vouchers/campaign.html", _context(request, definition, definition.body, problems))
    if definition.draft is not None:
        definition_actions.publish(
            kind=KIND, key=key, expected_revision=None, actor=_actor(request), now=clock.now()
        )  # fmt: skip
        messages.success(request, _("The campaign is live."))
    return HttpResponseRedirect(reverse("vouchers:campaign", args=[key]))


def body_of(posted: QueryDict, zone: ZoneInfo, known: Any) -> dict[str, Any]:
    """Return the definition that the form says; fields that the form does not show stay as they are."""
    kind = posted.get("kind", "single")
    body: dict[str, Any] = {name: known[name] for name in ("title", "shops") if name in known}
    body |= {"kind": kind, "on_refund": posted.get("on_refund", "return_when_full")}
    if kind == "shared":
        body["codes"] = posted.get("codes", "").split()
    elif kind != "imported":
        length = _whole(posted.get("length", ""))
        body["format"] = {"prefix": posted.get("prefix", "").strip().upper()} | (
            {"length": length} if length != "" else {}
        )
    for name in ("starts_at", "ends_at"):
        if text := posted.get(name, ""):
            body[name] = _moment(text, zone)
    if days := posted.get("valid_days", ""):
        body["valid_days"] = _whole(days)
    pairs = zip(posted.getlist("uses"), posted.getlist("per"), strict=False)
    body["limits"] = [{"uses": _whole(uses), "per": per} for uses, per in pairs if uses.strip()]
    if posted.get("guests") == "no":
        body["guests"] = False
    if posted.get("bound"):
        body["bound"] = True
    return body


def _whole(text: str) -> int | str:
    bare = text.strip().replace(" ", "").replace("\u00a0", "")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else bare


def _moment(text: str, zone: ZoneInfo) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()
    except ValueError:
        return text


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime(LOCAL) if moment else ""


def _context(request: ConsoleRequest, definition: EditableDefinition, body: Any, problems: list[str]) -> dict[str, Any]:
    campaign, found = read_campaign(body, key=definition.key)
    language = language_of_screen()
    zone = ZoneInfo(request.shop.time_zone)
    limits = [{"uses": limit.uses, "per": limit.per.value} for limit in campaign.limits]
    figures = queries.figures_of(campaign=definition.key)
    return {
        "definition": definition,
        "campaign": campaign,
        "kinds": [(kind.value, say(words.KINDS[kind])) for kind in CampaignKind],
        "periods": [(per.value, say(words.PER[per])) for per in LimitPer],
        "refunds": [(one.value, say(words.REFUNDS[one])) for one in OnRefund],
        "limits": [*limits, *[{"uses": "", "per": "code"}] * LIMIT_ROWS][: max(LIMIT_ROWS, len(limits) + 1)],
        "codes": "\n".join(campaign.codes),
        "starts_at": _local(campaign.period.starts_at, zone),
        "ends_at": _local(campaign.period.ends_at, zone),
        "sentence": "" if found else words.campaign_sentence(campaign, language),
        "strength": _strength(campaign, figures.codes),
        "facts": [
            (_("Codes"), number_text(figures.codes or len(campaign.codes), language)),
            (_("Given to customers"), number_text(figures.issued, language)),
            (_("Uses"), number_text(figures.uses, language)),
        ],
        "batches": queries.batches_of(campaign=definition.key),
        "batch_key": new_id(clock.now()).hex,
        "takes_codes": definition.live is not None and queries.has_pusher(request.shop.id),
        "pushes": queries.pushes_of(shop_id=request.shop.id, campaign=definition.key),
        "issued": queries.issued_codes(campaign=definition.key, now=clock.now())[:20],
        "problems": problems or [one.message.say(language) for one in found],
    }


def _strength(campaign: Campaign, codes: int) -> str:
    """Say how hard the codes are to guess."""
    if not campaign.is_generated:
        return ""
    language = language_of_screen()
    years = int(campaign.form.guessing_years(max(codes, 100_000)))
    bits = number_text(int(campaign.form.bits), language)
    if not years:
        return _("%(bits)s bits: short codes can be guessed; bind them to customers or make them longer.") % {
            "bits": bits
        }
    return _("%(bits)s bits: with %(codes)s live codes, ten guesses a second find one in %(years)s years.") % {
        "bits": bits,
        "codes": number_text(max(codes, 100_000), language),
        "years": number_text(years, language),
    }
