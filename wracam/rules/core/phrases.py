"""The phrases that sentences about conditions are made of."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.rules.contracts import Truth, ValueType


def _words(pl: str, en: str) -> Words:
    return Words(pl=pl, en=en)


AND, OR = _words("i", "and"), _words("lub", "or")
NEITHER = _words("ani", "nor")
ALWAYS = _words("zawsze", "always")
NOT_TRUE = _words("nieprawda, że", "it is not true that")
NONE_OF = _words("nie zachodzi żadne z", "none of these holds")
UNKNOWN = _words("brak danych", "not known")
NOTHING = _words("nic", "nothing")
QUOTED = _words("„{}”", "“{}”")
NO = _words("brak {}", "no {}")
EVERY = _words("wszystkie {}", "all {}")
TODAY = _words("dzisiaj", "today")
TRUTHS: dict[Truth, Words] = {
    True: _words("tak", "yes"),
    False: _words("nie", "no"),
    None: _words("nie wiadomo", "not known"),
}
LISTS = {
    "is_one_of": OR,
    "is_not_one_of": NEITHER,
    "has_any": OR,
    "has_all": AND,
    "has_none": NEITHER,
}
COUNTS = {
    "equals": _words("dokładnie {}", "exactly {}"),
    "not_equals": _words("liczba inna niż {}", "a number other than {}"),
    "at_least": _words("co najmniej {}", "at least {}"),
    "more_than": _words("więcej niż {}", "more than {}"),
    "at_most": _words("co najwyżej {}", "at most {}"),
    "less_than": _words("mniej niż {}", "fewer than {}"),
    "between": _words("od {} do {}", "between {} and {}"),
}
FIGURES = {
    "sum": _words("suma pola „{}” ({})", "the sum of “{}” ({})"),
    "highest": _words("największa wartość pola „{}” ({})", "the highest “{}” ({})"),
    "lowest": _words("najmniejsza wartość pola „{}” ({})", "the lowest “{}” ({})"),
    "latest": _words("ostatnia wartość pola „{}” ({})", "the latest “{}” ({})"),
    "earliest": _words("pierwsza wartość pola „{}” ({})", "the earliest “{}” ({})"),
}
_NUMBERS = {
    "equals": _words("{} wynosi {}", "{} is {}"),
    "not_equals": _words("{} nie wynosi {}", "{} is not {}"),
    "at_least": _words("{} wynosi co najmniej {}", "{} is at least {}"),
    "more_than": _words("{} wynosi więcej niż {}", "{} is more than {}"),
    "at_most": _words("{} wynosi co najwyżej {}", "{} is at most {}"),
    "less_than": _words("{} wynosi mniej niż {}", "{} is less than {}"),
    "between": _words("{} wynosi od {} do {}", "{} is between {} and {}"),
    "is_one_of": _words("{} wynosi {}", "{} is {}"),
    "is_not_one_of": _words("{} nie wynosi ani {}", "{} is neither {}"),
}
_OTHERS = {
    "equals": _words("{} to {}", "{} is {}"),
    "not_equals": _words("{} to nie {}", "{} is not {}"),
    "is_one_of": _words("{} to {}", "{} is {}"),
    "is_not_one_of": _words("{} to ani {}", "{} is neither {}"),
    "contains": _words("{} zawiera {}", "{} contains {}"),
    "starts_with": _words("{} zaczyna się od {}", "{} starts with {}"),
    "ends_with": _words("{} kończy się na {}", "{} ends with {}"),
    "has_any": _words("{}: {}", "{}: {}"),
    "has_all": _words("{}: {}", "{}: {}"),
    "has_none": _words("{}: ani {}", "{}: neither {}"),
    "on": _words("{} przypada w dniu {}", "{} is on {}"),
    "before": _words("{} przypada przed {}", "{} is before {}"),
    "after": _words("{} przypada po {}", "{} is after {}"),
    "between": _words("{} przypada od {} do {}", "{} is between {} and {}"),
    "within_last": _words("{} przypada {}", "{} is {}"),
    "not_within_last": _words("{} nie przypada {}", "{} is not {}"),
    "within_next": _words("{} przypada {}", "{} is {}"),
    "anniversary_within": _words("{}: rocznica {}", "{}: anniversary {}"),
    "weekday": _words("{} przypada {}", "{} is {}"),
    "month": _words("{} przypada {}", "{} is {}"),
    "time_of_day": _words("{} przypada między {} a {}", "{} is between {} and {}"),
    "is_known": _words("mamy informację: {}", "{} is known"),
    "is_unknown": _words("brak informacji: {}", "{} is not known"),
}
_SINGLE = {
    "is_not_one_of": _words("{} to nie {}", "{} is not {}"),
    "has_none": _words("{}: bez {}", "{}: without {}"),
}


def pattern(kind: ValueType, operator: str, count: int) -> Words:
    """Return the phrase for a title and its values; *count* is how many values a list has."""
    if count == 1 and operator in _SINGLE:
        return _SINGLE[operator]
    if kind in (ValueType.NUMBER, ValueType.MONEY) and operator in _NUMBERS:
        return _NUMBERS[operator]
    return _OTHERS[operator]


PAST, FUTURE = 0, 1
DURATIONS = {"within_last": PAST, "not_within_last": PAST, "within_next": FUTURE, "anniversary_within": FUTURE}
SPANS = (
    _words("w ciągu ostatnich {} {}", "within the last {} {}"),
    _words("w ciągu najbliższych {} {}", "within the next {} {}"),
)


def _unit(past: str, future: str, many: str, en: str) -> tuple[tuple[Words, Words], Words]:
    """One unit after "last" and "next", and the noun for several of it (a genitive in Polish)."""
    single = (
        _words(f"w ciągu {past}", f"within the last {en}"),
        _words(f"w ciągu {future}", f"within the next {en}"),
    )
    return single, _words(many, f"{en}s")


UNITS = {
    "minutes": _unit("ostatniej minuty", "najbliższej minuty", "minut", "minute"),
    "hours": _unit("ostatniej godziny", "najbliższej godziny", "godzin", "hour"),
    "days": _unit("ostatniego dnia", "najbliższego dnia", "dni", "day"),
    "weeks": _unit("ostatniego tygodnia", "najbliższego tygodnia", "tygodni", "week"),
    "months": _unit("ostatniego miesiąca", "najbliższego miesiąca", "miesięcy", "month"),
    "years": _unit("ostatniego roku", "najbliższego roku", "lat", "year"),
}
ON_WEEKDAY = (
    _words("w poniedziałek", "on Monday"),
    _words("we wtorek", "on Tuesday"),
    _words("w środę", "on Wednesday"),
    _words("w czwartek", "on Thursday"),
    _words("w piątek", "on Friday"),
    _words("w sobotę", "on Saturday"),
    _words("w niedzielę", "on Sunday"),
)
IN_MONTH = (
    _words("w styczniu", "in January"),
    _words("w lutym", "in February"),
    _words("w marcu", "in March"),
    _words("w kwietniu", "in April"),
    _words("w maju", "in May"),
    _words("w czerwcu", "in June"),
    _words("w lipcu", "in July"),
    _words("w sierpniu", "in August"),
    _words("we wrześniu", "in September"),
    _words("w październiku", "in October"),
    _words("w listopadzie", "in November"),
    _words("w grudniu", "in December"),
)
