"""Connect WooCommerce: three steps, what has come since, and what to do when something is wrong."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from wracam.connectors.woocommerce import actions, queries, tasks
from wracam.connectors.woocommerce.contracts import Connection, Resource, Sync, SyncState
from wracam.connectors.woocommerce.core import errors
from wracam.faces.console.ports import Action, ConsoleRequest, Section, Status, Tone, console_page, navigate, road, say
from wracam.foundation import clock, jobs
from wracam.kernel.language import Words
from wracam.shops.contracts import Actor

CONNECT = "connections.edit"
RESOURCES = {
    Resource.PRODUCTS: Words(pl="Produkty", en="Products"),
    Resource.CUSTOMERS: Words(pl="Klienci", en="Customers"),
    Resource.ORDERS: Words(pl="Zamówienia", en="Orders"),
}
STATES: dict[SyncState, tuple[Tone, Words]] = {
    SyncState.NEVER: ("quiet", Words(pl="jeszcze nie", en="not yet")),
    SyncState.RUNNING: ("look", Words(pl="trwa", en="running")),
    SyncState.DONE: ("good", Words(pl="gotowe", en="done")),
    SyncState.FAILED: ("bad", Words(pl="nieudane", en="failed")),
}

road(
    "woocommerce",
    order=10,
    icon="plug",
    title=Words(pl="Połącz WooCommerce", en="Connect WooCommerce"),
    sentence=Words(
        pl="Jedno kliknięcie w sklepie: zamówienia, klienci i produkty przychodzą same, także z przeszłości.",
        en="One click in your shop: orders, customers and products come by themselves, those of the past too.",
    ),
    button=Words(pl="Połącz", en="Connect"),
    url="woocommerce:connection",
    permission="connections.edit",
)
navigate(
    "woocommerce.connection",
    Section.SETTINGS,
    pl="WooCommerce",
    en="WooCommerce",
    url="woocommerce:connection",
    permission=CONNECT,
    order=60,
    icon="plug",
    about=Words(
        pl="Zamówienia, klienci i produkty prosto ze sklepu.",
        en="Orders, customers and products straight from the shop.",
    ),
)


class AddressForm(forms.Form):
    """Where the shop is."""

    url = forms.CharField(
        label=gettext_lazy("Address of your shop"),
        help_text=gettext_lazy("As your customers see it, for example https://zielnik.example"),
        max_length=300,
    )


class KeysForm(forms.Form):
    """Keys made by hand, where one click is not possible."""

    key = forms.CharField(label=gettext_lazy("Consumer key"), max_length=100)
    secret = forms.CharField(
        label=gettext_lazy("Consumer secret"), max_length=100, widget=forms.PasswordInput(render_value=False)
    )


@console_page(permission=CONNECT, methods=("GET", "POST"))
def connection(request: ConsoleRequest) -> HttpResponse:
    """The three steps and the state; posting the address is the first step."""
    known = queries.connection_of(shop_id=request.shop.id)
    form = AddressForm(request.POST or None, initial={"url": known.url if known else ""})
    if request.method == "POST" and form.is_valid():
        try:
            actions.connect(
                shop_id=request.shop.id, url=form.cleaned_data["url"], actor=_actor(request), now=clock.now()
            )
        except ValueError:
            form.add_error("url", _("Write the address of your shop, such as https://zielnik.example."))
        else:
            return _back()
    return render(request, "woocommerce/connection.html", _values(request, known, form, KeysForm()))


@console_page(permission=CONNECT, methods=("POST",))
def authorize(request: ConsoleRequest) -> HttpResponse:
    """Send the owner to their shop, which asks them and then gives us keys."""
    page = actions.begin_authorization(
        connection_id=_known(request).id,
        return_url=_public("woocommerce:connection"),
        callback_url=_public("woocommerce:keys"),
        actor=_actor(request),
        now=clock.now(),
    )
    return HttpResponseRedirect(page)


@sensitive_post_parameters("key", "secret")
@console_page(permission=CONNECT, methods=("POST",))
def keys(request: ConsoleRequest) -> HttpResponse:
    """Store keys that were made by hand, then set up as after one click."""
    known, form = _known(request), KeysForm(request.POST)
    if form.is_valid():
        try:
            actions.store_keys(
                connection_id=known.id,
                key=form.cleaned_data["key"].strip(),
                secret=form.cleaned_data["secret"].strip(),
                actor=_actor(request),
                now=clock.now(),
            )
        except ValueError:
            form.add_error(None, _("The key begins with ck_ and the secret with cs_; copy both from WooCommerce."))
        else:
            _set_up(known)
            messages.success(request, _("The keys are stored. We are setting up the webhooks."))
            return _back()
    address = AddressForm(initial={"url": known.url})
    return render(request, "woocommerce/connection.html", _values(request, known, address, form))


@console_page(permission=CONNECT, methods=("POST",))
def set_up(request: ConsoleRequest) -> HttpResponse:
    """Create or repair the webhooks, and read the history."""
    _set_up(_known(request))
    messages.success(request, _("We are setting up the webhooks and reading the history."))
    return _back()


@console_page(permission=CONNECT, methods=("POST",))
def read_again(request: ConsoleRequest) -> HttpResponse:
    """Read everything by REST again."""
    tasks.begin_reading(_known(request).id, is_full=True)
    messages.success(request, _("We are reading the shop again."))
    return _back()


@console_page(permission=CONNECT, methods=("POST",))
def retry(request: ConsoleRequest) -> HttpResponse:
    """Handle failed deliveries again."""
    known = _known(request)
    actions.retry_failed(connection_id=known.id)
    jobs.defer(tasks.handle_deliveries, key=f"woocommerce.handle:{known.id}", connection_id=known.id)
    return _back()


@console_page(permission=CONNECT, methods=("POST",))
def rotate(request: ConsoleRequest) -> HttpResponse:
    """Make a new secret; it is shown once, for those who create webhooks by hand."""
    known = _known(request)
    secret = actions.rotate_secret(connection_id=known.id, actor=_actor(request), now=clock.now())
    if known.has_keys:
        _set_up(known)
    address = AddressForm(initial={"url": known.url})
    values = _values(request, queries.connection_of(shop_id=request.shop.id), address, KeysForm())
    return render(request, "woocommerce/connection.html", {**values, "secret": secret})


def _set_up(known: Connection) -> None:
    jobs.defer(
        tasks.set_up,
        key=f"woocommerce.set_up:{known.id}",
        connection_id=known.id,
        delivery_url=_public("woocommerce:receive", known.hook_token),
    )


def _values(
    request: ConsoleRequest, known: Connection | None, address: AddressForm, own_keys: KeysForm
) -> dict[str, object]:
    """Everything the page shows."""
    values: dict[str, object] = {"address_form": address, "keys_form": own_keys, "known": known}
    if known is None:
        return values
    problem = errors.sentence(known.last_error)
    return values | {
        "has_https": urlsplit(settings.PUBLIC_URL).scheme == "https",
        "hook_url": _public("woocommerce:receive", known.hook_token),
        "problem": say(problem) if problem else "",
        "syncs": [_sync(sync) for sync in known.syncs],
        "authorize": _post(_("Give Wracam access"), "authorize", icon="plug", is_main=not known.has_keys),
        "set_up": _post(_("Set up the webhooks"), "set_up", icon="refresh-cw", is_main=not known.has_webhooks),
        "read_again": _post(_("Read everything again"), "read_again", icon="refresh-cw"),
        "retry": _post(_("Try again"), "retry", icon="refresh-cw"),
        "rotate": _post(
            _("New secret"),
            "rotate",
            icon="key-round",
            confirm=_(
                "Webhooks get a new secret. Those you made by hand need it too; the present one works until then."
            ),
        ),
    }


def _sync(sync: Sync) -> dict[str, object]:
    tone, words = STATES[sync.state]
    problem = errors.sentence(sync.error)
    return {
        "title": say(RESOURCES[sync.resource]),
        "status": Status(title=say(words), tone=tone),
        "taken": sync.taken,
        "refused": sync.refused,
        "finished_at": sync.finished_at,
        "problem": say(problem) if problem else "",
    }


def _post(title: str, name: str, *, icon: str, is_main: bool = False, confirm: str = "") -> Action:
    url = reverse(f"woocommerce:{name}")
    return Action(title=title, url=url, icon=icon, post=True, is_main=is_main, confirm=confirm)


def _public(name: str, *arguments: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=arguments)


def _known(request: ConsoleRequest) -> Connection:
    known = queries.connection_of(shop_id=request.shop.id)
    if known is None:
        raise Http404
    return known


def _actor(request: ConsoleRequest) -> Actor:
    actor: Actor = request.user.as_actor  # type: ignore[union-attr] # console_page lets only staff in
    return actor


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("woocommerce:connection"))


urlpatterns = [
    path("console/settings/woocommerce", connection, name="connection"),
    path("console/settings/woocommerce/authorize", authorize, name="authorize"),
    path("console/settings/woocommerce/keys", keys, name="own_keys"),
    path("console/settings/woocommerce/set-up", set_up, name="set_up"),
    path("console/settings/woocommerce/read-again", read_again, name="read_again"),
    path("console/settings/woocommerce/retry", retry, name="retry"),
    path("console/settings/woocommerce/rotate", rotate, name="rotate"),
]
