"""The addresses that WooCommerce calls: deliveries, and the keys of its one-click authorisation."""

from __future__ import annotations

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, RawPostDataException
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wracam.connectors.woocommerce import actions, queries, tasks
from wracam.foundation import clock, transactions
from wracam.foundation.jobs import defer

BODY_BYTES_MAX = 4_000_000
KEYS_BYTES_MAX = 4_000
PREFIX = "x-wc-webhook-"


class Keys(msgspec.Struct, frozen=True):
    """What the shop posts when its owner has agreed."""

    user_id: str
    consumer_key: str
    consumer_secret: str


@csrf_exempt
@require_POST
def receive(request: HttpRequest, hook_token: str) -> HttpResponse:
    """Store a delivery and answer at once; the signature is checked over the raw body."""
    body = _body(request, BODY_BYTES_MAX)
    if body is None:
        return HttpResponse(status=413)
    headers = {
        name.lower().removeprefix(PREFIX): value
        for name, value in request.headers.items()
        if name.lower().startswith(PREFIX)
    }
    with transactions.action():
        answer = actions.receive(hook_token=hook_token, headers=headers, body=body, now=clock.now())
        if answer.is_new and answer.connection_id is not None:
            defer(
                tasks.handle_deliveries,
                key=f"woocommerce.handle:{answer.connection_id}",
                connection_id=answer.connection_id,
            )
    return HttpResponse(status=answer.status, content_type="text/plain")


@csrf_exempt
@require_POST
def accept_keys(request: HttpRequest) -> HttpResponse:
    """Take the keys of a shop whose owner has just agreed; the state we gave it says which shop it is."""
    body = _body(request, KEYS_BYTES_MAX)
    try:
        keys = msgspec.json.decode(body or b"", type=Keys, strict=False)
    except msgspec.MsgspecError:
        return HttpResponse(status=400, content_type="text/plain")
    with transactions.action():
        connection_id = actions.accept_keys(
            state=keys.user_id, key=keys.consumer_key, secret=keys.consumer_secret, now=clock.now()
        )
        if connection_id is None:
            return HttpResponse(status=404, content_type="text/plain")
        defer(
            tasks.set_up,
            key=f"woocommerce.set_up:{connection_id}",
            connection_id=connection_id,
            delivery_url=delivery_address(connection_id),
        )
    return HttpResponse(status=200, content_type="text/plain")


def delivery_address(connection_id: int) -> str:
    """Return the public address of a connection's hook."""
    found = queries.connection(connection_id=connection_id)
    if found is None:
        raise LookupError(f"there is no WooCommerce connection {connection_id}")
    return settings.PUBLIC_URL + reverse("woocommerce:receive", args=[found.hook_token])


def _body(request: HttpRequest, bytes_max: int) -> bytes | None:
    """Return the raw body, or None when it is larger than we take."""
    try:
        if int(request.headers.get("Content-Length") or 0) > bytes_max:
            return None
        body = request.body
    except (ValueError, RequestDataTooBig, RawPostDataException):
        return None
    return body if len(body) <= bytes_max else None


urlpatterns = [
    path("woocommerce/keys", accept_keys, name="keys"),
    path("woocommerce/<str:hook_token>", receive, name="receive"),
]
