"""Signing in to member pages, and what each visitor sees."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client

from wracam.customers import actions as customers
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.faces.portal import actions, models
from wracam.faces.portal.core.tokens import sign_token
from wracam.foundation.clock import now
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_throttles(db):
    cache.clear()


@pytest.fixture
def zielnik():
    return shops.create_shop(name="Zielnik", currency="PLN", now=now())


@pytest.fixture
def ania(zielnik) -> UUID:
    person = PersonSnapshot(
        identities=(
            Identity(kind=IdentityKind.EMAIL, value="ania@example.com"),
            Identity(kind=IdentityKind.SHOP_ACCOUNT, value="17"),
        ),
        modified_at=now(),
        first_name="Ania",
    )
    [customer_id] = customers.identify_many(shop_id=zielnik.id, people=[person], source="woocommerce", now=now())
    assert customer_id
    return customer_id


def _found(pattern, text):
    """The first group of *pattern* in *text*, which must have it."""
    match = re.search(pattern, str(text))
    assert match, f"{pattern} is not in the text"
    return match.group(1)


def _ask(client, email="ania@example.com"):
    return client.post("/club/zielnik/sign-in/", {"email": email})


def _code():
    return _found(r"\b(\d{6})\b", mail.outbox[-1].subject)


def _is_in(client):
    return "Wyloguj się" in client.get("/club/zielnik/").content.decode()


def test_a_code_from_the_mail_signs_in_once(client, ania):
    _ask(client)
    answer = client.post("/club/zielnik/sign-in/code/", {"code": _code()})

    assert answer.status_code == 302
    assert "Dobrze Cię widzieć, Ania" in client.get("/club/zielnik/").content.decode()
    other = Client()
    other.cookies["wracam_member_ticket"] = "anything"
    assert other.post("/club/zielnik/sign-in/code/", {"code": _code()}).status_code == 422


def test_a_code_works_only_in_the_browser_that_asked(client, ania):
    _ask(client)
    other = Client()
    _ask(other, "bartek@example.com")

    assert other.post("/club/zielnik/sign-in/code/", {"code": _code()}).status_code == 422
    assert not _is_in(other)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, zielnik, ania):
    known, unknown = _ask(client), _ask(Client(), "nobody@example.com")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert set(known.cookies) == set(unknown.cookies)
    assert [message.to for message in mail.outbox] == [["ania@example.com"]]


def test_the_link_of_the_mail_shows_a_button_and_changes_nothing_until_pressed(client, ania):
    _ask(client)
    path = _found(r"http://testserver(/club/\S+)", mail.outbox[-1].body)

    client.get(path)
    client.get(path)
    assert not _is_in(client)
    assert client.post(path).status_code == 302
    assert _is_in(client)
    assert Client().post(path).status_code == 403


def test_a_code_is_locked_after_five_wrong_tries(client, ania):
    _ask(client)
    right = _code()
    wrong = f"{(int(right) + 1) % 10**6:06d}"

    for _ in range(5):
        assert client.post("/club/zielnik/sign-in/code/", {"code": wrong}).status_code == 422

    assert client.post("/club/zielnik/sign-in/code/", {"code": right}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_tries_in_parallel_are_all_counted(ania, zielnik):
    asked = actions.ask_code(shop_id=zielnik.id, customer_id=ania, now=now())
    wrong = [f"{(int(asked.code) + offset) % 10**6:06d}" for offset in range(1, 13)]

    def attempt(code):
        try:
            return actions.enter_code(shop_id=zielnik.id, ticket=asked.ticket, code=code, now=now())
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(attempt, wrong)) == [None] * 12

    assert models.SignInCode.objects.get().tries == 5
    assert actions.enter_code(shop_id=zielnik.id, ticket=asked.ticket, code=asked.code, now=now()) is None


def test_a_code_expires(ania, zielnik):
    asked = actions.ask_code(shop_id=zielnik.id, customer_id=ania, now=now())

    late = now() + timedelta(minutes=15)
    assert actions.enter_code(shop_id=zielnik.id, ticket=asked.ticket, code=asked.code, now=late) is None
    assert actions.enter_link(shop_id=zielnik.id, link_token=asked.link_token, now=late) is None


def test_the_sixth_mail_in_a_quarter_of_an_hour_is_refused(client, ania):
    answers = [_ask(client).status_code for _ in range(6)]

    assert answers == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_codes_and_sessions_are_stored_as_hashes_only(client, ania):
    _ask(client)
    code = _code()
    client.post("/club/zielnik/sign-in/code/", {"code": code})
    token = client.cookies["wracam_member"].value

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_sign_in_code::text FROM member_sign_in_code UNION ALL SELECT member_session::text FROM member_session"
        )
        stored = str(cursor.fetchall())
    assert token not in stored and f",{code}," not in stored


def test_the_cookie_is_for_this_shop_alone_and_out_of_reach_for_scripts(client, ania):
    _ask(client)
    cookie = client.post("/club/zielnik/sign-in/code/", {"code": _code()}).cookies["wracam_member"]

    assert cookie["path"] == "/club/zielnik/"
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_a_session_of_one_shop_opens_nothing_in_another(client, ania):
    shops.create_shop(name="Ogród", currency="PLN", now=now())
    _ask(client)
    client.post("/club/zielnik/sign-in/code/", {"code": _code()})

    other = Client()
    other.cookies["wracam_member"] = client.cookies["wracam_member"].value
    assert "Wyloguj się" not in other.get("/club/ogrod/").content.decode()


def test_signing_out_ends_the_session_also_for_a_copied_cookie(client, ania):
    _ask(client)
    client.post("/club/zielnik/sign-in/code/", {"code": _code()})
    copied = Client()
    copied.cookies["wracam_member"] = client.cookies["wracam_member"].value

    client.post("/club/zielnik/sign-out/")

    assert not _is_in(copied)


def _token(secret, **changes):
    moment = int(now().timestamp())
    claims = {"iss": "zielnik", "aud": "wracam", "iat": moment, "exp": moment + 60, "jti": uuid4().hex}
    return sign_token({**claims, "email": "ania@example.com", **changes}, secret=secret)


def test_the_shop_signs_its_customer_in_with_a_token_that_works_once(ania, zielnik):
    secret = shops.rotate_member_secret(shop_id=zielnik.id, actor=SYSTEM, now=now())
    token = _token(secret)
    client = Client(enforce_csrf_checks=True)

    assert client.post("/club/zielnik/enter/", {"token": token}).status_code == 302
    assert _is_in(client)
    assert Client().post("/club/zielnik/enter/", {"token": token}).status_code == 403


def test_the_shop_may_name_its_account_instead(ania, zielnik):
    secret = shops.rotate_member_secret(shop_id=zielnik.id, actor=SYSTEM, now=now())
    client = Client()

    client.post("/club/zielnik/enter/", {"token": _token(secret, email="", sub="17", source="woocommerce")})

    assert _is_in(client)


def test_a_replaced_secret_signs_nobody_in(ania, zielnik):
    old = shops.rotate_member_secret(shop_id=zielnik.id, actor=SYSTEM, now=now())
    shops.rotate_member_secret(shop_id=zielnik.id, actor=SYSTEM, now=now())

    assert Client().post("/club/zielnik/enter/", {"token": _token(old)}).status_code == 403


def test_a_shop_without_a_secret_signs_nobody_in(ania):
    assert Client().post("/club/zielnik/enter/", {"token": _token("")}).status_code == 403


@pytest.mark.parametrize("path", ["sign-in/", "sign-in/code/", "sign-out/", "language/"])
def test_a_form_from_another_site_is_refused(path, zielnik):
    assert Client(enforce_csrf_checks=True).post(f"/club/zielnik/{path}", {"email": "a@example.com"}).status_code == 403


def test_a_visitor_chooses_the_language(client, zielnik):
    client.post("/club/zielnik/language/", {"language": "en"})

    assert 'lang="en"' in client.get("/club/zielnik/").content.decode()[:60]


@pytest.mark.parametrize(
    "path", ["/club/nowhere/", "/club/nowhere/sign-in/", "/club/nowhere/logo/x/", "/club/zielnik/logo/x/"]
)
def test_what_does_not_exist_is_not_found(client, path, zielnik):
    assert client.get(path).status_code == 404


def test_the_theme_of_the_shop_reaches_the_page_under_its_nonce(client, zielnik):
    shops.change_theme(shop_id=zielnik.id, accent="#ffcc00", radius_px=3, actor=SYSTEM, now=now())

    answer = client.get("/club/zielnik/")

    page = answer.content.decode()
    nonce = _found(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
    assert f'<style nonce="{nonce}">' in page
    assert "--radius: 3px" in page and "#ffcc00" in page
