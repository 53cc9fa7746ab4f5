"""Properties of codes: what the check character notices, and what typing does not matter for; no database."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.vouchers.core import codes
from wracam.vouchers.core.codes import ALPHABET, BASE, CodeFormat, check_character, fold, has_shape, is_typo, is_whole
from wracam.vouchers.core.drawing import EVEN_VALUES, draw

BODIES = st.integers(codes.LENGTH_MIN, codes.LENGTH_MAX).flatmap(lambda n: st.text(ALPHABET, min_size=n, max_size=n))


def test_the_alphabet_is_prime_and_has_no_look_alikes():
    assert BASE == 31
    assert len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("01ILO")


@given(BODIES)
def test_every_single_wrong_character_is_noticed(body):
    whole = body + check_character(body)

    assert is_whole(whole)
    for place in range(len(whole)):
        for letter in set(ALPHABET) - {whole[place]}:
            assert not is_whole(whole[:place] + letter + whole[place + 1 :])


@given(BODIES)
def test_any_two_characters_that_changed_places_are_noticed(body):
    whole = body + check_character(body)

    for first in range(len(whole)):
        for second in range(first + 1, len(whole)):
            swapped = list(whole)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            assert is_whole("".join(swapped)) is (whole[first] == whole[second])


def read(body: str) -> int:
    """The number that a body spells, most important character first."""
    return sum(ALPHABET.index(letter) * BASE**place for place, letter in enumerate(reversed(body)))


@given(st.integers(1, 24).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, BASE**n - 1))))
def test_every_number_has_a_spelling_of_its_own(sized):
    length, number = sized

    spelled = codes.spell(number, length)

    assert len(spelled) == length
    assert read(spelled) == number


@given(number=st.integers(0, BASE**12 - 1), data=st.data())
def test_a_code_is_read_however_it_is_typed(number, data):
    form = CodeFormat(prefix="WIOSNA")
    code = codes.make(number, form)
    if code is None:
        return
    typed = "".join(
        data.draw(st.sampled_from([letter, letter.lower(), f" {letter}", f"{letter}-", f"{letter}\u2011"]))
        for letter in code
    )

    assert fold(typed) == fold(code)
    assert has_shape(fold(typed), form)
    assert not is_typo(fold(typed), form)


@pytest.mark.parametrize("typed", ["WIOSNA20", "wiosna20", "W1OSNA2O", "wlosna 20", "ＷＩＯＳＮＡ２０", " wio-sna_20 "])
def test_look_alikes_and_wide_letters_mean_the_same(typed):
    assert fold(typed) == "W10SNA20"


@given(st.text(max_size=300))
def test_folding_takes_any_text_and_changes_nothing_the_second_time(typed):
    folded = fold(typed)

    assert len(folded) <= codes.TYPED_LENGTH_MAX
    assert fold(folded) == folded


@given(st.integers(0, BASE**8 - 1))
def test_different_numbers_are_different_codes_of_the_right_form(number):
    form = CodeFormat(prefix="", length=8)
    code, other = codes.make(number, form), codes.make((number + 1) % BASE**8, form)

    if code is not None:
        assert code != other
        assert len(code) == 8 + 1 + 1
        assert [len(group) for group in code.split("-")] == [4, 5]


def test_the_default_has_fifty_nine_bits_and_a_rude_one_is_never_made():
    form = CodeFormat()
    rude = read("FUCKABCDEFGH")

    assert math.floor(form.bits) == 59
    assert form.guessing_years(live_codes=1_000_000) == pytest.approx(2_496, rel=0.01)
    assert CodeFormat(length=8).guessing_years(live_codes=1_000_000) * 365.25 == pytest.approx(0.987, rel=0.01)
    assert codes.make(rude, form) is None


def test_shown_codes_are_grouped_by_four_and_no_character_stands_alone():
    assert codes.show("ABCDEFGHJKMNP", "ROSE") == "ROSE-ABCD-EFGH-JKMNP"
    assert codes.show("ABCDEFGHJ") == "ABCD-EFGHJ"
    assert codes.show("ABCDEF") == "ABCD-EF"


FORMS = st.builds(
    CodeFormat,
    prefix=st.text(ALPHABET, max_size=codes.PREFIX_LENGTH_MAX),
    length=st.integers(codes.LENGTH_MIN, codes.LENGTH_MAX),
    has_check=st.booleans(),
)


@given(form=FORMS, chance=st.binary(max_size=300))
def test_many_codes_drawn_at_once_are_what_each_would_be_alone(form, chance):
    letters = "".join(ALPHABET[byte % BASE] for byte in chance if byte < EVEN_VALUES)
    ends = range(form.length, len(letters) + 1, form.length)
    bodies = [letters[end - form.length : end] for end in ends]

    drawn = draw(chance, form)

    alone = [codes.make(read(body), form) for body in bodies]
    assert drawn == [code for code in alone if code is not None]


def test_a_drawn_letter_favors_none_and_rude_words_are_left_out_only_where_they_stand_in_one_code():
    form = CodeFormat(length=6, has_check=False)
    rude, across = (bytes(ALPHABET.index(letter) for letter in word) for word in ("ABFUCK", "ABCDFUCKEFGH"))

    assert EVEN_VALUES % BASE == 0
    assert len({byte % BASE for byte in range(EVEN_VALUES)}) == BASE
    assert draw(rude + across, form) == ["ABCD-FU", "CKEF-GH"]
    assert draw(b"", form) == []
