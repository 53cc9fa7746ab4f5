"""Shops that send: in batches, again until acknowledged, now and then twice, out of order, with wrong clocks."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.torture.orders import Order, new_order, tellings

CUSTOMERS = 200
EVENTS_MAX = 20
ORDERS_MAX = 4
SHARE_REPEATED = 0.05
SHARE_OF_ORDERS = 0.4
PAUSE_SECONDS = 0.02
ANSWER_SECONDS_MAX = 20
STALL_SECONDS_MAX = 90
"""At the end so long without any answer is a failure of the product, however much is still to be sent."""
OPEN_MAX = 20
"""A sender with so many unanswered requests repeats these before it invents more."""
CLOCK_ERRORS_HOURS = (0, -1, -13, -24 * 40)
SOURCE = "torture"


@dataclass
class Ledger:
    """What the senders sent and what was acknowledged; shared between them."""

    events: dict[str, dict] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    acknowledged_events: set[str] = field(default_factory=set)
    acknowledged_orders: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    failures: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Parcel:
    """One request, sent until it is answered; the same key each time, as a careful shop does."""

    path: str
    body: dict
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


class Sender(threading.Thread):
    """One shop's programme: sends until told to stop, then sends what is still open until all is taken."""

    def __init__(self, number: int, ports: list[int], secret: str, ledger: Ledger, stop: threading.Event) -> None:
        super().__init__(name=f"sender {number}", daemon=True)
        self.number, self.ports, self.secret, self.ledger, self.stop = number, ports, secret, ledger, stop
        self.random = random.Random(number)
        self.clock_error = timedelta(hours=CLOCK_ERRORS_HOURS[number % len(CLOCK_ERRORS_HOURS)])
        self.event_count = self.order_count = 0
        self.untold: list[dict] = []
        self.open: list[Parcel] = []

    def run(self) -> None:
        while not self.stop.is_set():
            if len(self.open) < OPEN_MAX:
                self._send(self._orders() if self.random.random() < SHARE_OF_ORDERS else self._events())
            if self.open and self.random.random() < 0.3:
                self._send(self.open.pop(self.random.randrange(len(self.open))))
            time.sleep(PAUSE_SECONDS)
        while self.untold:
            self.open.append(self._parcel_of_orders(self.untold[:50]))
            del self.untold[:50]
        stalled_at = time.monotonic() + STALL_SECONDS_MAX
        while self.open and time.monotonic() < stalled_at:
            count = len(self.open)
            self._send(self.open.pop(0))
            if len(self.open) < count:
                stalled_at = time.monotonic() + STALL_SECONDS_MAX

    def _events(self) -> Parcel:
        batch = []
        for _ in range(self.random.randint(1, EVENTS_MAX)):
            if self.event_count and self.random.random() < SHARE_REPEATED:
                batch.append(self.ledger.events[f"{self.number}-{self.random.randrange(self.event_count)}"])
            else:
                batch.append(self._event())
        return Parcel("/v1/events", {"source": SOURCE, "events": batch})

    def _event(self) -> dict:
        moment = datetime.now(UTC) + self.clock_error - timedelta(seconds=self.random.randint(0, 3_600))
        event: dict = {
            "id": f"{self.number}-{self.event_count}",
            "name": "torture.tick",
            "occurred_at": moment.isoformat(),
            "customer": {"shop_account": self._account()},
            "data": {"n": self.event_count, "text": "zażółć" * self.random.randint(0, 20)},
        }
        self.event_count += 1
        with self.ledger.lock:
            self.ledger.events[event["id"]] = event
        return event

    def _orders(self) -> Parcel:
        """Invent a few orders and tell some states of these and of earlier ones, in any order."""
        for _ in range(self.random.randint(1, ORDERS_MAX)):
            order = new_order(f"{self.number}-{self.order_count}", self._account(), self.random, self.clock_error)
            self.order_count += 1
            with self.ledger.lock:
                self.ledger.orders[order.id] = order
            self.untold += tellings(order, self.random)
        self.random.shuffle(self.untold)
        count = self.random.randint(1, 3 * ORDERS_MAX)
        told, self.untold = self.untold[:count], self.untold[count:]
        return self._parcel_of_orders(told)

    def _parcel_of_orders(self, states: list[dict]) -> Parcel:
        return Parcel("/v1/orders/batch", {"orders": list(states)})

    def _account(self) -> str:
        return f"c{self.random.randrange(CUSTOMERS)}"

    def _send(self, parcel: Parcel) -> None:
        try:
            status, answer = self._post(parcel)
        except (OSError, http.client.HTTPException, ValueError):
            status, answer = 0, {}
        with self.ledger.lock:
            if status == 200:
                self._note(parcel, answer["results"])
                return
            self.ledger.failures += 1
            if 400 <= status < 500 and status not in (409, 425, 429):
                self.ledger.refused.append(f"{parcel.path}: {status} {answer}")
                return
        self.open.append(parcel)
        time.sleep(self.random.uniform(0.05, 0.3))

    def _note(self, parcel: Parcel, results: list[dict]) -> None:
        if parcel.path == "/v1/events":
            for result in results:
                if result["status"] == "error":
                    self.ledger.refused.append(f"{result['id']}: {result['code']} {result['message']}")
                else:
                    self.ledger.acknowledged_events.add(result["id"])
            return
        for state, result in zip(parcel.body["orders"], results, strict=True):
            if result["outcome"] == "refused":
                self.ledger.refused.append(f"order {state['id']}: {result['errors']}")
            else:
                self.ledger.acknowledged_orders.add(state["id"])

    def _post(self, parcel: Parcel) -> tuple[int, dict]:
        is_hot = parcel.path == "/v1/events"
        port = self.random.choice(self.ports) if is_hot else self.ports[0]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS_MAX)
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        if not is_hot:
            headers["Idempotency-Key"] = parcel.key
        try:
            connection.request("POST", parcel.path, json.dumps(parcel.body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        finally:
            connection.close()
