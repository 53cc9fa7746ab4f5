"""Example values of every component: what the gallery page shows and the browser tests look at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from wracam.faces.console.ports import (
    Action,
    Change,
    Column,
    DefinitionBar,
    Empty,
    Figure,
    FilterChip,
    HistoryLine,
    Progress,
    Row,
    Status,
    Tab,
    Table,
    TimelineEntry,
    say,
)
from wracam.kernel.language import CountedNoun, Words
from wracam.kernel.money import Money

MOMENT = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
PEOPLE = (
    ("Ania Zając", "ania@example.com", 1_240, 184_250, "good"),
    ("Bartek Źrebiec", "bartek@example.com", 40, 8_900, "quiet"),
    ("Celina Łoś", "celina@example.com", 615, 92_340, "look"),
    ("Daria Ćwik", "daria@example.com", 12_480, 1_204_575, "good"),
)
CUSTOMERS = CountedNoun(pl=("klient", "klienci", "klientów", "klienta"), en=("customer", "customers"))


class ExampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_lazy("Name"), max_length=80, help_text=_lazy("What your team calls it."))
    amount = forms.CharField(label=_lazy("Amount"), required=False)
    kind = forms.ChoiceField(label=_lazy("Kind"), choices=[("points", _lazy("Points")), ("stamps", _lazy("Stamps"))])
    note = forms.CharField(label=_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    is_live = forms.BooleanField(label=_lazy("Switched on"), required=False)


def examples() -> dict[str, Any]:
    """Return the values of the gallery page."""
    wrong = ExampleForm({"name": "", "kind": "points"})
    wrong.is_valid()
    return {
        "figures": _figures(),
        "table": _table(),
        "timeline": _timeline(),
        "form": ExampleForm(auto_id="good_%s"),
        "wrong_form": wrong,
        "statuses": [
            Status(title=_("Live"), tone="good"),
            Status(title=_("Draft"), tone="quiet"),
            Status(title=_("Waiting"), tone="look"),
            Status(title=_("Failed"), tone="bad"),
        ],
        "empty": Empty(
            title=_("No customers yet"),
            sentence=_("Customers appear here as soon as orders come in, by file or from your shop."),
            action=Action(title=_("Import orders"), url="#", icon="upload", is_main=True),
        ),
        "progress": Progress(
            title=_("Importing orders"), done=18_250, total=60_000, detail=_("You can leave this page.")
        ),
        "changes": [
            Change(path="points_per", before="1 zł", after="2 zł"),
            Change(path="conditions[0]", before=None, after="order.total ≥ 100"),
        ],
        "bar": _bar(),
        "history": _history(),
        "tabs": [
            Tab(title=_("Rules"), url="#rules", is_on=True, count=3),
            Tab(title=_("Rewards"), url="#rewards"),
        ],
        "actions": [
            Action(title=_("Main step"), url="#", is_main=True),
            Action(title=_("Other step"), url="#", icon="plus"),
            Action(title=_("Delete"), url="#", icon="trash-2", is_dangerous=True),
        ],
        "facts": [(_("E-mail"), "ania@example.com"), (_("Since"), "3 mar 2024")],
    }


def _figures() -> list[Figure]:
    return [
        Figure(
            title=_("Revenue of members"),
            value="184 250 zł",
            period=_("Last 30 days"),
            change="+8 %",
            change_tone="good",
            compared_with=_("than the 30 days before"),
            trend=(4, 6, 5, 8, 7, 9, 8, 11, 10, 13, 12, 15),
            how=_("Paid orders of members, gross, less refunds."),
        ),
        Figure(
            title=_("Points we owe"),
            value="1 204 575",
            period=_("Now"),
            change="−2 %",
            change_tone="bad",
            compared_with=_("than a month ago"),
            trend=(15, 14, 15, 13, 12, 12, 11, 11, 10),
            how=_("Sum of all members' balances."),
        ),
        Figure(title=_("New members"), value="312", period=_("Last 30 days"), how=_("Customers who joined.")),
    ]


def _table() -> Table:
    status = {"good": _("Loyal"), "quiet": _("New"), "look": _("Lapsing")}
    rows = [
        Row(
            id=str(number),
            url="#",
            detail=email,
            cells={
                "name": name,
                "status": Status(title=status[tone], tone=tone),  # type: ignore[arg-type] # a literal tone
                "points": balance,
                "spent": Money(spent, "PLN"),
                "last": MOMENT - timedelta(days=7 * number),
            },
        )
        for number, (name, email, balance, spent, tone) in enumerate(PEOPLE)
    ]
    return Table(
        name="customers",
        caption=_("Customers with their points and spending"),
        columns=[
            Column(name="name", title=_("Customer"), sort="name", is_main=True),
            Column(name="status", title=_("Status"), kind="status"),
            Column(name="points", title=_("Points"), kind="points", sort="points"),
            Column(name="spent", title=_("Spent"), kind="money", sort="spent"),
            Column(name="last", title=_("Last order"), kind="day", sort="last"),
        ],
        rows=rows,
        empty=Empty(title=_("No customers yet"), sentence=""),
        count=say(Words(pl=CUSTOMERS.say(20_000, "pl"), en=CUSTOMERS.say(20_000, "en"))),
        search="",
        search_hint=_("Name, e-mail or phone"),
        chips=[
            FilterChip(name="status", value="loyal", title=_("Loyal"), is_on=True, count=4_180),
            FilterChip(name="status", value="lapsing", title=_("Lapsing"), count=1_022),
        ],
        sort="-points",
        next_cursor="x",
        csv_url="#csv",
        bulk=[Action(title=_("Export"), url="#", icon="download")],
    )


def _timeline() -> list[TimelineEntry]:
    return [
        TimelineEntry(
            at=MOMENT,
            icon="coins",
            sentence=_("Earned 120 points"),
            detail=_("1 point per 1 zł of order 1042"),
            tone="good",
        ),
        TimelineEntry(at=MOMENT - timedelta(minutes=2), icon="receipt", sentence=_("Paid order 1042"), url="#"),
        TimelineEntry(at=MOMENT - timedelta(days=9), icon="undo-2", sentence=_("Returned a product"), tone="bad"),
    ]


def _bar() -> DefinitionBar:
    return DefinitionBar(
        status=Status(title=_("Draft"), tone="look"),
        live_note=_("Version 4 is live since 3 Nov"),
        saved=_("Saved 14:05"),
        history_url="#history",
        actions=[
            Action(title=_("Validate"), url="#"),
            Action(title=_("Publish"), url="#", is_main=True),
        ],
        problems=[_("points: choose a number above 0")],
    )


def _history() -> list[HistoryLine]:
    return [
        HistoryLine(number=4, at=MOMENT, who="Daria", note=_("doubled the points"), is_live=True, diff_url="#"),
        HistoryLine(
            number=3,
            at=MOMENT - timedelta(days=20),
            who="Celina",
            roll_back=Action(title=_("Roll back"), url="#", post=True),
        ),
    ]
