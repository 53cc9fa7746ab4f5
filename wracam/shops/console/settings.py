"""Settings: shops and their look, team, keys, audit log, outbox."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.mail import send_mail
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from wracam.faces.console.ports import (
    NAVIGATION,
    Action,
    Column,
    ConsoleRequest,
    Empty,
    Row,
    Section,
    Status,
    Table,
    console_page,
    say,
)
from wracam.foundation.clock import now
from wracam.shops import actions, queries
from wracam.shops.console.errors import error_text
from wracam.shops.console.forms import ROLE_TITLES, InviteForm, KeyForm, LookForm, ShopForm
from wracam.shops.contracts import Key, KeyKind, NewKey, Role, Shop, ShopsError, StaffMember
from wracam.shops.ports import audit_kind, audit_verb

AUDIT_PAGE_SIZE = 50


@console_page(needs_shop=False)
def overview(request: ConsoleRequest) -> HttpResponse:
    """Everything that can be set, with one sentence each."""
    may = request.user.may  # type: ignore[union-attr] # console_page lets only staff in
    items = [
        item
        for item in sorted(NAVIGATION, key=lambda item: item.order)
        if item.section is Section.SETTINGS and item.url != "shops:settings" and may(item.permission)
    ]
    return render(request, "shops/settings.html", {"items": items})


@console_page(permission="shops.edit", needs_shop=False)
def shop_list(request: ConsoleRequest) -> HttpResponse:
    """All shops of this installation."""
    rows = [
        Row(
            id=str(shop.id),
            url=reverse("shops:shop", args=[shop.id]),
            detail=shop.url,
            cells={
                "name": shop.name,
                "key": shop.key,
                "currency": shop.currency,
                "language": shop.language,
                "zone": shop.time_zone,
            },
        )
        for shop in queries.shops()
    ]
    table = Table(
        name="shops",
        caption=_("Your shops"),
        columns=[
            Column(name="name", title=_("Shop"), is_main=True),
            Column(name="key", title=_("Short name")),
            Column(name="currency", title=_("Currency")),
            Column(name="language", title=_("Language")),
            Column(name="zone", title=_("Time zone")),
        ],
        rows=rows,
        empty=Empty(
            title=_("No shop yet"), sentence=_("A shop is a channel with its own currency and language."), icon="store"
        ),
    )
    return render(request, "shops/shop_list.html", {"table": table})


@console_page(permission="shops.edit", methods=("GET", "POST"), needs_shop=False)
def new_shop(request: ConsoleRequest) -> HttpResponse:
    """Open another sales channel."""
    form = ShopForm(request.POST or None, initial={"currency": "PLN", "language": "pl", "time_zone": "Europe/Warsaw"})
    if request.method == "POST" and form.is_valid():
        try:
            shop = actions.create_shop(actor=_actor(request), now=now(), **form.cleaned_data)
        except ShopsError as error:
            form.add_error(None, error_text(error))
        else:
            messages.success(request, _("The shop is open."))
            return HttpResponseRedirect(reverse("shops:shop", args=[shop.id]))
    return render(request, "shops/shop_form.html", {"form": form, "shop": None})


@console_page(permission="shops.edit", methods=("GET", "POST"), needs_shop=False)
def shop(request: ConsoleRequest, shop_id: int) -> HttpResponse:
    """What a shop is called, how it counts and speaks."""
    known = _shop(shop_id)
    form = ShopForm(request.POST or None, initial=_shop_values(known))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_shop(shop_id=shop_id, actor=_actor(request), now=now(), **form.cleaned_data)
        except ShopsError as error:
            form.add_error(None, error_text(error))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("shops:shop", args=[shop_id]))
    values = {"form": form, "shop": known, "has_secret": queries.member_secret(shop_id) is not None}
    return render(request, "shops/shop_form.html", values)


def _shop_values(known: Shop) -> dict[str, str]:
    return {
        "name": known.name,
        "url": known.url,
        "currency": known.currency,
        "language": known.language,
        "time_zone": known.time_zone,
    }


@console_page(permission="keys.edit", methods=("POST",), needs_shop=False)
def rotate_member_secret(request: ConsoleRequest, shop_id: int) -> HttpResponse:
    """Make a new secret for member session tokens and show it once."""
    known = _shop(shop_id)
    secret = actions.rotate_member_secret(shop_id=shop_id, actor=_actor(request), now=now())
    form = ShopForm(initial=_shop_values(known))
    return render(request, "shops/shop_form.html", {"form": form, "shop": known, "secret": secret, "has_secret": True})


@console_page(permission="shops.edit", methods=("GET", "POST"))
def look(request: ConsoleRequest) -> HttpResponse:
    """Colour, corners and logo of the member pages, with a picture of them beside."""
    theme = queries.theme(request.shop.id)
    form = LookForm(
        request.POST or None,
        request.FILES or None,
        initial={"accent": theme.accent, "radius_px": theme.radius_px, "remove_logo": False},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_theme(
                shop_id=request.shop.id,
                accent=form.cleaned_data["accent"],
                radius_px=form.cleaned_data["radius_px"],
                logo=_new_logo(form),
                actor=_actor(request),
                now=now(),
            )
        except ShopsError as error:
            form.add_error("logo", error_text(error))
        else:
            messages.success(request, _("Saved. Member pages look like this from now on."))
            return HttpResponseRedirect(reverse("shops:look"))
    return render(request, "shops/look.html", {"form": form, "theme": theme})


def _new_logo(form: LookForm) -> bytes | None:
    if form.cleaned_data["remove_logo"]:
        return b""
    upload = form.cleaned_data["logo"]
    return bytes(upload.read(300_000)) if upload else None


@console_page(permission="staff.edit", methods=("GET", "POST"), needs_shop=False)
def team(request: ConsoleRequest) -> HttpResponse:
    """Who works here, with which role; invite more."""
    form = InviteForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            link = _invite(request, form.cleaned_data["email"], Role(form.cleaned_data["role"]))
        except ShopsError as error:
            form.add_error("email", error_text(error))
        else:
            form = InviteForm()
    values = {
        "form": form,
        "link": link,
        "table": _staff_table(queries.staff()),
        "invitations": queries.open_invitations(now=now()),
    }
    return render(request, "shops/team.html", values)


def _invite(request: ConsoleRequest, email: str, role: Role) -> str:
    person = queries.staff_member(int(request.user.pk or 0))
    assert person
    token = actions.invite_staff(email=email, role=role, invited_by=person, now=now())
    link = request.build_absolute_uri(reverse("shops:join", args=[token]))
    text = render_to_string("shops/mail/invitation.txt", {"link": link, "who": person.name or person.email})
    send_mail(_("You are invited to Wracam"), text, None, [email])
    return link


def _staff_table(people: tuple[StaffMember, ...]) -> Table:
    return Table(
        name="team",
        caption=_("People who work here"),
        columns=[
            Column(name="name", title=_("Person"), is_main=True),
            Column(name="role", title=_("Role")),
            Column(name="factor", title=_("Second factor"), kind="status"),
            Column(name="last", title=_("Last signed in"), kind="moment"),
            Column(name="status", title=_("Status"), kind="status"),
        ],
        rows=[_staff_row(person) for person in people],
        empty=Empty(title=_("Nobody yet"), sentence=""),
    )


def _staff_row(person: StaffMember) -> Row:
    on, off = Status(title=_("On"), tone="good"), Status(title=_("Off"), tone="look")
    active, closed = Status(title=_("Active"), tone="good"), Status(title=_("Closed"), tone="quiet")
    return Row(
        id=str(person.id),
        url=reverse("shops:person", args=[person.id]),
        detail=person.email,
        cells={
            "name": person.name or person.email,
            "role": say(ROLE_TITLES[person.role]).partition(":")[0],
            "factor": on if person.has_second_factor else off,
            "last": person.last_login,
            "status": active if person.is_active else closed,
        },
    )


@console_page(permission="staff.edit", methods=("GET", "POST"), needs_shop=False)
def person(request: ConsoleRequest, staff_id: int) -> HttpResponse:
    """One person: their role, and closing or opening their access."""
    known = queries.staff_member(staff_id)
    if known is None:
        raise Http404
    if request.method == "POST":
        try:
            _change_person(request, staff_id)
        except (ShopsError, ValueError) as error:
            messages.error(request, error_text(error))
        else:
            messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("shops:person", args=[staff_id]))
    form = InviteForm(initial={"role": known.role.value})
    entries = [
        (say(audit_verb(entry.verb)), entry) for entry in queries.audit_entries(actor_id=str(staff_id), limit=10)
    ]
    return render(request, "shops/person.html", {"person": known, "role_field": form["role"], "entries": entries})


def _change_person(request: ConsoleRequest, staff_id: int) -> None:
    change, actor, moment = request.POST.get("change"), _actor(request), now()
    if change == "role":
        actions.change_role(staff_id=staff_id, role=Role(request.POST.get("role", "")), actor=actor, now=moment)
    elif change == "deactivate":
        actions.deactivate_staff(staff_id=staff_id, actor=actor, now=moment)
    elif change == "reactivate":
        actions.reactivate_staff(staff_id=staff_id, actor=actor, now=moment)


@console_page(permission="staff.edit", methods=("POST",), needs_shop=False)
def withdraw_invitation(request: ConsoleRequest, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    actions.withdraw_invitation(invitation_id=invitation_id, actor=_actor(request), now=now())
    messages.success(request, _("The invitation is withdrawn."))
    return HttpResponseRedirect(reverse("shops:team"))


@sensitive_variables("made")
@console_page(permission="keys.edit", methods=("GET", "POST"))
def keys(request: ConsoleRequest) -> HttpResponse:
    """The keys programs and pages use, and a new one, shown once."""
    form = KeyForm(request.POST or None)
    made: NewKey | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_key(
                shop_id=request.shop.id,
                kind=KeyKind(form.cleaned_data["kind"]),
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                origins=form.cleaned_data["origins"],
                actor=_actor(request),
                now=now(),
            )
        except ShopsError as error:
            form.add_error(None, error_text(error))
        else:
            form = KeyForm()
    values: dict[str, Any] = {"form": form, "made": made, "keys": _key_lines(queries.keys(request.shop.id))}
    return render(request, "shops/keys.html", values)


def _key_lines(found: tuple[Key, ...]) -> list[dict[str, Any]]:
    return [{"key": key, "status": _key_status(key), "revoke": _revoke(key)} for key in found]


def _key_status(key: Key) -> Status:
    if key.revoked_at:
        return Status(title=_("Revoked"), tone="quiet")
    return Status(title=_("In use"), tone="good") if key.last_used_at else Status(title=_("Not used yet"), tone="look")


def _revoke(key: Key) -> Action | None:
    if key.revoked_at:
        return None
    return Action(
        title=_("Revoke"),
        url=reverse("shops:revoke_key", args=[key.id]),
        post=True,
        is_dangerous=True,
        confirm=_("Whatever uses %(name)s stops working at once.") % {"name": key.name},
    )


@console_page(permission="keys.edit", methods=("POST",))
def revoke_key(request: ConsoleRequest, key_id: int) -> HttpResponse:
    """Stop a key of this shop at once."""
    if all(key.id != key_id for key in queries.keys(request.shop.id)):
        raise Http404
    actions.revoke_key(key_id=key_id, actor=_actor(request), now=now())
    messages.success(request, _("The key no longer works."))
    return HttpResponseRedirect(reverse("shops:keys"))


@console_page(permission="audit.view", needs_shop=False)
def audit(request: ConsoleRequest) -> HttpResponse:
    """Who did what and when; nothing here can be changed."""
    after = request.GET.get("after", "")
    entries = list(
        queries.audit_entries(
            before_id=int(after) if after.isdecimal() and len(after) < 18 else None, limit=AUDIT_PAGE_SIZE + 1
        )
    )
    rows = [
        Row(
            id=str(entry.id),
            detail=say(audit_kind(entry.object_kind)),
            cells={
                "what": say(audit_verb(entry.verb)),
                "about": entry.summary,
                "who": entry.actor.name,
                "at": entry.at,
            },
        )
        for entry in entries[:AUDIT_PAGE_SIZE]
    ]
    table = Table(
        name="audit",
        caption=_("The audit log, newest first"),
        columns=[
            Column(name="what", title=_("What"), is_main=True),
            Column(name="about", title=_("What it is about")),
            Column(name="who", title=_("Who")),
            Column(name="at", title=_("When"), kind="moment"),
        ],
        rows=rows,
        empty=Empty(title=_("Nothing yet"), sentence="", icon="history"),
        next_cursor=rows[-1].id if len(entries) > AUDIT_PAGE_SIZE else "",
    )
    return render(request, "shops/audit.html", {"table": table})


def _shop(shop_id: int) -> Shop:
    known = queries.shop(shop_id)
    if known is None:
        raise Http404
    return known


def _actor(request: ConsoleRequest) -> Any:
    return request.user.as_actor  # type: ignore[union-attr] # console_page lets only staff in
