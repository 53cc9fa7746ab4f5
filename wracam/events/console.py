"""Console pages of the log: webhooks, what stands aside, and the search of events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wracam.events import actions, queries
from wracam.events.contracts import (
    EVENTS,
    Delivery,
    Endpoint,
    Parked,
    ParkedState,
    RecordedEvent,
    WebhookRefusedError,
    WebhookState,
)
from wracam.events.ports import named_people
from wracam.faces.console.ports import (
    Action,
    Column,
    ConsoleRequest,
    Empty,
    FilterChip,
    Note,
    Row,
    Section,
    Status,
    Table,
    console_page,
    home_notes,
    navigate,
    say,
)
from wracam.foundation.clock import now
from wracam.kernel.language import CountedNoun, Language, Words
from wracam.shops.contracts import Actor

PAGE_SIZE = 50
PARKED = CountedNoun(pl=("zdarzenie", "zdarzenia", "zdarzeń", "zdarzenia"), en=("event", "events"))

navigate(
    "data.webhooks",
    Section.DATA,
    pl="Webhooki",
    en="Webhooks",
    url="events:webhooks",
    permission="connections.edit",
    order=60,
    icon="link",
    about=Words(pl="Adresy, którym mówimy, co się stało.", en="Addresses that we tell what happened."),
)
navigate(
    "data.parked",
    Section.DATA,
    pl="Odłożone zdarzenia",
    en="Parked events",
    url="events:parked",
    permission="operations.run",
    order=70,
    icon="triangle-alert",
    about=Words(pl="Czego nie udało się obsłużyć i dlaczego.", en="What could not be handled, and why."),
)
navigate(
    "data.events",
    Section.DATA,
    pl="Zdarzenia",
    en="Events",
    url="events:events",
    permission="view",
    order=80,
    icon="history",
    about=Words(pl="Wszystko, co się wydarzyło.", en="Everything that happened."),
)


class WebhookForm(forms.Form):
    """Where webhooks go and what they tell."""

    url = forms.CharField(label=gettext_lazy("Address"), max_length=2_000, help_text="https://…")
    description = forms.CharField(label=gettext_lazy("What it is for"), max_length=200, required=False)
    event_names = forms.MultipleChoiceField(label=gettext_lazy("Tell it when"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type] # passed on as they come
        field = self.fields["event_names"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(kind.name, f"{say(kind.title)} ({kind.name})") for kind in EVENTS]


@console_page(permission="connections.edit", methods=("GET", "POST"))
def webhooks(request: ConsoleRequest) -> HttpResponse:
    """All endpoints, and a form for a new one; its secret is shown once."""
    form, made = WebhookForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_endpoint(
                **form.cleaned_data, shop_id=request.shop.id, actor=_actor(request), now=now()
            )
            form = WebhookForm()
        except WebhookRefusedError as error:
            form.add_error("url", str(error))
    found = [item for item in queries.endpoints() if item.shop_id in {None, request.shop.id}]
    return render(request, "events/webhooks.html", {"table": _endpoints_table(found), "form": form, "made": made})


def _endpoints_table(found: list[Endpoint]) -> Table:
    return Table(
        name="webhooks",
        caption=_("Webhooks"),
        columns=[
            Column(name="url", title=_("Address"), is_main=True),
            Column(name="events", title=_("Tells of")),
            Column(name="status", title=_("Status"), kind="status"),
        ],
        rows=[
            Row(
                id=str(item.id),
                url=reverse("events:webhook", args=[item.id]),
                detail=item.description,
                cells={"url": item.url, "events": ", ".join(item.event_names), "status": _health(item)},
            )
            for item in found
        ],
        empty=Empty(
            title=_("No webhook yet"),
            sentence=_("A webhook tells another program what happened here, a moment after it happened."),
            icon="link",
        ),
    )


def _health(item: Endpoint) -> Status:
    if not item.is_active:
        return Status(title=_("Switched off"), tone="quiet")
    return Status(title=_("Failing"), tone="bad") if item.failing_since else Status(title=_("Works"), tone="good")


@console_page(permission="connections.edit")
def webhook(request: ConsoleRequest, endpoint_id: UUID) -> HttpResponse:
    """One endpoint and its delivery log."""
    return _webhook_page(request, _endpoint(request, endpoint_id))


@console_page(permission="connections.edit", methods=("POST",))
def change_webhook(request: ConsoleRequest, endpoint_id: UUID) -> HttpResponse:
    """Switch an endpoint on or off, change its secret, or remove it."""
    known, verb = _endpoint(request, endpoint_id), request.POST.get("verb")
    by: dict[str, Any] = {"endpoint_id": known.id, "actor": _actor(request), "now": now()}
    if verb == "secret":
        made = actions.change_secret(**by)
        return _webhook_page(request, made.endpoint, made.secret)
    if verb == "remove":
        actions.remove_endpoint(**by)
        messages.success(request, _("The webhook is removed."))
        return HttpResponseRedirect(reverse("events:webhooks"))
    if verb in {"on", "off"}:
        actions.switch_endpoint(is_active=verb == "on", **by)
        messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("events:webhook", args=[known.id]))


@console_page(permission="connections.edit", methods=("POST",))
def resend(request: ConsoleRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send a webhook once more."""
    known = _endpoint(request, endpoint_id)
    if actions.resend(endpoint_id=known.id, delivery_id=delivery_id, now=now()):
        messages.success(request, _("It will be sent again in a moment."))
    return HttpResponseRedirect(reverse("events:webhook", args=[known.id]))


def _webhook_page(request: ConsoleRequest, known: Endpoint, secret: str = "") -> HttpResponse:
    address = reverse("events:change_webhook", args=[known.id])
    switch = (
        Action(title=_("Switch off"), url=address, post=True, values={"verb": "off"})
        if known.is_active
        else Action(title=_("Switch on"), url=address, post=True, values={"verb": "on"}, is_main=True)
    )
    remove = Action(
        title=_("Remove"),
        url=address,
        post=True,
        values={"verb": "remove"},
        is_dangerous=True,
        confirm=_("The address hears nothing more, and its delivery log is removed."),
    )
    new_secret = Action(title=_("New secret"), url=address, post=True, values={"verb": "secret"})
    lines = [_delivery_line(known, item) for item in queries.deliveries(endpoint_id=known.id)]
    values = {"endpoint": known, "health": _health(known), "actions": [switch, new_secret, remove]}
    return render(request, "events/webhook.html", {**values, "lines": lines, "secret": secret})


def _delivery_line(known: Endpoint, item: Delivery) -> dict[str, object]:
    status = {
        WebhookState.DELIVERED: Status(title=_("Delivered"), tone="good"),
        WebhookState.WAITING: Status(title=_("Waiting"), tone="look"),
        WebhookState.FAILED: Status(title=_("Given up"), tone="bad"),
    }[item.state]
    again = Action(title=_("Send again"), url=reverse("events:resend", args=[known.id, item.id]), post=True)
    return {"item": item, "status": status, "again": again if known.is_active else None}


def _endpoint(request: ConsoleRequest, endpoint_id: UUID) -> Endpoint:
    known = queries.endpoint(endpoint_id)
    if known is None or known.shop_id not in {None, request.shop.id}:
        raise Http404
    return known


@console_page(permission="operations.run", needs_shop=False)
def parked(request: ConsoleRequest) -> HttpResponse:
    """What stands aside, and how far each subscription has read."""
    wanted = request.GET.get("state", "")
    state = ParkedState(wanted) if wanted in set(ParkedState) else None
    titles = {ParkedState.PARKED: _("Parked"), ParkedState.RETRYING: _("Retrying"), ParkedState.WAITING: _("Waiting")}
    chips = [FilterChip(name="state", value="", title=_("All"), is_on=state is None)]
    chips += [
        FilterChip(name="state", value=value.value, title=title, is_on=value is state)
        for value, title in titles.items()
    ]
    lines = [_parked_line(item, titles) for item in queries.parked(state=state)]
    values = {"lines": lines, "chips": chips, "progress": queries.progress()}
    return render(request, "events/parked.html", values)


@home_notes("events")
def parked_note(shop_id: int, language: str, now: datetime) -> list[Note]:
    """Say on the home page that events wait for somebody's decision."""
    del shop_id, now
    count = queries.count_parked()
    if not count:
        return []
    spoken: Language = "pl" if language == "pl" else "en"
    text = _("%(events)s could not be handled and wait for a decision.") % {"events": PARKED.say(count, spoken)}
    return [
        Note(
            tone="look",
            text=text,
            action=Action(title=_("See them"), url=reverse("events:parked")),
            permission="operations.run",
        )
    ]


def _parked_line(item: Parked, titles: dict[ParkedState, str]) -> dict[str, object]:
    address = reverse("events:decide", args=[item.id])
    retry = Action(title=_("Try again"), url=address, post=True, values={"verb": "retry"})
    dismiss = Action(
        title=_("Give up"),
        url=address,
        post=True,
        values={"verb": "dismiss"},
        is_dangerous=True,
        confirm=_("This event stays without effect for this reader, and the next ones of the customer go on."),
    )
    tone = "bad" if item.state is ParkedState.PARKED else "look"
    return {
        "item": item,
        "name": _event_title(item.event_name),
        "status": Status(title=titles[item.state], tone=tone),  # type: ignore[arg-type] # both are tones
        "reason": item.error.strip().splitlines()[-1] if item.error.strip() else "",
        "actions": [dismiss] if item.state is ParkedState.WAITING else [retry, dismiss],
    }


@console_page(permission="operations.run", methods=("POST",), needs_shop=False)
def decide(request: ConsoleRequest, parked_id: int) -> HttpResponse:
    """Try a parked event again, or give it up."""
    if request.POST.get("verb") == "retry":
        done = actions.retry_parked(parked_id=parked_id, actor=_actor(request), now=now())
    else:
        done = actions.dismiss_parked(parked_id=parked_id, actor=_actor(request), now=now())
    if done:
        messages.success(request, _("Done."))
    else:
        messages.info(request, _("Somebody, or time, has settled this already."))
    return HttpResponseRedirect(reverse("events:parked"))


@console_page(permission="view")
def events(request: ConsoleRequest) -> HttpResponse:
    """Search the log: newest first, by kind."""
    name = request.GET.get("q", "").strip()[:100]
    before = _uuid(request.GET.get("after", ""))
    rows = queries.search(shop_id=request.shop.id, name=name, before_id=before, limit=PAGE_SIZE + 1)
    shown = rows[:PAGE_SIZE]
    people = named_people({item.customer_id for item in shown if item.customer_id})
    table = Table(
        name="events",
        caption=_("Events"),
        columns=[
            Column(name="name", title=_("What happened"), is_main=True),
            Column(name="at", title=_("When"), kind="moment"),
            Column(name="recorded", title=_("Recorded"), kind="moment"),
            Column(name="customer", title=_("Customer")),
        ],
        rows=[_event_row(item, people) for item in shown],
        search=name,
        search_hint="order.paid",
        next_cursor=str(shown[-1].id) if len(rows) > PAGE_SIZE else "",
        is_filtered=bool(name),
        empty=Empty(
            title=_("Nothing happened yet"),
            sentence=_("Orders, points, visits: everything leaves an event here."),
            icon="history",
        ),
    )
    return render(request, "events/events.html", {"table": table})


@console_page(permission="view")
def event(request: ConsoleRequest, event_id: UUID) -> HttpResponse:
    """One event, what led to it, and what it led to."""
    found = queries.event(event_id)
    if found is None or found.shop_id != request.shop.id:
        raise Http404
    chain = [{"item": item, "title": _event_title(item.name)} for item in queries.chain_of(event_id)]
    facts = [(name, value) for name, value in sorted(found.data.items())]
    values = {"event": found, "title": _event_title(found.name), "chain": chain, "facts": facts}
    return render(request, "events/event.html", values)


def _event_row(item: RecordedEvent, people: Mapping[UUID, str]) -> Row:
    return Row(
        id=str(item.id),
        url=reverse("events:event", args=[item.id]),
        detail=item.name,
        cells={
            "name": _event_title(item.name),
            "at": item.occurred_at,
            "recorded": item.recorded_at,
            "customer": people.get(item.customer_id, _("somebody erased")) if item.customer_id else None,
        },
    )


def _event_title(name: str) -> str:
    kind = EVENTS.find(name)
    return say(kind.title) if kind else name


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _actor(request: ConsoleRequest) -> Actor:
    actor: Actor = request.user.as_actor  # type: ignore[union-attr] # console_page lets only staff in
    return actor


urlpatterns = [
    path("console/data/webhooks/", webhooks, name="webhooks"),
    path("console/data/webhooks/<uuid:endpoint_id>/", webhook, name="webhook"),
    path("console/data/webhooks/<uuid:endpoint_id>/change/", change_webhook, name="change_webhook"),
    path("console/data/webhooks/<uuid:endpoint_id>/<uuid:delivery_id>/resend/", resend, name="resend"),
    path("console/data/parked/", parked, name="parked"),
    path("console/data/parked/<int:parked_id>/", decide, name="decide"),
    path("console/data/events/", events, name="events"),
    path("console/data/events/<uuid:event_id>/", event, name="event"),
]
