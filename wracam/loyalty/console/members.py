"""Members and their ledgers: who takes part, what moved and why, and corrections by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wracam.customers import queries as customers
from wracam.faces.console.ports import (
    Column,
    ConsoleRequest,
    Empty,
    Figure,
    Row,
    Table,
    console_page,
    say,
)
from wracam.foundation import clock
from wracam.kernel.language import POINTS, Language
from wracam.loyalty import actions, queries
from wracam.loyalty.console import member_tiers
from wracam.loyalty.console.rules import outcome_text
from wracam.loyalty.contracts import Balance, CorrectionRequest, Lot, Member, NoProgramError, Refused, UnknownTierError
from wracam.loyalty.core.history import last_day_text
from wracam.rules.templatetags.conditions import language_of_screen

PAGE_SIZE = 50
HISTORY_SIZE = 100


@console_page()
def index(request: ConsoleRequest) -> HttpResponse:
    """List members, newest first, or those found by a search."""
    text = request.GET.get("q", "").strip()
    try:
        program = queries.live_program().key
    except NoProgramError:
        return HttpResponseRedirect(reverse("loyalty:overview"))
    rows, cursor = _found(request, program, text) if text else _newest(request, program)
    people = {one.id: one for one in customers.customers([row.member.customer_id for row in rows])}
    table = Table(
        name="members",
        caption=_("Members of the programme with their points"),
        columns=(
            Column(name="name", title=_("Member"), is_main=True),
            Column(name="active", title=_("Points"), kind="points"),
            Column(name="pending", title=_("Pending"), kind="points"),
            Column(name="earned", title=_("Earned in all"), kind="points"),
            Column(name="joined", title=_("Joined"), kind="day"),
        ),
        rows=[_row(row, people.get(row.member.customer_id)) for row in rows],
        empty=Empty(
            title=_("Nobody here yet"),
            sentence=_("Members appear with their first purchase, or when they join."),
            icon="users",
        ),
        search=text,
        search_hint=_("Name, e-mail or phone"),
        next_cursor=cursor,
        is_filtered=bool(text),
    )
    return render(request, "loyalty/console/members.html", {"table": table})


@console_page()
def show(request: ConsoleRequest, member_id: UUID) -> HttpResponse:
    """Show a member's points, lots and movements."""
    return render(request, "loyalty/console/member.html", context_of(request, member_of_page(request, member_id)))


@console_page(permission="points.correct", methods=("POST",))
def correct(request: ConsoleRequest, member_id: UUID) -> HttpResponse:
    """Give or take points by hand, with a reason."""
    member = member_of_page(request, member_id)
    points = _points(request.POST.get("points", ""), takes=request.POST.get("direction") == "take")
    note = request.POST.get("note", "").strip()
    key = request.POST.get("key", "").strip()
    if not points or not note or not key:
        problem = _("Write how many points and why.")
        return render(request, "loyalty/console/member.html", context_of(request, member, problem), status=422)
    outcome = actions.ask_correction(
        member_id=member.id, points=points, note=note, actor=request.user.as_actor,  # type: ignore[union-attr]  # signed in
        role=request.user.role, key=f"console:{key}", now=clock.now(),  # type: ignore[union-attr]  # signed in
    )  # fmt: skip
    if isinstance(outcome, Refused):
        available = POINTS.say(outcome.available, language_of_screen())
        problem = _("The member has only %(points)s to take.") % {"points": available}
        return render(request, "loyalty/console/member.html", context_of(request, member, problem), status=409)
    if isinstance(outcome, CorrectionRequest):
        messages.info(request, _("This is above the limit for your role: it waits until somebody else approves it."))
        return HttpResponseRedirect(reverse("loyalty:member", args=[member.id]))
    messages.success(request, _("The points are corrected."))
    return HttpResponseRedirect(reverse("loyalty:member", args=[member.id]))


@console_page(permission="points.correct", methods=("POST",))
def give_tier(request: ConsoleRequest, member_id: UUID) -> HttpResponse:
    """Give a tier by hand or take the gift back, with a reason; above the role's rights ask for a second person."""
    member = member_of_page(request, member_id)
    given = member_tiers.read(request)
    key = request.POST.get("key", "").strip()
    problem = given.problem or ("" if key else _("Open the page again and repeat this."))
    if problem:
        return render(request, "loyalty/console/member.html", context_of(request, member, "", problem), status=422)
    try:
        outcome = actions.ask_tier(
            member_id=member.id, ladder=given.ladder, tier=given.tier, until=given.until, note=given.note,
            actor=request.user.as_actor, role=request.user.role,  # type: ignore[union-attr]  # signed in
            key=f"tier:{key}", now=clock.now(),
        )  # fmt: skip
    except UnknownTierError:
        problem = _("This tier is not there any more; choose another.")
        return render(request, "loyalty/console/member.html", context_of(request, member, "", problem), status=409)
    if isinstance(outcome, CorrectionRequest):
        messages.info(request, _("Your role has a limit: this waits until somebody else approves it."))
    elif outcome.tier is None:
        messages.success(request, _("The gift is taken back; the next review decides about the tier."))
    else:
        messages.success(request, _("The tier is given."))
    return HttpResponseRedirect(reverse("loyalty:member", args=[member.id]))


@console_page()
def why(request: ConsoleRequest, member_id: UUID, transfer_id: int) -> HttpResponse:
    """Show which rules gave the points of one movement, and why the others did not."""
    member = member_of_page(request, member_id)
    found = queries.why(member_id=member.id, transfer_id=transfer_id, language=language_of_screen())
    if found is None:
        raise Http404
    rules = [(one, outcome_text(one.outcome)) for one in found.rules]
    return render(request, "loyalty/console/why.html", {"member": member, "why": found, "rules": rules})


def member_of_page(request: ConsoleRequest, member_id: UUID) -> Member:
    """Return the member of a page of this shop, or raise `Http404`."""
    member = queries.member(member_id)
    if member is None or member.shop_id != request.shop.id:
        raise Http404
    return member


def _found(request: ConsoleRequest, program: str, text: str) -> tuple[list[queries.MemberRow], str]:
    page = customers.search(shop_id=request.shop.id, wanted=customers.CustomerFilter(text=text), limit=PAGE_SIZE)
    found = [one.id for one in page.customers]
    return queries.members_of_customers(program=program, customer_ids=found), ""


def _newest(request: ConsoleRequest, program: str) -> tuple[list[queries.MemberRow], str]:
    rows = queries.newest_members(
        shop_id=request.shop.id, program=program, after=_position(request.GET.get("after", "")), limit=PAGE_SIZE + 1
    )
    more = len(rows) > PAGE_SIZE
    shown = rows[:PAGE_SIZE]
    last = shown[-1].member if shown and more else None
    return shown, f"{last.joined_at.isoformat()}~{last.id}" if last else ""


def _position(cursor: str) -> tuple[datetime, UUID] | None:
    moment, _sign, member_id = cursor.partition("~")
    try:
        return datetime.fromisoformat(moment), UUID(member_id)
    except ValueError:
        return None


def _row(row: queries.MemberRow, person: Any) -> Row:
    return Row(
        id=str(row.member.id),
        url=reverse("loyalty:member", args=[row.member.id]),
        detail=(person.email or person.phone or "") if person else "",
        cells={
            "name": person.display_name if person else str(row.member.id)[-8:],
            "active": row.active,
            "pending": row.pending,
            "earned": row.earned,
            "joined": row.member.joined_at,
        },
    )


def context_of(request: ConsoleRequest, member: Member, problem: str = "", tier_problem: str = "") -> dict[str, Any]:
    """Return what the member's page shows; problems stand beside the form they belong to."""
    language = language_of_screen()
    now = clock.now()
    balance = queries.balance(member.id)
    person = customers.customer(member.customer_id)
    entries = queries.history(member.id, limit=HISTORY_SIZE)
    return {
        "member": member,
        "person": person,
        "figures": _figures(balance, language),
        "lots": _lots(member, balance, language),
        "table": _movements(member, entries),
        "problem": problem,
        "may_correct": request.user.may("points.correct"),  # type: ignore[union-attr]  # console_page demands sign-in
        "tier_problem": tier_problem,
        "tiers": member_tiers.standings(member),
        "key": now.isoformat(),
    }


def _lots(member: Member, balance: Balance, language: Language) -> list[tuple[Lot, str]]:
    """Return the open lots in the order of their use, each with its last day in words."""
    zone = timezone.get_current_timezone()
    found = sorted(
        queries.open_lots(member.id, balance.point_kind),
        key=lambda lot: (lot.expires_at is None, lot.expires_at or lot.earned_at, lot.earned_at, lot.id),
    )
    return [(lot, last_day_text(lot.expires_at, zone, language) if lot.expires_at else "") for lot in found]


def _movements(member: Member, entries: list[Any]) -> Table:
    return Table(
        name="movements",
        caption=_("Movements of points, newest first"),
        columns=(
            Column(name="sentence", title=_("What happened"), is_main=True),
            Column(name="points", title=_("Points"), kind="number"),
            Column(name="at", title=_("When"), kind="moment"),
        ),
        rows=[
            Row(
                id=str(entry.transfer_id),
                url=reverse("loyalty:why", args=[member.id, entry.transfer_id]),
                cells={"sentence": say(entry.sentence), "points": entry.points, "at": entry.at},
            )
            for entry in entries
        ],
        empty=Empty(title=_("No movements yet"), sentence=_("Points appear here with the first purchase.")),
    )


def _figures(balance: Balance, language: Language) -> list[Figure]:
    return [
        Figure(
            title=_("Points"), value=POINTS.say(balance.shown, language), period=_("now"),
            how=_("Active points that can be used now, less what is owed after returns."),
        ),
        Figure(
            title=_("Pending"), value=POINTS.say(balance.pending, language), period=_("now"),
            how=_("Earned, and not active until the time the programme sets."),
        ),
        Figure(
            title=_("Earned"), value=POINTS.say(balance.earned, language), period=_("in all"),
            how=_("Everything ever earned, less what was taken back with returns."),
        ),
        Figure(
            title=_("Used"), value=POINTS.say(balance.spent, language), period=_("in all"),
            how=_("Everything ever used."),
        ),
    ]  # fmt: skip


def _points(text: str, *, takes: bool) -> int:
    bare = text.strip().replace(" ", "").replace("\u00a0", "")
    points = int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else 0
    return -points if takes else points
