"""The list of promotions: where each stands, what it says, what it cost and brought, and what is left of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.commerce import queries as commerce
from wracam.definitions import queries as definitions
from wracam.definitions.contracts import DefinitionState, EditableDefinition
from wracam.definitions.ports import KINDS
from wracam.definitions.templatetags.definitions import status_of
from wracam.faces.console.ports import Action, ConsoleRequest, Empty, FilterChip, Status, console_page
from wracam.foundation import clock
from wracam.kernel.language import Language, money_text
from wracam.promotions import queries
from wracam.promotions.console.overlapping import overlap_lines
from wracam.promotions.core.body import Promotion, read_promotion
from wracam.promotions.queries import PromotionResults
from wracam.promotions.queries.live import PROMOTION_KIND
from wracam.rules.templatetags.conditions import language_of_screen

PERIOD_DAYS = 30
HIGH_SHARE = 80
TEXT_LENGTH_MAX = 100


class Stand(StrEnum):
    """Where a promotion stands for a merchant, in the order of the chips."""

    RUNNING = "running"
    PLANNED = "planned"
    DRAFT = "draft"
    ENDED = "ended"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """How much of a limit or a budget is used. `percent` is between 0 and 100."""

    title: str
    text: str
    percent: int

    @property
    def is_high(self) -> bool:
        """Whether it is nearly used up."""
        return self.percent >= HIGH_SHARE


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionLine:
    """One promotion of the list."""

    key: str
    name: str
    url: str
    status: Status
    stand: Stand
    sentence: str
    problems: int = 0
    results: PromotionResults | None = None
    cost: str = ""
    brought: str = ""
    meters: list[Meter] = field(default_factory=list)


@console_page()
def show(request: ConsoleRequest) -> HttpResponse:
    """Show the promotions, those of one stand if a chip is chosen, and where the live ones meet."""
    language, now = language_of_screen(), clock.now()
    text = request.GET.get("q", "").strip()[:TEXT_LENGTH_MAX]
    found = [one for one in definitions.listed(PROMOTION_KIND, archived=True) if text.lower() in one.name.lower()]
    stands = {one.key: _stand(one, now) for one in found}
    asked = request.GET.get("stand", "")
    chosen = [one for one in found if (stands[one.key] == asked if asked else stands[one.key] is not Stand.ARCHIVED)]
    results = _results(request, now)
    order = list(Stand)
    lines = sorted((_line(request, one, stands[one.key], results, language, now) for one in chosen),
                   key=lambda line: (order.index(line.stand), line.name))  # fmt: skip
    context = {
        "lines": lines,
        "text": text,
        "chips": _chips(Counter(stands.values()), asked),
        "overlaps": overlap_lines(request.shop, language),
        "alerts": [
            (line, meter) for line in lines for meter in line.meters if meter.is_high and line.stand is Stand.RUNNING
        ],
        "period_days": PERIOD_DAYS,
        "empty": _empty(is_filtered=bool(text or asked)),
        "actions": _actions(),
    }
    return render(request, "promotions/console/index.html", context)


def _results(request: ConsoleRequest, now: datetime) -> Mapping[str, PromotionResults]:
    found = queries.results(
        shop_id=request.shop.id, currency=request.shop.currency, since=now - timedelta(days=PERIOD_DAYS), until=now
    )
    return {one.key: one for one in found}


def _line(
    request: ConsoleRequest,
    one: EditableDefinition,
    stand: Stand,
    results: Mapping[str, PromotionResults],
    language: Language,
    now: datetime,
) -> PromotionLine:
    body = one.live.body if one.live else one.body
    problems = definitions.problems(PROMOTION_KIND, one.name, body)
    found = results.get(one.key)
    promotion = read_promotion(body, currency=request.shop.currency, key=one.key, name=one.name)[0]
    return PromotionLine(
        key=one.key,
        name=one.name,
        url=reverse("promotions:edit", args=[one.key]),
        status=_status(one, stand),
        stand=stand,
        sentence=_("This draft is not complete yet.")
        if problems
        else KINDS.get(PROMOTION_KIND).sentence(body, language),
        problems=len(problems),
        results=found,
        cost=money_text(found.discount_minor, promotion.currency, language) if found else "",
        brought=money_text(found.revenue_minor, promotion.currency, language) if found else "",
        meters=[] if problems or one.live is None else meters(request, promotion, language, now),
    )


def meters(request: ConsoleRequest, promotion: Promotion, language: Language, now: datetime) -> list[Meter]:
    """Return what is used of a promotion's limits for everybody, its budget and its gifts."""
    zone = ZoneInfo(request.shop.time_zone)
    found = queries.counters_now(promotion, zone=zone, now=now)
    skus = {sku for one in found if (sku := one.what.partition(":")[2])}
    names = commerce.product_names(skus=skus, shop_ids=[request.shop.id])
    return [_meter(one, promotion.currency, language, names) for one in found]


def _meter(one: queries.CounterNow, currency: str, language: Language, names: Mapping[str, str]) -> Meter:
    titles = {"budget": _("Budget"), "uses": _("Uses")}
    sku = one.what.partition(":")[2]
    title = titles.get(one.what) or _("Gift %(sku)s") % {"sku": names.get(sku, sku)}
    if one.what == "budget":
        figures = {"used": money_text(one.used, currency, language), "of": money_text(one.maximum, currency, language)}
    else:
        figures = {"used": str(one.used), "of": str(one.maximum)}
    return Meter(title=title, text=_("%(used)s of %(of)s") % figures, percent=one.percent)


def _stand(one: EditableDefinition, now: datetime) -> Stand:
    if one.state is DefinitionState.ARCHIVED:
        return Stand.ARCHIVED
    if one.live is None:
        return Stand.DRAFT
    promotion = read_promotion(one.live.body, key=one.key)[0].within(one.live.starts_at, one.live.ends_at)
    if promotion.ends_at and promotion.ends_at <= now:
        return Stand.ENDED
    return Stand.PLANNED if promotion.starts_at and promotion.starts_at > now else Stand.RUNNING


def _status(one: EditableDefinition, stand: Stand) -> Status:
    if stand is Stand.PLANNED:
        return Status(title=_("Planned"), tone="plain")
    if stand is Stand.ENDED:
        return Status(title=_("Ended"), tone="quiet")
    return status_of(one)


def _chips(counts: Mapping[Stand, int], asked: str) -> list[FilterChip]:
    titles = {
        Stand.RUNNING: _("Running"), Stand.PLANNED: _("Planned"), Stand.DRAFT: _("Drafts"), Stand.ENDED: _("Ended"),
        Stand.ARCHIVED: _("Archived"),
    }  # fmt: skip
    chips = [FilterChip(name="stand", value="", title=_("All"), is_on=not asked)]
    return chips + [
        FilterChip(name="stand", value=stand.value, title=titles[stand], is_on=asked == stand, count=counts.get(stand))
        for stand in Stand
        if counts.get(stand)
    ]


def _empty(*, is_filtered: bool) -> Empty:
    if is_filtered:
        return Empty(title=_("Nothing like that"), sentence=_("Search for another name, or show all promotions."))
    return Empty(
        title=_("No promotion yet"),
        sentence=_("Free delivery from an amount, the second one at half price, a gift: begin with one sentence."),
        icon="ticket-percent",
        action=Action(title=_("New promotion"), url=reverse("promotions:create"), post=True, is_main=True),
    )


def _actions() -> list[Action]:
    return [
        Action(title=_("Test bench"), url=reverse("promotions:bench"), icon="shopping-cart"),
        Action(
            title=_("New promotion"), url=reverse("promotions:create"), icon="plus", post=True, is_main=True
        ),
    ]  # fmt: skip
