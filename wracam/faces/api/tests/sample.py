"""A few endpoints to try the shell with: notes that are kept in the table of allowances."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.urls import path

from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.openapi import WracamApi
from wracam.faces.api.paging import Page, Paging
from wracam.faces.api.problems import not_found
from wracam.faces.api.values import AmountText, Answer, Body, CurrencyCode, Moment, Name, Quantity, minor


class NoteLine(Body):
    text: Name
    quantity: Quantity = 1


class NoteBody(Body):
    title: Name
    lines: list[NoteLine] = []
    price: AmountText | None = None
    currency: CurrencyCode = "PLN"
    at: Moment | None = None
    attributes: dict[str, Any] = {}


class NoteAnswer(Answer):
    title: str
    number: int
    price_minor: int | None = None


def new_router() -> Router:
    router = Router(tags=["Notes"])

    @router.endpoint("POST", "/notes", scope="notes:write", status=201)
    def post_note(request: ApiRequest, body: NoteBody) -> NoteAnswer:
        """Keep a note.

        More about it.
        """
        price_minor = minor(body.price, body.currency, "body.price") if body.price else None
        if body.title == "broken":
            raise RuntimeError("the note is broken")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO api_allowance VALUES ('note:' || %s || ':' || %s, now()) ON CONFLICT DO NOTHING",
                [request.auth.shop_id, body.title[:60]],
            )
        if body.title == "refused":
            raise not_found("place for it")
        return NoteAnswer(title=body.title, number=count_notes(), price_minor=price_minor)

    @router.endpoint("GET", "/notes", scope="notes:read")
    def list_notes(request: ApiRequest, paging: Paging, q: str = "") -> Page[NoteAnswer]:
        """List notes."""
        after = paging.position[0] if paging.position else ""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT api_key FROM api_allowance WHERE api_key LIKE 'note:' || %s || ':%%' || %s || '%%'"
                " AND api_key > %s ORDER BY api_key LIMIT %s",
                [request.auth.shop_id, q, after, paging.fetch],
            )
            rows = [row[0] for row in cursor.fetchall()]
        return paging.page(rows, key=lambda row: (row,), item=lambda row: NoteAnswer(title=row, number=0))

    @router.endpoint("DELETE", "/notes/{int:number}", scope="notes:write")
    def drop_note(request: ApiRequest, number: int) -> None:
        """Forget a note."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [number])

    return router


def count_notes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM api_allowance WHERE api_key LIKE 'note:%%'")
        return int(cursor.fetchone()[0])


def urlconf(whole: WracamApi) -> Any:
    """Something that Django's resolver accepts and can hash."""
    return (path("v1/", whole.urls),)
