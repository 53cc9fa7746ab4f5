"""Colours that can be read, and tokens that shops sign."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.faces.portal.core.colours import contrast, readable_accent
from wracam.faces.portal.core.tokens import MemberClaim, RefusedToken, read_token, sign_token

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = int(NOW.timestamp())
SECRET = "wr_member_secret"
CLAIMS = {
    "iss": "zielnik",
    "aud": "wracam",
    "iat": SECOND,
    "exp": SECOND + 60,
    "jti": "a1b2c3d4",
    "email": "ania@example.com",
}
colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@given(colours)
def test_any_colour_of_a_shop_becomes_readable(colour):
    accent = readable_accent(colour)

    assert contrast(accent.light, "#faf8f2") >= 4.5
    assert contrast(accent.light, accent.on_light) >= 4.5
    assert contrast(accent.dark, "#242a26") >= 4.5
    assert contrast(accent.dark, accent.on_dark) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert readable_accent("#1f5c42").light == "#1f5c42"


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def _read(token, **changes):
    return read_token(token, **{"secret": SECRET, "shop_key": "zielnik", "now": NOW, **changes})


def test_a_token_names_the_customer():
    assert _read(sign_token(CLAIMS, secret=SECRET)) == MemberClaim(
        token_id="a1b2c3d4", email="ania@example.com", account="", source=""
    )


@pytest.mark.parametrize(
    "change",
    [{"iss": "other"}, {"aud": "somebody"}, {"exp": SECOND}, {"exp": SECOND + 301}, {"iat": SECOND + 61, "exp": SECOND + 90},
     {"jti": "short"}, {"jti": None}, {"iat": True}, {"exp": "soon"}, {"iat": float("inf")}, {"email": ""}, {"email": 7}, {"aud": ["wracam"]}],
)  # fmt: skip
def test_a_token_with_a_wrong_claim_opens_nothing(change):
    assert isinstance(_read(sign_token({**CLAIMS, **change}, secret=SECRET)), RefusedToken)


def test_a_token_of_another_secret_or_shop_opens_nothing():
    token = sign_token(CLAIMS, secret=SECRET)

    assert isinstance(_read(token, secret="another"), RefusedToken)
    assert isinstance(_read(token, shop_key="other"), RefusedToken)


@pytest.mark.parametrize("algorithm", ["none", "None", "RS256", "HS512", None])
def test_the_header_cannot_choose_the_algorithm(algorithm):
    header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm}).encode()).rstrip(b"=").decode()
    body, signature = sign_token(CLAIMS, secret=SECRET).split(".")[1:]

    assert isinstance(_read(f"{header}.{body}.{signature}"), RefusedToken)
    assert isinstance(_read(f"{header}.{body}."), RefusedToken)


@given(
    st.text(max_size=300) | st.binary(max_size=90).map(lambda raw: base64.urlsafe_b64encode(raw).decode() + ".e30.x")
)
def test_rubbish_is_refused_and_never_a_crash(token):
    assert isinstance(_read(token), RefusedToken)


def test_a_changed_letter_anywhere_is_noticed():
    token = sign_token(CLAIMS, secret=SECRET)

    for position in range(len(token)):
        letter = "A" if token[position] != "A" else "B"
        changed = token[:position] + letter + token[position + 1 :]
        assert isinstance(_read(changed), RefusedToken), position
