"""Sealing, indexes and tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.foundation import secrets


@given(st.text(), st.text(max_size=40))
def test_what_is_sealed_opens_only_for_its_purpose(plaintext, aad):
    sealed = secrets.seal(plaintext, aad=aad)

    assert secrets.open_sealed(sealed, aad=aad) == plaintext
    with pytest.raises(secrets.UnreadableSecretError):
        secrets.open_sealed(sealed, aad=aad + "x")


def test_sealing_twice_never_gives_the_same_text():
    assert secrets.seal("klucz", aad="a") != secrets.seal("klucz", aad="a")


@pytest.mark.parametrize("position", [4, 20, -3])
def test_a_changed_letter_is_noticed(position):
    sealed = secrets.seal("tajne hasło do poczty", aad="a")
    letter = "A" if sealed[position] != "A" else "B"
    changed = sealed[:position] + letter + sealed[position:][1:]

    with pytest.raises(secrets.UnreadableSecretError):
        secrets.open_sealed(changed, aad="a")


@pytest.mark.parametrize("rubbish", ["", "w1:", "w1:żółw", "w1:AAAA", "plain text"])
def test_rubbish_is_unreadable_not_a_crash(rubbish):
    with pytest.raises(secrets.UnreadableSecretError):
        secrets.open_sealed(rubbish, aad="a")


def test_another_secret_key_opens_nothing(settings):
    sealed = secrets.seal("tajne", aad="a")
    settings.SECRET_KEY = "another-" + "k" * 50

    with pytest.raises(secrets.UnreadableSecretError):
        secrets.open_sealed(sealed, aad="a")


def test_a_blind_index_is_equal_for_equal_values_of_one_purpose_only():
    index = secrets.blind_index("ania@example.com", purpose="email")

    assert index == secrets.blind_index("ania@example.com", purpose="email")
    assert index != secrets.blind_index("ania@example.com", purpose="phone")
    assert len(index) == 32


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=10))
def test_many_are_sealed_and_indexed_as_each_would_be_alone(texts):
    sealed = list(secrets.seal_many(texts))
    indexes = list(secrets.blind_indexes([text for text, _ in texts], purpose="voucher.code"))

    assert [secrets.open_sealed(one, aad=aad) for one, (_, aad) in zip(sealed, texts, strict=True)] == [
        text for text, _ in texts
    ]
    assert len(set(sealed)) == len(texts)
    assert indexes == [secrets.blind_index(text, purpose="voucher.code") for text, _ in texts]


def test_tokens_have_at_least_128_bits_and_do_not_repeat():
    tokens = {secrets.new_token(prefix="t_") for _ in range(1_000)}

    assert len(tokens) == 1_000
    assert all(len(token) >= 2 + 22 for token in tokens)


def test_codes_keep_their_leading_zeros():
    assert all(len(secrets.new_code()) == 6 and secrets.new_code().isdigit() for _ in range(500))
