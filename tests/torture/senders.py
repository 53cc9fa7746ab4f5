"""Shops that send: in batches, again until acknowledged, now and then twice, out of order, with wrong clocks."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

CUSTOMERS = 200
BATCH_MAX = 20
SHARE_REPEATED = 0.05
PAUSE_SECONDS = 0.01
ANSWER_SECONDS_MAX = 20
CLOCK_ERRORS_HOURS = (0, 0, 0, -1, -13, -24 * 40)
SOURCE = "torture"


@dataclass
class Ledger:
    """What the senders sent and what was acknowledged; shared between them."""

    sent: dict[str, dict] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    answers: int = 0
    failures: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Sender(threading.Thread):
    """One shop's programme: sends events until told to stop, then sends what is still open until all is taken."""

    def __init__(self, number: int, ports: list[int], secret: str, ledger: Ledger, stop: threading.Event) -> None:
        super().__init__(name=f"sender {number}", daemon=True)
        self.number, self.ports, self.secret, self.ledger, self.stop = number, ports, secret, ledger, stop
        self.random = random.Random(number)
        self.clock_error = timedelta(hours=CLOCK_ERRORS_HOURS[number % len(CLOCK_ERRORS_HOURS)])
        self.count = 0
        self.open: list[list[dict]] = []

    def run(self) -> None:
        while not self.stop.is_set():
            self._send(self._batch())
            if self.open and self.random.random() < 0.3:
                self._send(self.open.pop(self.random.randrange(len(self.open))))
            time.sleep(PAUSE_SECONDS)
        give_up_at = time.monotonic() + 60
        while self.open and time.monotonic() < give_up_at:
            self._send(self.open.pop())

    def _batch(self) -> list[dict]:
        batch = []
        for _ in range(self.random.randint(1, BATCH_MAX)):
            if self.count and self.random.random() < SHARE_REPEATED:
                earlier = f"{self.number}-{self.random.randrange(self.count)}"
                batch.append(self.ledger.sent[earlier])
            else:
                batch.append(self._event())
        return batch

    def _event(self) -> dict:
        moment = datetime.now(UTC) + self.clock_error - timedelta(seconds=self.random.randint(0, 3_600))
        event = {
            "id": f"{self.number}-{self.count}",
            "name": "torture.tick",
            "occurred_at": moment.isoformat(),
            "customer": {"shop_account": f"c{self.random.randrange(CUSTOMERS)}"},
            "data": {"n": self.count, "text": "zażółć" * self.random.randint(0, 20)},
        }
        self.count += 1
        with self.ledger.lock:
            self.ledger.sent[event["id"]] = event
        return event

    def _send(self, batch: list[dict]) -> None:
        try:
            status, answer = self._post("/v1/events", {"source": SOURCE, "events": batch})
        except (OSError, http.client.HTTPException, ValueError):
            status, answer = 0, {}
        with self.ledger.lock:
            if status == 200:
                self._note(answer["results"])
                return
            self.ledger.failures += 1
        self.open.append(batch)
        time.sleep(self.random.uniform(0.05, 0.3))

    def _note(self, results: list[dict]) -> None:
        self.ledger.answers += 1
        for result in results:
            if result["status"] == "error":
                self.ledger.refused.append(f"{result['id']}: {result['code']} {result['message']}")
            else:
                self.ledger.acknowledged.add(result["id"])

    def _post(self, path: str, body: dict) -> tuple[int, dict]:
        port = self.random.choice(self.ports)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS_MAX)
        try:
            headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        finally:
            connection.close()
