"""What the sentence editor needs to know, as JSON: attributes with their operators, widgets and choices."""

from __future__ import annotations

from collections.abc import Collection as AnyOf
from typing import Any

from wracam.kernel.language import Language, Words
from wracam.rules.contracts import Attribute, Collection, Subject, ValueType, Vocabulary
from wracam.rules.core import phrases
from wracam.rules.core.conditions import LINES
from wracam.rules.core.operators import AGGREGATED_TYPES, OPERATORS, WEEKDAYS, operators_of

SUBJECTS = {
    Subject.CUSTOMER: Words(pl="Klient", en="Customer"),
    Subject.ORDER: Words(pl="Zamówienie", en="Order"),
    Subject.CART: Words(pl="Koszyk", en="Cart"),
    Subject.LINE: Words(pl="Pozycja", en="Line"),
    Subject.EVENT: Words(pl="Zdarzenie", en="Event"),
    Subject.CLOCK: Words(pl="Czas", en="Time"),
}
UNITS = {
    "minutes": Words(pl="minut", en="minutes"),
    "hours": Words(pl="godzin", en="hours"),
    "days": Words(pl="dni", en="days"),
    "weeks": Words(pl="tygodni", en="weeks"),
    "months": Words(pl="miesięcy", en="months"),
    "years": Words(pl="lat", en="years"),
}
HOW = {
    "count": Words(pl="liczba: {}", en="number of {}"),
    "sum": Words(pl="suma: {}", en="sum of {}"),
    "highest": Words(pl="największa wartość: {}", en="highest {}"),
    "lowest": Words(pl="najmniejsza wartość: {}", en="lowest {}"),
    "latest": Words(pl="ostatnia wartość: {}", en="latest {}"),
    "earliest": Words(pl="pierwsza wartość: {}", en="earliest {}"),
    "any": Words(pl="przynajmniej jedna z: {}", en="any of the {}"),
    "all": Words(pl="wszystkie: {}", en="all of the {}"),
    "none": Words(pl="żadna z: {}", en="none of the {}"),
}
TEXTS = {
    "all": Words(pl="wszystkie", en="all"),
    "any": Words(pl="którykolwiek", en="any"),
    "none": Words(pl="żaden", en="none"),
    "group_before": Words(pl="Spełnione:", en="Meets"),
    "group_after": Words(pl="z tych warunków", en="of these conditions"),
    "group_label": Words(pl="Ile warunków ma być spełnionych", en="How many of the conditions must hold"),
    "add": Words(pl="Dodaj warunek", en="Add a condition"),
    "add_group": Words(pl="Dodaj grupę", en="Add a group"),
    "remove": Words(pl="Usuń", en="Remove"),
    "what": Words(pl="O co pytamy", en="What to look at"),
    "operator": Words(pl="Jak porównać", en="How to compare"),
    "value": Words(pl="Wartość", en="Value"),
    "from": Words(pl="Od", en="From"),
    "to": Words(pl="Do", en="To"),
    "unit": Words(pl="Jednostka", en="Unit"),
    "field": Words(pl="Pole", en="Field"),
    "yes": Words(pl="tak", en="yes"),
    "no": Words(pl="nie", en="no"),
    "within": Words(pl="Z ilu ostatnich dni (puste: kiedykolwiek)", en="Of how many last days (empty: ever)"),
    "within_before": Words(pl="z ostatnich", en="of the last"),
    "within_after": Words(pl="dni", en="days"),
    "ever": Words(pl="wszystkich", en="all"),
    "for_which": Words(pl="dla których:", en="for which:"),
    "where": Words(pl="Tylko takie, dla których:", en="Only those for which:"),
    "narrow": Words(pl="Zawęź", en="Narrow down"),
    "list_hint": Words(pl="oddziel przecinkami", en="separate by commas"),
    "always": Words(pl="Bez warunków: zawsze.", en="No conditions: always."),
    "removed": Words(pl="Usunięto warunek.", en="Condition removed."),
}


def form_options(vocabulary: Vocabulary, subjects: AnyOf[str], language: Language) -> dict[str, Any]:
    """Return everything the editor offers for conditions about *subjects*, in one language."""
    allowed = {*subjects, Subject.CLOCK}
    attributes = [item for item in vocabulary.attributes.values() if item.subject in allowed]
    collections = [item for item in vocabulary.collections.values() if allowed.intersection(item.subjects)]
    return {
        "language": language,
        "allowed": sorted(allowed),
        "texts": {name: words.say(language) for name, words in TEXTS.items()},
        "subjects": [
            {"name": name, "title": words.say(language)}
            for name, words in SUBJECTS.items()
            if any(item.subject == name for item in attributes)
        ],
        "attributes": [_attribute(item, language) for item in attributes],
        "collections": [_collection(item, language) for item in collections],
        "operators": {
            name: {"title": item.title.say(language), "shape": item.shape.value} for name, item in OPERATORS.items()
        },
        "types": {kind.value: [item.name for item in operators_of(kind)] for kind in ValueType},
        "weekdays": [
            {"value": name, "title": words.say(language)}
            for name, words in zip(WEEKDAYS, phrases.ON_WEEKDAY, strict=True)
        ],
        "months": [
            {"value": number, "title": words.say(language)} for number, words in enumerate(phrases.IN_MONTH, start=1)
        ],
        "units": [{"value": name, "title": words.say(language)} for name, words in UNITS.items()],
    }


def _attribute(item: Attribute, language: Language) -> dict[str, Any]:
    return {
        "name": item.name,
        "subject": item.subject,
        "title": item.title.say(language),
        "type": item.type.value,
        "about": item.about.say(language) if item.about else "",
        "choices": [{"value": choice.value, "title": choice.title.say(language)} for choice in item.options()],
    }


def _collection(item: Collection, language: Language) -> dict[str, Any]:
    title = item.title.say(language)
    hows = ["any", "all", "none", "count"] if item.name == LINES else ["count"]
    hows += [how for how, kinds in AGGREGATED_TYPES.items() if any(field.type in kinds for field in item.fields)]
    return {
        "name": item.name,
        "title": title[:1].upper() + title[1:],
        "is_dated": item.moment is not None,
        "hows": [
            {
                "name": how,
                "title": HOW[how].say(language).format(title),
                "fields": [field.name for field in item.fields if field.type in AGGREGATED_TYPES.get(how, ())],
            }
            for how in hows
        ],
        "fields": [_attribute(field, language) for field in item.fields],
    }
