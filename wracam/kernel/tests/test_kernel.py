"""Properties of the pure values that everything stands on."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from wracam.kernel import allocation, ids, json_form, language, money, numerals, text
from wracam.kernel.periods import Period
from wracam.kernel.registry import DuplicateNameError, Registry, UnknownNameError

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=40)


@given(st.integers(-(10**12), 10**12), weights)
def test_parts_add_up_and_stay_within_one_of_their_share(total, shares):
    parts = allocation.split_by_weights(total, shares)

    whole = sum(shares) or len(shares)
    exact = [Decimal(total) * (share if any(shares) else 1) / whole for share in shares]
    assert sum(parts) == total
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


def test_an_odd_grosz_goes_to_the_largest_remainder_and_then_to_the_first():
    assert allocation.split_by_weights(100, [1, 1, 1]) == [34, 33, 33]
    assert allocation.split_by_weights(10, [0, 1, 3]) == [0, 3, 7]
    assert allocation.split_by_weights(-100, [1, 1, 1]) == [-34, -33, -33]


@pytest.mark.parametrize("shares", [[], [1, -1]])
def test_impossible_weights_are_refused(shares):
    with pytest.raises(ValueError, match="weights|nothing"):
        allocation.split_by_weights(1, shares)


@pytest.mark.parametrize(("over", "under", "expected"), [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (5, 3, 2), (0, 7, 0)])
def test_halves_round_away_from_zero(over, under, expected):
    assert allocation.divide_half_up(over, under) == expected


@given(st.integers(-(10**14), 10**14), st.sampled_from(["PLN", "JPY", "KWD", "EUR"]))
def test_minor_units_survive_the_way_to_major_and_back(minor, currency):
    assert money.to_minor(money.to_major(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.345", "PLN", 1235),
        ("12.3449", "PLN", 1234),
        ("-0.005", "PLN", -1),
        ("100", "JPY", 100),
        ("1.2345", "KWD", 1235),
    ],
)
def test_amounts_round_half_away_from_zero(amount, currency, minor):
    assert money.to_minor(amount, currency) == minor


@given(st.integers(-(10**14), 10**14), st.sampled_from(["PLN", "JPY", "KWD", "CLF"]), st.integers(0, 4))
def test_an_amount_that_is_read_the_quick_way_is_the_same_as_read_the_slow_way(minor, currency, decimals):
    written = f"{Decimal(minor).scaleb(-4):.{decimals}f}"

    quick = money.plain_minor(written, currency)

    assert quick in (None, money.to_minor(written, currency))
    assert quick is not None or decimals > money.exponent(currency)


@pytest.mark.parametrize(
    "written", ["", "1.", ".5", "1e3", "+1", " 1", "1_000", "٣", "1.00000", "9" * 12, "NaN", "1\n"]
)
def test_only_plain_amounts_are_read_the_quick_way(written):
    assert money.plain_minor(written, "PLN") is None


@pytest.mark.parametrize("amount", ["", "1,5", "NaN", "Infinity", "1e400", "12 zł", 1.5, True, "9" * 30])
def test_what_is_no_exact_amount_is_refused(amount):
    with pytest.raises(money.MoneyError):
        money.to_minor(amount, "PLN")


def test_money_of_two_currencies_does_not_add_up():
    with pytest.raises(money.CurrencyMismatchError):
        money.Money.parse("1", "PLN") + money.Money.parse("1", "EUR")
    assert str(money.Money.parse("1.5", "pln") + money.Money.parse("2", "PLN")) == "3.50 PLN"


@pytest.mark.parametrize("code", ["", "zł", "PL", "PLNX", "P1N"])
def test_what_is_no_currency_is_refused(code):
    with pytest.raises(money.MoneyError):
        money.currency_code(code)


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), min_size=4, max_size=4))
def test_periods_overlap_when_they_share_a_moment(moments):
    a, b, c, d = moments
    first, second = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    one = Period(starts_at=first[0], ends_at=first[1])
    two = Period(starts_at=second[0], ends_at=second[1])
    candidates = [moment for moment in (first[0], second[0]) if moment in one and moment in two]

    is_proper = first[0] != first[1] and second[0] != second[1]
    if is_proper:
        assert one.overlaps(two) == bool(candidates) == two.overlaps(one)


def test_the_end_does_not_belong_to_a_period():
    day = Period(starts_at=MOMENT, ends_at=MOMENT + timedelta(days=1))

    assert MOMENT in day
    assert MOMENT + timedelta(days=1) not in day
    with pytest.raises(ValueError, match="before it starts"):
        Period(starts_at=MOMENT, ends_at=MOMENT - timedelta(days=1))


def test_ids_are_version_seven_sorted_by_time_and_unique():
    made = [ids.new_id(MOMENT + timedelta(milliseconds=step)) for step in range(200)]

    assert made == sorted(made)
    assert {one.version for one in made} == {7}
    assert len({ids.new_id(MOMENT) for _ in range(2000)}) == 2000
    assert ids.derived_id("order", 1) == ids.derived_id("order", 1) != ids.derived_id("order", 2)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.uuids(), max_size=4))
def test_a_derived_id_is_the_version_five_id_of_its_parts(parts):
    name = "\x1f".join(str(part) for part in parts)

    assert ids.derived_id(*parts) == uuid.uuid5(ids.NAMESPACE, name)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "1\u00a0punkt"),
        (2, "2\u00a0punkty"),
        (5, "5\u00a0punktów"),
        (12, "12\u00a0punktów"),
        (22, "22\u00a0punkty"),
        (101, "101\u00a0punktów"),
        (Decimal("1.5"), "1,5\u00a0punktu"),
        (1240, "1\u00a0240\u00a0punktów"),
    ],
)
def test_polish_points_have_four_forms(number, expected):
    assert language.POINTS.say(number, "pl") == expected


def test_money_and_dates_read_as_people_write_them():
    assert language.money_text(123450, "PLN", "pl") == "1\u00a0234,50\u00a0zł"
    assert language.money_text(123450, "PLN", "en") == "PLN\u00a01,234.50"
    assert language.money_text(-500, "JPY", "en").replace("-", "−") in {"−¥500", "¥−500", "−JP¥500"}
    assert language.date_text(MOMENT.date(), "pl") == "22 lis 2026"
    assert language.moment_text(MOMENT, "en") == "22 Nov 2026, 12:00"
    assert language.POINTS.say(1, "en") == "1\u00a0point"


@given(
    st.integers(-(10**15), 10**15),
    st.sampled_from(["PLN", "EUR", "USD", "JPY", "KWD", "CLF", "IQD", "XXX", "ZZZ"]),
    st.sampled_from(sorted(language.LOCALES.values())),
)
def test_numbers_and_money_are_written_as_in_babels_tables(minor, currency, locale):
    major = money.to_major(minor, currency)

    money_text = numerals.written_money(minor, currency, locale)
    assert money_text.replace(f"{currency}\u00a0", currency) == format_currency(major, currency, locale=locale)
    assert numerals.written_number(minor, locale) == format_decimal(minor, locale=locale)
    assert numerals.written_number(major, locale) == format_decimal(major, locale=locale)


@given(st.text())
def test_cleaned_text_can_be_stored_and_stays_clean(value):
    cleaned = text.clean_text(value)

    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert text.clean_text(cleaned) == cleaned


def test_search_ignores_case_and_diacritics():
    assert text.search_key("  Żółw  ŁĘŻYCKI ") == "zolw lezycki"
    assert text.search_key("Straße Ærø") == "strasse aero"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        (" Ania@Example.COM ", "ania@example.com"),
        ("'ania@example.com", "ania@example.com"),
        ("ania@żółw.pl", "ania@xn--w-uga1v8h.pl"),
        ("ania", None),
        ("ania@", None),
        ("a b@example.com", None),
        ("a@b@example.com", None),
        ("x" * 65 + "@example.com", None),
    ],
)
def test_addresses_are_normalised_or_refused(written, normal):
    assert text.normal_email(written) == normal


def test_a_name_is_registered_once():
    fruits: Registry[int] = Registry("fruit")
    fruits.register("plum", 1)
    fruits.register("apple", 2)

    with pytest.raises(DuplicateNameError):
        fruits.register("plum", 3)
    with pytest.raises(UnknownNameError, match="apple, plum"):
        fruits.get("pear")
    assert list(fruits) == [2, 1]
    assert fruits.find("pear") is None


@given(
    st.recursive(
        st.none() | st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    )
)
def test_the_depth_of_json_is_that_of_what_it_means(value):
    def depth(item: object) -> int:
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        return 1 + max(map(depth, inner), default=0) if isinstance(item, dict | list) else 0

    assert json_form.depth(json.dumps(value).encode()) == depth(value)


@given(st.text(alphabet="\\u0\x00ab"))
def test_a_nul_in_json_is_seen_and_nothing_else(text):
    assert json_form.has_nul(json.dumps(text).encode()) is ("\x00" in text)


@pytest.mark.parametrize(
    "body", [b'"' + b"a" * 5_000_000, b'"' + b'\\"' * 2_500_000, b'"\\' * 2_500_000, b'"' * 4_999_999]
)
def test_no_body_makes_the_look_at_its_form_long(body):
    assert json_form.depth(body) == 0
    assert not json_form.has_nul(body)
