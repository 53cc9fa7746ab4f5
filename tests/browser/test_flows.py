"""What people do, in a real browser: set up, sign in, find, invite, make a key, sign in as a member."""

from __future__ import annotations

import re

from django.core import mail
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, open_palette
from wracam.foundation.clock import now
from wracam.shops import actions as shops
from wracam.shops import models, queries


def test_the_first_visit_sets_everything_up(world):
    models.Staff.objects.all().delete()
    models.ShopTheme.objects.all().delete()
    token = shops.issue_setup_token(now=now())
    page = world.page()

    page.goto(f"/console/setup/?token={token}")
    page.get_by_label("Imię i nazwisko").fill("Daria Ćwik")
    page.get_by_label("Twój e-mail").fill("daria@zielnik.pl")
    page.get_by_label("Hasło").fill("krótkie")
    page.get_by_role("button", name="Zaczynamy").click()
    expect(page.get_by_role("alert").first).to_contain_text("Hasło")
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaczynamy").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Dobrze Cię widzieć, Daria")


def test_somebody_signs_in_and_out(world):
    page = world.page()

    page.goto("/console/settings/")
    page.get_by_label("E-mail").fill("daria@zielnik.pl")
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ustawienia")
    page.locator(".me summary").click()
    page.get_by_role("button", name="Wyloguj się").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Zaloguj się")
    assert world.noise == []


def test_the_palette_finds_a_page_by_keyboard(world):
    page = world.page(staff=True)
    page.goto("/console/")

    open_palette(page)
    page.keyboard.type("zespol")
    expect(page.locator("#palette-results a")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Zespół")
    assert world.noise == []


def test_the_palette_fills_before_the_page_listens_to_typing(world):
    page = world.page(staff=True)
    page.add_init_script(
        "const later = setTimeout; window.setTimeout = (what, wait, ...more) => later(what, wait || 9e4, ...more)"
    )
    page.goto("/console/")

    page.keyboard.press("Control+k")

    expect(page.locator("#palette-results a").first).to_be_visible(timeout=30_000)
    assert world.noise == []


def test_a_key_is_made_copied_and_revoked_after_a_question(world):
    context = world.context(staff=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()

    page.goto("/console/settings/keys/")
    page.get_by_label("Nazwa").fill("ERP")
    page.get_by_label("czytanie danych sklepu").check()
    page.get_by_role("button", name="Utwórz klucz").click()
    page.get_by_role("button", name="Kopiuj: ERP").click()
    expect(page.locator("[data-copy-label]")).to_have_text("Skopiowano")
    secret = page.evaluate("navigator.clipboard.readText()")
    assert queries.key_of(secret) is not None

    page.get_by_role("button", name="Unieważnij").click()
    expect(page.get_by_role("dialog")).to_contain_text("Wszystko, co używa klucza ERP")
    page.get_by_role("button", name="Anuluj").click()
    assert queries.key_of(secret) is not None
    page.get_by_role("button", name="Unieważnij").click()
    page.get_by_role("button", name="Dalej").click()
    expect(page.locator(".toast")).to_contain_text("Klucz już nie działa")

    assert queries.key_of(secret) is None


def test_a_passkey_is_added_and_signs_in_without_a_password(world):
    context = world.context(staff=False)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    home = world.url.replace("127.0.0.1", "localhost")
    page.goto(f"{home}/console/sign-in/")
    page.get_by_label("E-mail").fill("daria@zielnik.pl")
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dobrze Cię widzieć")
    page.goto(f"{home}/console/account/factors/webauthn/add/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Czy to Ty?")
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Dalej").click()
    page.locator("input[type=checkbox]").check()
    page.locator("#mfa_webauthn_add").click()
    expect(page).to_have_url(re.compile("recovery-codes|webauthn/$"))

    page.goto(f"{home}/console/")
    page.locator(".me summary").click()
    page.get_by_role("button", name="Wyloguj się").click()
    page.get_by_role("button", name="Zaloguj się kluczem dostępu").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Dobrze Cię widzieć")


def test_a_member_signs_in_with_the_code_from_the_mail(world):
    page = world.page(viewport={"width": 390, "height": 800})

    page.goto("/club/zielnik/")
    page.get_by_role("link", name="Zaloguj się").click()
    page.get_by_label("E-mail").fill("Ania@Example.com")
    page.get_by_role("button", name="Wyślij kod").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wpisz kod")
    page.get_by_label("Kod").fill("".join(filter(str.isdigit, str(mail.outbox[-1].subject)))[:6])
    page.get_by_role("button", name="Zaloguj się").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Dobrze Cię widzieć, Ania")
    assert world.noise == []


def test_the_shops_token_after_the_hash_signs_in_and_leaves_the_address(world):
    from wracam.faces.portal.core.tokens import sign_token
    from wracam.shops.contracts import SYSTEM

    secret = shops.rotate_member_secret(shop_id=world.shop.id, actor=SYSTEM, now=now())
    moment = int(now().timestamp())
    token = sign_token(
        {
            "iss": "zielnik",
            "aud": "wracam",
            "iat": moment,
            "exp": moment + 60,
            "jti": "12345678",
            "email": "ania@example.com",
        },
        secret=secret,
    )
    page = world.page()

    page.goto(f"/club/zielnik/enter/#token={token}")

    expect(page.get_by_role("heading", level=1)).to_have_text("Dobrze Cię widzieć, Ania")
    assert "token" not in page.url


def test_everything_on_the_home_page_is_reached_by_keyboard_with_visible_focus(world):
    page = world.page(staff=True)
    page.goto("/console/settings/")
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
            return {text: (e.textContent || e.ariaLabel || '').trim().slice(0, 40), tag: e.tagName,
                    visible: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2} }"""
        )
        if focused["tag"] == "BODY":
            break
        seen.append(focused)

    assert seen[0]["text"] == "Przejdź do treści"
    assert all(item["visible"] for item in seen), seen
    assert {"Klucze API", "Zespół"} <= {item["text"].split("\n")[0].strip() for item in seen}


def test_pages_can_be_read_without_scripts(world):
    page = world.page(staff=True, java_script_enabled=False, viewport={"width": 390, "height": 800})

    page.goto("/console/settings/")

    expect(page.get_by_role("link", name="Zespół").first).to_be_visible()
