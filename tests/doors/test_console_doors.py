"""Every address of the console and the member pages, found by walking: who may open it, how, and from where.

The tests of the features say what their pages do; these say what no page may ever do, also one written tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tools.reference_doors import served
from wracam.foundation import clock
from wracam.shops import actions as shops
from wracam.shops import queries
from wracam.shops.contracts import Role, Shop
from wracam.shops.models import Staff

FILLED = {"uuid": "019234aa-7c1e-7d3b-9f52-0b6a1c2d3e4f", "int": "7", "slug": "zielnik", "str": "made-up"}
PAGES = [(address, view) for address, view in served() if hasattr(view, "console_permission")]
MEMBER_PAGES = [(address, view) for address, view in served() if address.startswith("club/")]
FROM_ANYWHERE = {
    "club/<slug:shop_key>/enter/",  # the shop posts its signed token from its own page
    "hooks/woocommerce/keys",  # answered with keys for a state that we signed
    "hooks/woocommerce/<str:hook_token>",  # signed over its body
}
WRITE = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|COPY|TRUNCATE|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)", re.DOTALL | re.IGNORECASE
)
INLINE_CODE = re.compile(
    r"\son[a-z]+=|\sstyle=|javascript:|<script(?![^>]*(src=|nonce=|application/json))", re.IGNORECASE
)
OF_SESSIONS = re.compile(r"django_session|usersessions|wracam_cache|staff_session")
NOTED_IN_THE_AUDIT_LOG = re.compile(r"\.csv|\.json|/export")
"""Files that take personal data out leave a line in the audit log, and change nothing else."""


def filled(address: str) -> str:
    if "^" in address:  # the one address that is a pattern: django-allauth's link to a new password
        return "/console/account/password/reset/key/1-made-up/"
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda match: FILLED[match[1] or "str"], address)


@pytest.fixture
def zielnik(db: None) -> Shop:
    return shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=clock.now())


def client_of(role: Role, *, checks_csrf: bool = False) -> Client:
    staff = Staff.objects.create_user(f"{role.value}@zielnik.example", "d" * 14, role=role.value, name=role.value)
    client = Client(enforce_csrf_checks=checks_csrf)
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def outcomes(client: Client, view: Callable[..., Any], address: str) -> set[int]:
    """What the page answers to each method that it takes."""
    methods = vars(view)["console_methods"]
    return {client.generic(method, filled(address)).status_code for method in methods}


@pytest.mark.parametrize("role", list(Role))
def test_no_page_opens_for_a_role_that_may_not(role, zielnik):
    client = client_of(role)
    forbidden = [one for one in PAGES if not queries.may(role, vars(one[1])["console_permission"])]

    opened = [address for address, view in forbidden if outcomes(client, view, address) != {403}]

    assert opened == []
    assert bool(forbidden) is (role is not Role.OWNER)


def test_every_page_sends_a_stranger_to_sign_in(zielnik):
    opened = [address for address, view in PAGES if outcomes(Client(), view, address) != {302}]

    assert opened == []
    assert len(PAGES) > 100


def test_no_page_takes_a_method_it_does_not_name(zielnik):
    client = client_of(Role.OWNER)
    taken = [
        (method, address)
        for address, view in PAGES
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - vars(view)["console_methods"]
        if client.generic(method, filled(address)).status_code != 405
    ]

    assert taken == []


def test_no_address_takes_a_form_from_another_site(zielnik):
    client = client_of(Role.OWNER, checks_csrf=True)
    guarded = [address for address, view in served() if not getattr(view, "csrf_exempt", False)]

    taken = [address for address in guarded if client.post(filled(address)).status_code != 403]

    assert taken == []
    assert {address for address, _ in served()} - set(guarded) == FROM_ANYWHERE


def test_looking_changes_nothing(zielnik):
    client = client_of(Role.OWNER)
    wrote: dict[str, list[str]] = {}
    for address, view in [*PAGES, *MEMBER_PAGES]:
        if "GET" not in getattr(view, "console_methods", {"GET"}):
            continue
        with CaptureQueriesContext(connection) as captured:
            client.get(filled(address))
        writes = [
            query["sql"] for query in captured if WRITE.match(query["sql"]) and not OF_SESSIONS.search(query["sql"])
        ]
        if writes and not NOTED_IN_THE_AUDIT_LOG.search(address):
            wrote[address] = writes

    assert wrote == {}


def test_no_page_has_inline_code_or_a_weak_policy(zielnik):
    client = client_of(Role.OWNER)
    shown, weak = 0, []
    for address, view in [*PAGES, *MEMBER_PAGES]:
        answer = client.get(filled(address)) if "GET" in getattr(view, "console_methods", {"GET"}) else None
        if answer is None or answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        shown += 1
        policy, text = answer.headers["Content-Security-Policy"], answer.content.decode()
        if "script-src 'self' 'nonce-" not in policy or "unsafe" in policy or INLINE_CODE.search(text):
            weak.append(address)

    assert weak == []
    assert shown > 30
