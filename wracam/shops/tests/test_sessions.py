"""Sessions, second factors and redirects: what ends a session, how often one may guess, and where nobody is led."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from wracam.foundation import clock
from wracam.shops import actions, models
from wracam.shops.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"
OTHER_PASSWORD = "cztery białe fiołki"
ELSEWHERE = [
    "https://evil.example/", "http://evil.example/", "//evil.example/", "///evil.example/", "/\\evil.example/",
    "\\\\evil.example/", "/\t/evil.example/", "/\n/evil.example/", "https:evil.example", "https:///evil.example/",
    "http:\\\\evil.example/", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "ftp://evil.example/",
    "https://testserver@evil.example/", "https://testserver.evil.example/", "https://evil.example/?testserver",
    "https://evil.example#testserver", " https://evil.example/", "\x01https://evil.example/", "https://[::1]/",
    "//testserver:80@evil.example/", "http://localhost:6379/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_throttles(db: None) -> None:
    cache.clear()


def sign_in(client: Client, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/console/sign-in/", {"login": "daria@zielnik.pl", "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/console/").status_code == 200


def code_now() -> str:
    return str(format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))))


def test_wrong_codes_of_the_app_are_limited_also_from_many_browsers(daria):
    TOTP.activate(models.Staff.objects.get(id=daria.id), SECRET)
    wrong = f"{(int(code_now()) + 500_000) % 10**6:06d}"
    clients = [Client() for _ in range(6)]
    for client in clients:
        sign_in(client)

    for client in clients[:5]:
        assert client.post(reverse("mfa_authenticate"), {"code": wrong}).status_code == 200
    answer = clients[5].post(reverse("mfa_authenticate"), {"code": code_now()})

    assert answer.status_code == 200
    assert not is_in(clients[5])


def test_a_new_password_ends_every_other_session_of_that_person(daria, zielnik):
    here, elsewhere, copied = Client(), Client(), Client()
    for client in (here, elsewhere):
        sign_in(client)
        assert is_in(client)
    copied.cookies["wracam_session"] = here.cookies["wracam_session"].value

    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    changed = here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD},
    )

    assert changed.status_code == 302
    assert not is_in(elsewhere)
    assert not is_in(copied), "a cookie that was copied before the change opens nothing any more"


def test_a_password_set_by_a_mailed_link_ends_every_session(daria, zielnik):
    inside = Client()
    sign_in(inside)
    Client().post(reverse("account_reset_password"), {"email": "daria@zielnik.pl"})
    found = re.search(r"http://[^/]+(/console/account/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert found
    browser = Client()
    form = browser.get(found[1])["Location"]

    browser.post(form, {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD})

    assert not is_in(inside)


def test_signing_out_ends_the_session_also_for_a_copied_cookie(daria, zielnik):
    client, copied = Client(), Client()
    sign_in(client)
    copied.cookies["wracam_session"] = client.cookies["wracam_session"].value
    assert is_in(copied)

    client.post(reverse("account_logout"))

    assert not is_in(copied)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_spelling_of_an_address_leads_to_another_site(target, daria, zielnik):
    signing_in = Client()
    first = sign_in(signing_in, next=target)
    inside = Client()
    sign_in(inside)
    answers = [
        first,
        inside.post("/console/language/", {"language": "pl", "next": target}),
        inside.post("/console/shop/", {"shop": str(zielnik.id), "next": target}),
        Client().post("/club/zielnik/language/", {"language": "pl", "next": target}),
    ]

    for answer in answers:
        assert answer.status_code in (302, 303, 400, 404)
        location = answer.headers.get("Location", "/")
        assert location.startswith("/") and not re.match(r"/[/\\\s]", location), location


@pytest.mark.parametrize(
    "text", ["Hi\r\nBcc: all@b.pl", "Hi\nX: y", "Hi\r\rX: y", "Hi\u2028X: y", "Hi\x0b\x0cX: y", "Hi\x85X: y"]
)
def test_no_line_break_of_any_kind_stays_in_a_subject(text, settings, db):
    mail_id = actions.store_mail(
        recipients=["a@b.pl"], sender="x@y.pl", subject=text, text="", html="", now=clock.now()
    )

    [subject] = models.OutboxMail.objects.filter(id=mail_id).values_list("subject", flat=True)
    assert len(subject.splitlines()) == 1
    assert subject in {"Hi X: y", "Hi Bcc: all@b.pl"}


@pytest.mark.parametrize("address", ["a@b.pl\r\nBcc: all@b.pl", "a@b.pl\nX: y", "a@b.pl, all@b.pl\r\n"])
def test_a_recipient_or_sender_with_a_line_break_is_never_handed_over(address):
    for recipients, sender in (([address], "x@y.pl"), (["a@b.pl"], address)):
        mail.outbox.clear()
        with pytest.raises((ValueError, mail.BadHeaderError)):
            mail.EmailMessage("Hi", "", sender, recipients).send()
        assert mail.outbox == []


def test_under_https_every_cookie_is_for_https_alone():
    """In a process of its own: settings are read once."""
    asked = (
        "import django; django.setup(); from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.IS_SECURE, s.SECURE_HSTS_SECONDS > 0)"
    )
    told = {
        url: subprocess.run(
            [sys.executable, "-c", asked], check=True, capture_output=True, text=True, env=_environment(url)
        ).stdout.split()
        for url in ("https://club.zielnik.example", "http://127.0.0.1:8800")
    }

    assert told["https://club.zielnik.example"] == ["True"] * 4
    assert told["http://127.0.0.1:8800"] == ["False"] * 4


def _environment(url: str) -> dict[str, str]:
    return {**os.environ, "WRACAM_URL": url, "DJANGO_SETTINGS_MODULE": "wracam.config.settings"}
