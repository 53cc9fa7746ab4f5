"""The programme's figures for its overview and for the home page."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.faces.console.ports import Figure, home_figures
from wracam.kernel.language import POINTS, Language, money_text, number_text
from wracam.loyalty import queries
from wracam.loyalty.contracts import NoProgramError
from wracam.loyalty.queries.overview import Flow, Overview


@home_figures("loyalty", order=20)
def on_home(shop_id: int, language: str, now: datetime) -> list[Figure]:
    """Members and points, for the home page."""
    try:
        live = queries.live_program()
    except NoProgramError:
        return []
    found = queries.overview(shop_id=shop_id, program=live.key, now=now)
    spoken: Language = "pl" if language == "pl" else "en"
    return [members_figure(found, spoken), earned_figure(found, spoken)]


def all_figures(live: queries.LiveProgram, found: Overview, currency: str, language: Language) -> list[Figure]:
    """Return the figures of the overview page."""
    program = live.program
    worth = found.liability_minor(program.value_points, program.value_minor)
    worth_text = money_text(worth, currency, language) if program.value_points else "—"
    engaged = number_text(round(found.members_active * 100 / found.members) if found.members else 0, language)
    return [
        members_figure(found, language),
        earned_figure(found, language),
        _flow(_("Used"), found.spent, language, _("Points spent on rewards and orders within the last 30 days.")),
        _flow(
            _("Expired"),
            found.expired,
            language,
            _("Points whose last day passed within the last 30 days."),
            is_more_better=False,
        ),
        Figure(
            title=_("Members who take part"),
            value=f"{engaged}\u00a0%",
            period=_("last 30 days"),
            how=_("Members who earned or used points within the last 30 days, of all members."),
            compared_with=number_text(found.members_active, language),
        ),
        Figure(
            title=_("Ending soon"),
            value=POINTS.say(found.expiring, language),
            period=_("the next 30 days"),
            how=_("Active points whose last day comes within the next 30 days if nobody uses them."),
        ),
        Figure(
            title=_("In members' hands"),
            value=POINTS.say(found.active + found.pending, language),
            period=_("now"),
            how=_("Active and pending points of all members together."),
            compared_with=_("of these pending: %(points)s") % {"points": number_text(found.pending, language)},
        ),
        Figure(
            title=_("Worth"),
            value=worth_text,
            period=_("now"),
            how=_("All active and pending points at the programme's value of a point, as if everything were used."),
        ),
    ]


def members_figure(found: Overview, language: Language) -> Figure:
    """Return how many members there are."""
    return Figure(
        title=_("Members"),
        value=number_text(found.members, language),
        period=_("now"),
        how=_("Customers who take part in the programme today."),
        change=f"+{number_text(found.members_new, language)}",
        change_tone="good" if found.members_new else "quiet",
        compared_with=_("joined in 30 days"),
        url=reverse("loyalty:members"),
    )


def earned_figure(found: Overview, language: Language) -> Figure:
    """Return how many points were earned lately."""
    return _flow(_("Earned"), found.earned, language, _("Points given within the last 30 days, before returns."))


def _flow(title: str, flow: Flow, language: Language, how: str, *, is_more_better: bool = True) -> Figure:
    change, is_good = "", False
    if flow.before:
        percent = round((flow.now - flow.before) * 100 / flow.before)
        change, is_good = f"{percent:+d} %".replace("-", "−"), is_more_better and percent > 0
    return Figure(
        title=title,
        value=POINTS.say(flow.now, language),
        period=_("last 30 days"),
        how=how,
        change=change,
        change_tone="good" if is_good else "plain",
        compared_with=_("than in the 30 days before") if change else "",
        url=reverse("loyalty:overview"),
    )
