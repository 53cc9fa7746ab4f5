"""Outgoing webhooks: signed, retried, logged; a dead endpoint delays nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from wracam.events import actions as events
from wracam.events import queries
from wracam.events.actions.webhooks import endpoints_with_due, send_due
from wracam.events.contracts import NamedEvent, WebhookRefusedError, WebhookState
from wracam.events.core.schedules import WEBHOOK_DELAYS
from wracam.events.models import WebhookDelivery, WebhookEndpoint
from wracam.foundation import clock, jobs, outgoing
from wracam.shops.contracts import SYSTEM
from wracam.shops.models import AuditEntry

from .plants import ANIA, NOW, SHOP, bloomed, watered

pytestmark = pytest.mark.django_db


class Receiver:
    """A receiver on this machine: remembers what came, answers what it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls.append((dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(monkeypatch) -> Iterator[Receiver]:
    monkeypatch.setattr(outgoing, "allowed_hosts", lambda: ["127.0.0.1"])
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def _endpoint(url: str, *names: str) -> Any:
    return events.create_endpoint(url=url, event_names=names or ("test.watered",), actor=SYSTEM, now=NOW)


def _deliver() -> None:
    events.deliver_all(now=clock.now())
    jobs.run_due()


def test_an_event_is_sent_once_with_a_signature_that_the_public_library_accepts(receiver):
    made = _endpoint(receiver.url)
    events.record([watered(ANIA, "fern"), bloomed(ANIA)], now=clock.now())

    _deliver()
    _deliver()

    [(headers, body)] = receiver.calls
    said = Webhook(made.secret).verify(body.decode(), {name.lower(): value for name, value in headers.items()})
    assert said["type"] == "test.watered"
    assert (said["data"]["plant"], said["data"]["customer_id"]) == ("fern", str(ANIA))
    [delivery] = queries.deliveries(endpoint_id=made.endpoint.id)
    assert (delivery.state, delivery.attempts, delivery.status_code) == (WebhookState.DELIVERED, 1, 204)
    assert headers["webhook-id"] == str(delivery.id)


def test_another_secret_does_not_verify(receiver):
    _endpoint(receiver.url)
    other = _endpoint("https://zielnik.pl/hook", "test.bloomed")
    events.record([watered(ANIA)], now=clock.now())
    _deliver()

    [(headers, body)] = receiver.calls

    with pytest.raises(WebhookVerificationError):
        Webhook(other.secret).verify(body.decode(), {name.lower(): value for name, value in headers.items()})


def test_while_a_secret_is_changed_both_sign(receiver):
    old = _endpoint(receiver.url)
    new = events.change_secret(endpoint_id=old.endpoint.id, actor=SYSTEM, now=NOW)
    events.record([watered(ANIA)], now=clock.now())
    _deliver()
    events.forget_old_secret(endpoint_id=old.endpoint.id, actor=SYSTEM, now=NOW)
    events.record([watered(ANIA)], now=clock.now())
    _deliver()

    (first, first_body), (second, second_body) = receiver.calls
    for secret in (old.secret, new.secret):
        Webhook(secret).verify(first_body.decode(), {name.lower(): value for name, value in first.items()})
    Webhook(new.secret).verify(second_body.decode(), {name.lower(): value for name, value in second.items()})
    with pytest.raises(WebhookVerificationError):
        Webhook(old.secret).verify(second_body.decode(), {name.lower(): value for name, value in second.items()})


def test_a_failing_delivery_is_retried_by_the_schedule_with_the_same_id_and_then_given_up(receiver):
    receiver.status = 500
    made = _endpoint(receiver.url)
    events.record([watered(ANIA)], now=clock.now())
    events.deliver_all(now=clock.now())
    moment = clock.now()

    for number, delay in enumerate([*WEBHOOK_DELAYS, timedelta(days=2)], start=1):
        WebhookEndpoint.objects.update(paused_until=None, failing_since=None)
        assert send_due(endpoint_id=made.endpoint.id, clock=lambda: moment) == 0  # noqa: B023 called at once
        [delivery] = queries.deliveries(endpoint_id=made.endpoint.id)
        assert delivery.attempts == number == len(receiver.calls)
        if number <= len(WEBHOOK_DELAYS):
            assert delivery.attempt_at is not None
            assert delay <= delivery.attempt_at - moment <= delay * 1.2
        moment = moment + delay * 1.2

    assert (delivery.state, delivery.attempt_at, delivery.status_code) == (WebhookState.FAILED, None, 500)
    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 1


def test_a_receiver_that_is_gone_is_switched_off(receiver):
    receiver.status = 410
    made = _endpoint(receiver.url)
    events.record([watered(ANIA), watered(ANIA)], now=clock.now())

    _deliver()

    found = queries.endpoint(made.endpoint.id)
    assert found is not None
    assert (found.is_active, found.disabled_reason) == (False, "the receiver answered 410 Gone")
    assert len(receiver.calls) == 1


def test_an_endpoint_that_failed_for_five_days_is_switched_off(receiver):
    receiver.status = 503
    made = _endpoint(receiver.url)
    events.record([watered(ANIA)], now=clock.now())
    events.deliver_all(now=clock.now())
    WebhookEndpoint.objects.update(failing_since=clock.now() - timedelta(days=5), failures=9)

    send_due(endpoint_id=made.endpoint.id, clock=clock.now)

    assert WebhookEndpoint.objects.get().is_active is False


def test_a_dead_endpoint_is_left_alone_and_delays_no_other(receiver, monkeypatch):
    monkeypatch.setattr(outgoing, "allowed_hosts", lambda: ["127.0.0.1"])
    dead = _endpoint("http://127.0.0.1:9/closed")
    alive = _endpoint(receiver.url)
    events.record([watered(ANIA, str(number)) for number in range(5)], now=clock.now())

    _deliver()

    states = {item.state for item in queries.deliveries(endpoint_id=alive.endpoint.id)}
    tried = WebhookDelivery.objects.filter(endpoint_id=dead.endpoint.id, attempts__gt=0)
    assert states == {WebhookState.DELIVERED}
    assert len(receiver.calls) == 5
    assert tried.count() == 1
    assert endpoints_with_due(now=clock.now()) == []
    assert endpoints_with_due(now=clock.now() + timedelta(minutes=1)) == [dead.endpoint.id]


def test_deliveries_of_one_endpoint_keep_the_order_of_events(receiver):
    _endpoint(receiver.url)
    for number in range(6):
        events.record([watered(ANIA, str(number))], now=clock.now())
        events.deliver_all(now=clock.now())
    jobs.run_due()

    assert [msgspec.json.decode(body)["data"]["plant"] for _, body in receiver.calls] == list("012345")


def test_an_endpoint_of_another_shop_and_an_inactive_one_hear_nothing(receiver):
    events.create_endpoint(url=receiver.url, event_names=["*"], shop_id=SHOP + 1, actor=SYSTEM, now=NOW)
    off = _endpoint(receiver.url)
    events.switch_endpoint(endpoint_id=off.endpoint.id, is_active=False, actor=SYSTEM, now=NOW)
    events.record([watered(ANIA)], now=clock.now())

    _deliver()

    assert receiver.calls == []
    assert WebhookDelivery.objects.count() == 0


def test_data_too_large_for_a_webhook_is_left_out(receiver):
    events.create_endpoint(url=receiver.url, event_names=["big.happened"], actor=SYSTEM, now=NOW)
    big = NamedEvent(name="big.happened", shop_id=SHOP, customer_id=ANIA, occurred_at=NOW, data={"x": "y" * 30_000})
    events.record_named([big], now=clock.now())

    _deliver()

    [(_, body)] = receiver.calls
    assert len(body) < 1_000
    assert msgspec.json.decode(body)["data"]["is_left_out"] is True


def test_a_delivered_webhook_can_be_sent_again(receiver):
    made = _endpoint(receiver.url)
    events.record([watered(ANIA)], now=clock.now())
    _deliver()
    [delivery] = queries.deliveries(endpoint_id=made.endpoint.id)

    assert events.resend(endpoint_id=made.endpoint.id, delivery_id=delivery.id, now=clock.now())
    send_due(endpoint_id=made.endpoint.id, clock=clock.now)

    assert [headers["webhook-id"] for headers, _ in receiver.calls] == [str(delivery.id)] * 2


@pytest.mark.parametrize("url", ["http://zielnik.pl/hook", "ftp://zielnik.pl", "zielnik.pl", "https://a:b@zielnik.pl/"])
def test_an_endpoint_with_a_bad_address_is_refused_and_nothing_is_stored(url):
    with pytest.raises(WebhookRefusedError):
        _endpoint(url)

    assert WebhookEndpoint.objects.count() == 0


def test_a_webhook_to_an_inner_address_fails_without_a_call():
    made = _endpoint("https://localhost/hook")
    events.record([watered(ANIA)], now=clock.now())

    _deliver()

    [delivery] = queries.deliveries(endpoint_id=made.endpoint.id)
    assert delivery.state is WebhookState.WAITING
    assert "not a public address" in delivery.error


def test_secrets_are_sealed_and_changes_are_audited():
    made = _endpoint("https://zielnik.pl/hook")

    row = WebhookEndpoint.objects.get()
    assert made.secret not in str(row.secrets_sealed)
    events.remove_endpoint(endpoint_id=row.id, actor=SYSTEM, now=NOW)
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "webhook.created",
        "webhook.removed",
    ]
