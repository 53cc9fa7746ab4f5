"""Encodings, delimiters and cells that must not become formulas."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wracam.connectors.csv_files.core.text import (
    detect_delimiter,
    detect_encoding,
    escaped_for_csv,
    unescaped,
)

POLISH = "Numer;Klient;Produkt\n1;Zażółć Gęślą;Ściółka „Żubr”\n2;Łukasz Dąbrowski;Źdźbło – pęk\n"
GERMAN = "Nummer;Kunde\n1;Jürgen Groß aus Köln\n2;René Crème brûlée £5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250"])
def test_polish_text_is_recognised_in_every_encoding(encoding: str):
    data = POLISH.encode(encoding)

    found = detect_encoding(data, is_whole=True)

    assert data.decode(found) == POLISH.removeprefix("\ufeff")


def test_polish_letters_tell_latin2_from_cp1250():
    data = POLISH.replace("„", '"').replace("”", '"').replace("–", "-").encode("iso8859_2")

    assert detect_encoding(data, is_whole=True) == "iso8859_2"


def test_western_letters_are_read_as_cp1252():
    data = GERMAN.encode("cp1252")

    assert data.decode(detect_encoding(data, is_whole=True)) == GERMAN


def test_a_character_cut_at_the_end_of_the_sample_is_still_utf8():
    data = "Żółw".encode() * 10

    assert detect_encoding(data + "ż".encode()[:1]) == "utf-8"
    assert detect_encoding(data + "ż".encode()[:1] + b"x", is_whole=True) != "utf-8"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_makes_even_rows(delimiter: str):
    rows = [["Name", "Total", "Note"], ["#1", "12,50 zł", 'a; "b" | c, d\nnext line'], ["#2", "7,00 zł", ""]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)

    assert detect_delimiter(text.getvalue()) == (delimiter, 0)


def test_excels_own_separator_line_is_believed():
    assert detect_delimiter("sep=|\na|b;c\n1|2;3\n") == ("|", 1)


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://x","y")', "+SUM(A1)", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1"]
)
def test_a_formula_is_written_back_as_text_and_read_again_as_it_was(cell: str):
    written = escaped_for_csv(cell)

    assert written.startswith("'")
    assert unescaped(written) == cell


def test_numbers_are_no_formulas():
    assert escaped_for_csv("-12,50") == "-12,50"
    assert escaped_for_csv("+48 600 100 200") == "+48 600 100 200"


@given(st.text(max_size=20))
@example("\t")
@example("\r 12")
def test_escaping_never_lets_a_formula_through_and_loses_nothing(cell: str):
    written = escaped_for_csv(cell)

    assert unescaped(written) == unescaped(cell) or unescaped(written) == cell
    assert written[:1] not in {"=", "@", "\t", "\r"}
