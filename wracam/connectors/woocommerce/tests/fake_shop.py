"""A small real HTTP server that answers as WooCommerce's REST does: keys checked, pages counted, everything recorded."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

KEY, SECRET = "ck_test", "cs_test"
LISTS = ("orders", "customers", "products", "webhooks", "coupons")


class FakeShop:
    """Serves the lists it is given at `http://127.0.0.1:<port>`; stop it when the test is over."""

    def __init__(self) -> None:
        self.lists: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS}
        self.nested: dict[str, list[dict[str, Any]]] = {}
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        self.failures: list[int] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.calls]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.answer(self, b"")

            def do_POST(self) -> None:
                shop.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def do_PUT(self) -> None:
                self.do_POST()

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        return Handler

    def answer(self, call: BaseHTTPRequestHandler, body: bytes) -> None:
        parts = urlsplit(call.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.calls.append((call.command, parts.path, query))
        if self.failures and (status := self.failures.pop(0)):
            return self._send(call, status, {"code": "failed"})
        if not self._is_signed(call.command, parts.path, dict(query)):
            return self._send(call, 401, {"code": "woocommerce_rest_cannot_view"})
        path = parts.path.removeprefix("/wp-json/wc/v3/")
        if call.command == "GET":
            items = self.nested.get(path, self.lists.get(path))
            if path == "coupons" and items is not None and "code" in query:
                items = [item for item in items if item["code"] == query["code"].lower()]
            if items is None:
                return self._send(call, 404, {"code": "rest_no_route"})
            return self._send(call, 200, self._page(items, query), total=len(items))
        return self._write(call, path, json.loads(body))

    def _write(self, call: BaseHTTPRequestHandler, path: str, content: dict[str, Any]) -> None:
        if path == "coupons/batch":
            return self._send(call, 200, {"create": [self._new_coupon(one) for one in content["create"]]})
        hooks = self.lists[path.partition("/")[0]]
        if call.command == "POST":
            hooks.append({"id": len(hooks) + 1, "status": "active", **content})
            return self._send(call, 201, {"id": len(hooks)})
        hook = next(item for item in hooks if item["id"] == int(path.rpartition("/")[2]))
        hook.update(content)
        return self._send(call, 200, hook)

    def _new_coupon(self, coupon: dict[str, Any]) -> dict[str, Any]:
        coupons = self.lists["coupons"]
        if any(one["code"] == coupon["code"].lower() for one in coupons):
            taken = {"code": "woocommerce_rest_coupon_code_already_exists", "message": "…", "data": {"status": 400}}
            return {"id": 0, "error": taken}
        if coupon["discount_type"] == "percent" and float(coupon["amount"]) > 100:
            return {"id": 0, "error": {"code": "coupon_amount_error", "message": "…", "data": {"status": 400}}}
        coupons.append({**coupon, "id": len(coupons) + 1, "code": coupon["code"].lower()})
        return coupons[-1]

    def _page(self, items: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
        if query.get("orderby") == "modified":
            items = sorted(items, key=lambda item: (item["date_modified_gmt"], item["id"]))
        if "modified_after" in query:
            assert query["dates_are_gmt"] == "true"
            after = datetime.fromisoformat(query["modified_after"])
            items = [item for item in items if datetime.fromisoformat(item["date_modified_gmt"]) > after]
        size, page = min(100, int(query.get("per_page", "10"))), int(query.get("page", "1"))
        return items[(page - 1) * size : page * size]

    def _is_signed(self, method: str, path: str, query: dict[str, str]) -> bool:
        """Check one-legged OAuth 1.0a as WooCommerce does over plain HTTP, written from RFC 5849 anew."""
        given = query.pop("oauth_signature", "")
        if query.get("oauth_consumer_key") != KEY:
            return False
        pairs = "&".join(f"{quote(k, safe='-._~')}={quote(v, safe='-._~')}" for k, v in sorted(query.items()))
        base = f"{method}&{quote(self.url + path, safe='-._~')}&{quote(pairs, safe='-._~')}"
        digest = hmac.new(f"{SECRET}&".encode(), base.encode(), hashlib.sha256).digest()
        return hmac.compare_digest(base64.b64encode(digest).decode(), given)

    def _send(self, call: BaseHTTPRequestHandler, status: int, content: Any, *, total: int | None = None) -> None:
        body = json.dumps(content).encode()
        call.send_response(status)
        call.send_header("Content-Type", "application/json; charset=UTF-8")
        call.send_header("Content-Length", str(len(body)))
        if total is not None:
            call.send_header("X-WP-Total", str(total))
        call.end_headers()
        call.wfile.write(body)
