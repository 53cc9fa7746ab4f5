"""Gift cards and store credit in the console: the list, issuing, and one account with its ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from wracam.customers import queries as customers
from wracam.faces.console.ports import Action, Column, ConsoleRequest, Empty, Figure, Row, Status, Table, console_page
from wracam.foundation import clock
from wracam.kernel.ids import new_id
from wracam.kernel.language import Language, money_text
from wracam.kernel.money import Money, MoneyError, to_minor
from wracam.rules.templatetags.conditions import language_of_screen
from wracam.vouchers import actions, queries
from wracam.vouchers.contracts import (
    CardState,
    HoldReusedError,
    Lacking,
    MoveReason,
    StoredValue,
    StoredValueKind,
    ValueKeyReusedError,
    ValueRefusedError,
)


@console_page()
def index(request: ConsoleRequest) -> HttpResponse:
    """List gift cards and store credit, newest first."""
    now = clock.now()
    language = language_of_screen()
    owed = queries.liability(shop_id=request.shop.id)
    table = Table(
        name="cards",
        caption=_("Gift cards and store credit with their balances"),
        columns=[
            Column(name="card", title=_("Card"), is_main=True),
            Column(name="balance", title=_("Balance"), kind="money"),
            Column(name="ends", title=_("Valid until"), kind="day"),
            Column(name="status", title=_("Status"), kind="status"),
        ],
        rows=[_row(one) for one in queries.newest(shop_id=request.shop.id, now=now)],
        empty=Empty(
            title=_("No gift cards yet"),
            sentence=_("A gift card pays like money and every movement stands in its ledger. Its code is shown once."),
            icon="gift",
        ),
    )
    figures = [
        Figure(
            title=_("Owed on cards"), value=money_text(amount, currency, language), period=_("now"),
            how=_("What all gift cards and store credit still hold: money taken, goods not yet given."),
        )
        for currency, amount in owed.items()
    ]  # fmt: skip
    context = {
        "table": table,
        "figures": figures,
        "key": new_id(now).hex,
        "currency": request.shop.currency,
        "policies": [policy.key for policy in queries.policies(now) if policy.key],
    }
    return render(request, "vouchers/cards.html", context)


@console_page(permission="points.correct", methods=("POST",))
def issue(request: ConsoleRequest) -> HttpResponse:
    """Issue a gift card and show its code, this once."""
    try:
        issued = actions.issue_gift_card(
            shop_id=request.shop.id, amount_minor=_amount(request), currency=request.shop.currency,
            key=f"console:{request.POST.get('key', '')}", policy=request.POST.get("policy", ""),
            note=request.POST.get("note", "").strip(), actor=_actor(request), now=clock.now(),
        )  # fmt: skip
    except (MoneyError, ValueRefusedError, ValueKeyReusedError):
        messages.error(request, _("A card cannot have this amount. Look at the gift card policy."))
        return HttpResponseRedirect(reverse("vouchers:cards"))
    return render(request, "vouchers/issued.html", {"code": issued.code, "card": issued.card})


@console_page()
def show(request: ConsoleRequest, account_id: UUID) -> HttpResponse:
    """Show an account with its ledger."""
    account = _account(request, account_id)
    language = language_of_screen()
    person = customers.customer(account.customer_id) if account.customer_id else None
    context = {
        "account": account,
        "title": _title(account),
        "person": person,
        "status": _status(account),
        "figures": _figures(account, language),
        "table": _ledger(account),
        "key": new_id(clock.now()).hex,
        "actions": [] if account.disabled_at else [_stop(account)],
    }
    return render(request, "vouchers/card.html", context)


@console_page(permission="points.correct", methods=("POST",))
def move(request: ConsoleRequest, account_id: UUID) -> HttpResponse:
    """Top up or take back by hand."""
    account = _account(request, account_id)
    key, note = f"console:{request.POST.get('key', '')}", request.POST.get("note", "").strip()
    change = actions.take_back if request.POST.get("direction") == "take" else actions.top_up
    try:
        outcome = change(
            account_id=account.id, amount_minor=_amount(request), key=key, note=note, actor=_actor(request),
            now=clock.now(),
        )  # fmt: skip
    except (MoneyError, ValueRefusedError, ValueKeyReusedError, HoldReusedError):
        messages.error(request, _("This cannot be done with this card."))
        return HttpResponseRedirect(reverse("vouchers:card", args=[account.id]))
    if isinstance(outcome, Lacking):
        messages.error(request, _("There is not so much on the card."))
    else:
        messages.success(request, _("Done; it stands in the ledger."))
    return HttpResponseRedirect(reverse("vouchers:card", args=[account.id]))


@console_page(permission="points.correct", methods=("POST",))
def disable(request: ConsoleRequest, account_id: UUID) -> HttpResponse:
    """Stop the card."""
    account = _account(request, account_id)
    actions.disable_stored_value(account_id=account.id, actor=_actor(request), now=clock.now())
    messages.success(request, _("The card pays no more."))
    return HttpResponseRedirect(reverse("vouchers:card", args=[account.id]))


def _account(request: ConsoleRequest, account_id: UUID) -> StoredValue:
    found = queries.account(account_id=account_id, now=clock.now())
    if found is None or found.shop_id != request.shop.id:
        raise Http404
    return found


def _actor(request: ConsoleRequest) -> Any:
    return request.user.as_actor  # type: ignore[union-attr]  # console_page demands sign-in


def _amount(request: ConsoleRequest) -> int:
    text = request.POST.get("amount", "").replace(" ", "").replace("\u00a0", "").replace(",", ".")
    return to_minor(text, request.shop.currency)


def _title(account: StoredValue) -> str:
    if account.kind is StoredValueKind.STORE_CREDIT:
        return _("Store credit")
    return _("Gift card …%(hint)s") % {"hint": account.hint}


def _row(account: StoredValue) -> Row:
    return Row(
        id=str(account.id),
        url=reverse("vouchers:card", args=[account.id]),
        cells={
            "card": _title(account),
            "balance": Money(account.balance_minor, account.currency),
            "ends": account.expires_at,
            "status": _status(account),
        },
    )


def _status(account: StoredValue) -> Status:
    return {
        CardState.OK: Status(title=_("active"), tone="good"),
        CardState.EMPTY: Status(title=_("used up"), tone="quiet"),
        CardState.EXPIRED: Status(title=_("expired"), tone="quiet"),
    }.get(account.state_at(clock.now()), Status(title=_("stopped"), tone="bad"))


def _figures(account: StoredValue, language: Language) -> list[Figure]:
    def figure(title: str, amount: int, how: str) -> Figure:
        return Figure(title=title, value=money_text(amount, account.currency, language), period=_("now"), how=how)

    return [
        figure(_("Balance"), account.balance_minor, _("Loaded and refunded, less paid, expired and taken back.")),
        figure(_("Can be paid now"), account.available_minor, _("The balance less what carts hold.")),
        figure(_("Loaded in all"), account.loaded_minor, _("Issued and topped up since the beginning.")),
    ]


def _ledger(account: StoredValue) -> Table:
    names = {
        MoveReason.ISSUED: _("Issued"),
        MoveReason.TOPPED_UP: _("Topped up"),
        MoveReason.PAID: pgettext("gift card", "Paid"),
        MoveReason.REFUNDED: _("Refunded"),
        MoveReason.EXPIRED: _("Expired"),
        MoveReason.CORRECTED: _("Taken back"),
    }
    return Table(
        name="ledger",
        caption=_("Every movement of this account"),
        columns=[
            Column(name="what", title=_("What"), is_main=True),
            Column(name="amount", title=_("Amount"), kind="money"),
            Column(name="at", title=_("When"), kind="moment"),
        ],
        rows=[
            Row(
                id=str(one.id),
                cells={"what": names[one.reason], "amount": Money(one.amount_minor, one.currency), "at": one.at},
                detail=" · ".join(part for part in (one.actor, one.note) if part),
            )
            for one in queries.movements(account_id=account.id)
        ],
        empty=Empty(title=_("No movements"), sentence=_("Nothing was loaded yet.")),
    )


def _stop(account: StoredValue) -> Action:
    return Action(
        title=_("Stop the card"), url=reverse("vouchers:disable_card", args=[account.id]), post=True,
        is_dangerous=True, confirm=_("The card pays no more. What is on it stays in the books."),
    )  # fmt: skip
