"""Setup, sign-in, settings: who gets in, what each role may, and that nothing changes on GET."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from wracam.foundation import configuration, jobs
from wracam.foundation.clock import now
from wracam.shops import actions, models, queries
from wracam.shops.contracts import SYSTEM, KeyKind, Role
from wracam.shops.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _fresh_throttles(db):
    cache.clear()


def _found(pattern, text):
    """The first group of *pattern* in *text*, which must have it."""
    match = re.search(pattern, str(text))
    assert match, f"{pattern} is not in the text"
    return match.group(match.lastindex or 0)


def _client(role, *, email="bartek@zielnik.pl"):
    user = models.Staff.objects.create_user(email, PASSWORD, role=role.value, name="Bartek", language="en")
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def _sign_in(client, email="daria@zielnik.pl", password=PASSWORD):
    return client.post("/console/sign-in/", {"login": email, "password": password})


# --- setup -----------------------------------------------------------------------------------------------


def _setup_form(**changes):
    values = {"name": "Daria", "email": "daria@zielnik.pl", "password": PASSWORD, "shop_name": "Zielnik",
              "currency": "PLN", "language": "pl", "time_zone": "Europe/Warsaw"}  # fmt: skip
    return {**values, **changes}


def test_the_setup_link_makes_an_owner_and_a_shop_and_signs_in():
    token = actions.issue_setup_token(now=now())
    client = Client()

    assert client.get(f"/console/setup/?token={token}").status_code == 200
    answer = client.post(f"/console/setup/?token={token}", _setup_form())

    assert answer.status_code == 302
    assert client.get("/console/").status_code == 200
    assert [shop.key for shop in queries.shops()] == ["zielnik"]
    assert Client().get(f"/console/setup/?token={token}").status_code == 403


def test_a_wrong_setup_token_shows_what_to_do(db):
    answer = Client().get("/console/setup/?token=guess")

    assert answer.status_code == 403
    assert "wracam init" in answer.content.decode()


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012", "daria@zielnik.pl"])
def test_a_weak_password_is_refused_and_nobody_is_made(password):
    token = actions.issue_setup_token(now=now())

    answer = Client().post(f"/console/setup/?token={token}", _setup_form(password=password))

    assert answer.status_code == 200
    assert not queries.has_staff()
    assert queries.setup_is_open(token=token, now=now())


def test_guessing_setup_tokens_is_slowed_down(db):
    answers = [Client().get(f"/console/setup/?token=guess{n}").status_code for n in range(21)]

    assert answers == [403] * 20 + [429]


# --- sign-in ---------------------------------------------------------------------------------------------


def test_email_and_password_sign_in_and_a_new_session_begins(client, daria):
    client.get("/console/sign-in/")
    before = client.session.session_key

    answer = _sign_in(client, "DARIA@zielnik.pl")

    assert answer.status_code == 302 and answer["Location"] == "/console/"
    assert client.session.session_key != before


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(daria):
    def said(client, email):
        page = _sign_in(client, email, "not the password").content.decode()
        return re.sub(r'value="[^"]*"|nonce="[^"]*"|nonce-[^\']*|X-CSRFToken[^}]*', "", page).replace(email, "")

    assert said(Client(), "daria@zielnik.pl") == said(Client(), "nobody@zielnik.pl")


def test_the_sixth_wrong_password_is_refused_even_with_the_right_one(daria):
    for _ in range(5):
        _sign_in(Client(), password="not the password")

    answer = _sign_in(Client())

    assert answer.status_code == 200
    assert "_auth_user_id" not in answer.wsgi_request.session


def test_nobody_signs_up_by_themselves(client):
    for name in ("account_signup", "account_email", "account_set_password"):
        assert client.get(reverse(name)).status_code == 404
        assert client.post(reverse(name), {"email": "x@example.com"}).status_code == 404


def test_with_an_app_the_password_alone_is_not_enough(daria):
    user = models.Staff.objects.get(id=daria.id)
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    client = Client()

    answer = _sign_in(client)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get("/console/").status_code == 302
    assert client.post(answer["Location"], {"code": "000000"}).status_code == 200
    assert queries.audit_entries(limit=1)[0].verb == "sign_in.code_failed"

    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post(answer["Location"], {"code": code}).status_code == 302
    assert client.get("/console/", follow=True).status_code == 200


def test_a_one_time_code_of_the_app_works_once(daria):
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(models.Staff.objects.get(id=daria.id), secret)
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    first, second = Client(), Client()
    for client in (first, second):
        _sign_in(client)

    assert first.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert second.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200


def test_owners_can_be_made_to_have_a_second_factor(settings, daria, zielnik):
    settings.REQUIRE_SECOND_FACTOR = True
    client = Client()
    client.force_login(models.Staff.objects.get(id=daria.id), backend=BACKEND)

    assert client.get("/console/")["Location"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200


def test_changing_the_second_factor_asks_for_the_password_again_and_forgets_it_after_a_while(daria):
    client = Client()
    _sign_in(client)
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200

    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**record, "at": time.time() - 901} for record in records]
    session.save()
    assert client.get(reverse("mfa_activate_totp")).status_code == 302


def test_a_deactivated_person_is_out_at_once(daria, zielnik):
    bartek = _client(Role.OWNER)
    assert bartek.get("/console/").status_code == 200

    person = next(member for member in queries.staff() if member.email == "bartek@zielnik.pl")
    actions.deactivate_staff(staff_id=person.id, actor=SYSTEM, now=now())

    assert bartek.get("/console/").status_code == 302
    assert not UserSession.objects.filter(user_id=person.id).exists()


def test_signing_out_elsewhere_ends_the_other_sessions(daria, zielnik):
    here, there = Client(), Client()
    for client in (here, there):
        _sign_in(client)
        client.get("/console/")

    here.post(reverse("usersessions_list"))

    assert there.get("/console/").status_code == 302
    assert here.get("/console/").status_code == 200


def test_a_password_reset_says_nothing_about_who_works_here(daria):
    known = Client().post(reverse("account_reset_password"), {"email": "daria@zielnik.pl"})
    unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@zielnik.pl"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [["daria@zielnik.pl"]]


def test_a_reset_link_changes_the_password_once(daria):
    Client().post(reverse("account_reset_password"), {"email": "daria@zielnik.pl"})
    path = _found(r"http://[^/]+(/console/account/password/reset/key/\S+)", mail.outbox[0].body)
    client = Client()
    form = client.get(path)["Location"]

    client.post(form, {"password1": "cztery białe fiołki", "password2": "cztery białe fiołki"})

    assert _sign_in(Client(), password="cztery białe fiołki").status_code == 302
    assert client.get(path).status_code == 200  # no second redirect to a form: the token is used up


# --- what roles may ----------------------------------------------------------------------------------------


def _pages(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _pages(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


OPEN = re.compile(
    r"^(console/(setup|join|sign-in|sign-out|account)/|assets/|club/|demo/shop/|widgets/|pictures/|hooks/|health/|api/|v1/|\^?static|$)|^$"
)


def test_every_console_page_asks_who_is_there_and_what_they_may():
    unguarded = [
        path
        for path, view in _pages(get_resolver().url_patterns)
        if not OPEN.match(path) and not hasattr(view, "console_permission")
    ]

    assert unguarded == []


PAGES = {
    "/console/": "view",
    "/console/settings/": "view",
    "/console/settings/shops/": "shops.edit",
    "/console/settings/shops/new/": "shops.edit",
    "/console/settings/look/": "shops.edit",
    "/console/settings/team/": "staff.edit",
    "/console/settings/keys/": "keys.edit",
    "/console/settings/outbox/": "staff.edit",
    "/console/settings/audit/": "audit.view",
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("path", "permission"), PAGES.items())
def test_a_page_opens_for_the_roles_that_may_see_it(role, path, permission, zielnik):
    expected = 200 if queries.may(role, permission) else 403

    assert _client(role).get(path).status_code == expected


@pytest.mark.parametrize("path", PAGES)
def test_without_signing_in_every_page_leads_to_sign_in_and_back(path, zielnik):
    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer["Location"] == f"/console/sign-in/?next={path}"


CHANGES = ["/console/shop/", "/console/language/", "/console/settings/keys/1/revoke/", "/console/settings/shops/1/secret/",
           "/console/settings/team/invitations/1/withdraw/"]  # fmt: skip


@pytest.mark.parametrize("path", CHANGES)
def test_what_changes_something_refuses_get(path, zielnik):
    assert _client(Role.OWNER).get(path).status_code == 405


@pytest.mark.parametrize("path", [*CHANGES, "/console/settings/team/", "/console/settings/keys/", "/console/sign-in/"])
def test_a_form_from_another_site_is_refused(path, zielnik):
    client = _client(Role.OWNER)
    client.handler.enforce_csrf_checks = True

    assert client.post(path, {}).status_code == 403


def test_an_analyst_who_posts_to_an_owners_page_changes_nothing(zielnik):
    client = _client(Role.ANALYST)
    before = len(queries.audit_entries())

    answers = [
        client.post("/console/settings/keys/", {"name": "x", "kind": "server"}),
        client.post("/console/settings/team/", {"email": "x@zielnik.pl", "role": "owner"}),
        client.post(f"/console/settings/shops/{zielnik.id}/", {"name": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
    assert len(queries.audit_entries()) == before


# --- settings ----------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_works(zielnik):
    client = _client(Role.OWNER)

    page = client.post(
        "/console/settings/keys/", {"name": "ERP", "kind": "server", "scopes": ["shop:read"]}
    ).content.decode()

    secret = _found(r"wr_live_[\w-]+", page)
    access = queries.key_of(secret)
    assert access is not None and access.scopes == frozenset({"shop:read"})
    assert secret not in client.get("/console/settings/keys/").content.decode()


def test_a_key_of_another_shop_cannot_be_revoked(zielnik):
    other = actions.create_shop(name="Ogród", currency="PLN", now=now())
    key = actions.create_key(shop_id=other.id, kind=KeyKind.SERVER, name="ERP", actor=SYSTEM, now=now()).key

    assert _client(Role.OWNER).post(f"/console/settings/keys/{key.id}/revoke/").status_code == 404
    assert queries.keys(other.id)[0].revoked_at is None


def test_an_invitation_travels_by_mail_and_lets_one_person_in(zielnik):
    client = _client(Role.OWNER)
    client.post("/console/settings/team/", {"email": "celina@zielnik.pl", "role": "agent"})
    path = _found(r"http://testserver(/console/join/\S+)", mail.outbox[0].body)
    celina = Client()

    celina.post(path, {"name": "Celina", "password": PASSWORD, "language": "pl"})

    assert celina.get("/console/").status_code == 200
    assert celina.get("/console/settings/team/").status_code == 403
    assert Client().get(path).status_code == 403


def test_nobody_grants_themselves_more_than_the_form_offers(zielnik):
    client = _client(Role.OWNER)
    person = next(member for member in queries.staff() if member.email == "bartek@zielnik.pl")

    client.post(f"/console/settings/team/{person.id}/", {"change": "role", "role": "emperor"})
    client.post(reverse("shops:me"), {"name": "Bartek", "language": "en", "role": "owner", "is_superuser": "1"})

    row = models.Staff.objects.get(id=person.id)
    assert (row.role, row.is_superuser) == ("owner", False)


def test_going_back_never_leads_to_another_site(zielnik):
    answer = _client(Role.OWNER).post("/console/language/", {"language": "pl", "next": "https://evil.example/"})

    assert answer["Location"] == "/console/"


def test_the_language_of_a_person_is_the_language_of_their_screens(zielnik):
    client = _client(Role.OWNER)
    assert "<h1>Settings</h1>" in client.get("/console/settings/").content.decode()

    client.post("/console/language/", {"language": "pl"})

    assert "<h1>Ustawienia</h1>" in client.get("/console/settings/").content.decode()


def test_the_audit_log_pages_by_its_last_line(zielnik):
    client = _client(Role.OWNER)
    for number in range(60):
        actions.create_key(shop_id=zielnik.id, kind=KeyKind.SERVER, name=f"k{number}", actor=SYSTEM, now=now())

    first = client.get("/console/settings/audit/").content.decode()
    after = _found(r"\?after=(\d+)", first)
    second = client.get(f"/console/settings/audit/?after={after}").content.decode()

    assert "k59 " in first and "k59 " not in second
    assert "k0 " in second and "k0 " not in first


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=" + "9" * 40, "q=%F0%9F%8C%B1", "shop=0"])
def test_rubbish_in_the_address_is_no_error(query, zielnik):
    client = _client(Role.OWNER)

    for path in PAGES:
        assert client.get(f"{path}?{query}").status_code == 200


# --- mail --------------------------------------------------------------------------------------------------


@pytest.fixture
def outbox(settings):
    settings.EMAIL_BACKEND = "wracam.shops.mail_backend.OutboxBackend"
    settings.EMAIL_URL = ""


def test_without_a_sender_mail_is_caught_and_can_be_read(outbox, zielnik):
    client = _client(Role.OWNER)
    client.post("/console/settings/team/", {"email": "celina@zielnik.pl", "role": "agent"})

    [caught] = queries.mails(limit=10)
    page = client.get(reverse("shops:outbox_mail", args=[caught.id])).content.decode()

    assert caught.recipients == ("celina@zielnik.pl",)
    assert "/console/join/invite_" in page
    assert "invite_" not in models.OutboxMail.objects.get().content_sealed


def test_with_a_sender_a_job_hands_mail_over_and_erases_it_here(outbox, settings, zielnik, monkeypatch):
    settings.EMAIL_URL = "smtp://mail.example:25"
    monkeypatch.setattr(
        "wracam.shops.actions.outbox._connection",
        lambda: mail.get_connection("django.core.mail.backends.locmem.EmailBackend"),
    )
    _client(Role.OWNER).post("/console/settings/team/", {"email": "celina@zielnik.pl", "role": "agent"})

    jobs.run_due()

    assert [message.to for message in mail.outbox] == [["celina@zielnik.pl"]]
    row = models.OutboxMail.objects.get()
    assert row.sent_at is not None and row.content_sealed == ""


def test_a_subject_cannot_add_headers(outbox, now):
    mail_id = actions.store_mail(
        recipients=["a@b.pl"], sender="x@y.pl", subject="Hi\r\nBcc: all@b.pl", text="", html="", now=now
    )

    stored = queries.mail(mail_id)
    assert stored is not None and stored.subject == "Hi Bcc: all@b.pl"


def test_old_mail_is_removed(outbox, now):
    actions.store_mail(recipients=["a@b.pl"], sender="x@y.pl", subject="Hi", text="", html="", now=now)

    assert actions.remove_old_mail(now=now + timedelta(days=29)) == 0
    assert actions.remove_old_mail(now=now + timedelta(days=31)) == 1


# --- headers -------------------------------------------------------------------------------------------------


def test_every_answer_carries_its_security_headers(zielnik):
    client = _client(Role.OWNER)

    for path in ("/console/", "/console/sign-in/", "/club/zielnik/", "/nowhere/"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self' 'nonce-" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store" or "no-cache" in headers["Cache-Control"]


def test_a_nonce_is_new_for_each_answer_and_no_page_has_inline_code(zielnik):
    client = _client(Role.OWNER)
    pages = [client.get(path) for path in ("/console/", "/console/components/", "/console/settings/keys/")]

    assert len({page["Content-Security-Policy"] for page in pages}) == 3
    for page in pages:
        text = page.content.decode()
        assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:", text)
        assert not re.search(r"<script(?![^>]*(src=|nonce=|application/json))", text)


def test_a_request_id_comes_back_if_it_is_harmless(client):
    assert client.get("/console/sign-in/", headers={"X-Request-Id": "abc-123"})["X-Request-Id"] == "abc-123"
    assert client.get("/console/sign-in/", headers={"X-Request-Id": "a\tb" * 40})["X-Request-Id"] != "a\tb" * 40


def test_the_session_cookie_is_out_of_reach_for_scripts(daria):
    cookie = _sign_in(Client()).cookies["wracam_session"]

    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_the_audit_log_keeps_sign_ins_and_failed_ones_but_no_unknown_address(client, daria, zielnik):
    _sign_in(client, password="not the password")
    _sign_in(client, email="cztery-biale-fiolki", password="daria@zielnik.pl")
    _sign_in(client, email="nobody@zielnik.pl")
    _sign_in(client)

    entries = [(entry.verb, entry.actor.kind, entry.summary) for entry in queries.audit_entries(limit=3)]

    assert entries == [
        ("sign_in.succeeded", "staff", "127.0.0.1"),
        ("sign_in.failed", "visitor", ""),
        ("sign_in.failed", "visitor", "daria@zielnik.pl"),
    ]


def test_the_audit_log_speaks_the_readers_language(client, daria, zielnik):
    client.force_login(models.Staff.objects.get(id=daria.id), backend=BACKEND)
    actions.audit(actor=daria.as_actor, verb="key.revoked", object_kind="key", object_id=1, summary="kasa", now=now())

    page = client.get("/console/settings/audit/").content.decode()

    assert "unieważniono klucz API" in page
    assert "klucz API</small>" in page


def test_errors_show_nothing_of_us_unless_debug_was_set(zielnik, monkeypatch):
    assert [setting.default for setting in configuration.SETTINGS if setting.name == "debug"] == [False]
    client = _client(Role.OWNER)
    client.raise_request_exception = False
    monkeypatch.setattr(queries, "audit_entries", lambda **_: 1 / 0)

    page = client.get("/console/settings/audit/")

    assert page.status_code == 500
    assert not re.search(r"Traceback|ZeroDivision|\.py|site-packages", page.content.decode())
