"""The kind of definition `challenge`."""

from __future__ import annotations

from dataclasses import replace

from wracam.challenges.core import schemas, words
from wracam.challenges.core.challenge import challenge_of, read_challenge
from wracam.definitions.contracts import Body, DefinitionKind, Problem
from wracam.definitions.ports import register_kind
from wracam.events.contracts import EVENTS
from wracam.kernel.language import Language, Words
from wracam.rules import ports as rule_ports
from wracam.rules import queries as rules
from wracam.rules.contracts import Subject


def _auto_problems(body: Body) -> list[Problem]:
    unknown = sorted(set(body) - set(schemas.AUTO_REWARD["properties"]))
    message = Words(pl="Tego pola tu nie ma.", en="There is no such field here.")
    problems = [Problem(path=name, code="unknown_field", message=message) for name in unknown]
    if "spend" not in body:
        missing = Words(pl="Podaj kwotę.", en="Give an amount.")
        problems.append(Problem(path="spend", code="missing", message=missing))
    found = _problems(challenge_of(body))
    return problems + [one for one in found if one.path not in unknown]


def _problems(body: Body) -> list[Problem]:
    challenge, problems = read_challenge(body)
    for name, condition, subjects in (
        ("if", challenge.condition, [Subject.CUSTOMER, Subject.ORDER, Subject.EVENT]),
        ("audience", challenge.audience, [Subject.CUSTOMER]),
        ("lines", challenge.lines, [Subject.LINE]),
    ):
        if condition is not None:
            found = rules.validate_condition(condition, subjects)
            problems += [replace(one, path=f"{name}.{one.path}" if one.path else name) for one in found]
    for level in challenge.levels:
        for reward in level.rewards:
            effect = rule_ports.EFFECTS.find(reward.effect)
            if effect is None or effect.grant is None:
                unknown = Words(pl=f"Nie ma efektu {reward.effect!r}.", en=f"There is no effect {reward.effect!r}.")
                problems.append(Problem(path="rewards", code="unknown_effect", message=unknown))
            else:
                problems += [replace(one, path=f"rewards.{one.path}") for one in effect.problems(reward.parameters)]
    return problems


def _sentence(body: Body, language: Language) -> str:
    challenge = read_challenge(body)[0]
    kind = EVENTS.find(challenge.event)
    title = kind.title.say(language) if kind else challenge.event
    return words.sentence(challenge, language, lambda condition: rules.sentence(condition, language), title)


register_kind(
    DefinitionKind(
        name="challenge",
        title=Words(pl="wyzwanie", en="challenge"),
        validate=_problems,
        sentence=_sentence,
        schema=schemas.CHALLENGE,
        example={
            "title": {"pl": "Co dziesiąta gratis", "en": "Every tenth free"},
            "when": "order.paid",
            "count": "units",
            "lines": {"all": [{"attribute": "line.categories", "is": "has_any", "value": ["Zioła"]}]},
            "goal": 10,
            "repeats": True,
            "stamps": True,
            "rewards": [{"effect": "loyalty.points", "points": 100}],
        },
    )
)
register_kind(
    DefinitionKind(
        name="auto_reward",
        title=Words(pl="nagroda automatyczna", en="automatic reward"),
        validate=_auto_problems,
        sentence=lambda body, language: _sentence(challenge_of(body), language),
        schema=schemas.AUTO_REWARD,
        example={
            "title": {"pl": "500 zł w 90 dni", "en": "PLN 500 in 90 days"},
            "spend": "500.00",
            "within_days": 90,
            "near": "100.00",
            "rewards": [{"effect": "loyalty.points", "points": 300}],
        },
    )
)
