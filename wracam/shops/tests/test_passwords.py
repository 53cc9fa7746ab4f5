"""Passwords in disguise."""

from __future__ import annotations

import pytest

from wracam.shops.passwords import is_guessed_early


@pytest.mark.parametrize(
    "password",
    ["123456789012", "Password2026!", "P@ssw0rd!!!!", "haslohaslo12", "qwertyuiop123", "aaaaaaaaaaaa", "abcdefghijkl", "!!!Wracam2026", "dragondragon", "qazwsxedcrfv"],
)  # fmt: skip
def test_a_common_password_with_decoration_is_recognised(password):
    assert is_guessed_early(password)


@pytest.mark.parametrize(
    "password", ["trzy zielone paprocie", "cztery białe fiołki", "correct horse battery", "Xk9#mQ2$vL7p"]
)
def test_a_good_password_is_left_alone(password):
    assert not is_guessed_early(password)
