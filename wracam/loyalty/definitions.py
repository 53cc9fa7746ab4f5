"""The kinds of documents that make a programme: the programme itself and its earning rules."""

from __future__ import annotations

from collections.abc import Mapping

from wracam.definitions.contracts import Body, DefinitionKind, Problem
from wracam.definitions.ports import register_kind
from wracam.kernel.language import Language, Words
from wracam.loyalty.core import ladder_words, reward_words, schemas, words
from wracam.loyalty.core.ladders import read_ladder
from wracam.loyalty.core.program import read_program
from wracam.loyalty.core.rewards import read_reward
from wracam.loyalty.core.rule import read_rule
from wracam.rules import queries as rules
from wracam.rules.contracts import Subject


def _program_problems(body: Body) -> list[Problem]:
    return read_program(body)[1]


def _program_sentence(body: Body, language: Language) -> str:
    return words.program_sentence(read_program(body)[0], language)


def _rule_problems(body: Body) -> list[Problem]:
    rule, problems = read_rule(body)
    if rule.condition is not None:
        problems += _condition_problems("if", rule.condition, [Subject.CUSTOMER, Subject.ORDER, Subject.EVENT])
    if rule.lines is not None:
        problems += _condition_problems("lines", rule.lines, [Subject.LINE])
    return problems


def _condition_problems(path: str, condition: object, subjects: list[Subject]) -> list[Problem]:
    found = rules.validate_condition(condition, subjects)
    return [
        Problem(path=f"{path}.{one.path}" if one.path else path, code=one.code, message=one.message) for one in found
    ]


def _rule_sentence(body: Body, language: Language) -> str:
    rule = read_rule(body)[0]
    condition = rules.sentence(rule.condition, language) if rule.condition else ""
    lines = rules.sentence(rule.lines, language) if rule.lines else ""
    return words.rule_sentence(rule, condition, lines, language)


register_kind(
    DefinitionKind(
        name="program",
        title=Words(pl="program lojalnościowy", en="loyalty programme"),
        validate=_program_problems,
        sentence=_program_sentence,
        schema=schemas.PROGRAM,
        example={
            "name": "Klub Zielnik",
            "joining": "registered",
            "pending": {"until": "delivered", "days": 14},
            "validity": {"kind": "rolling", "months": 12},
            "shortage": "carry",
            "value": {"points": 100, "amount": "5.00"},
        },
    )
)
register_kind(
    DefinitionKind(
        name="earning_rule",
        title=Words(pl="reguła naliczania", en="earning rule"),
        validate=_rule_problems,
        sentence=_rule_sentence,
        schema=schemas.EARNING_RULE,
        example={"when": "order.paid", "give": {"kind": "per_amount", "points": 1, "per": "1.00"}},
    )
)


def _reward_problems(body: Body) -> list[Problem]:
    reward, problems = read_reward(body)
    if reward.condition is not None:
        problems += _condition_problems("if", reward.condition, [Subject.CUSTOMER])
    return problems


def _reward_sentence(body: Body, language: Language) -> str:
    return reward_words.sentence(read_reward(body)[0], language)


register_kind(
    DefinitionKind(
        name="reward",
        title=Words(pl="nagroda", en="reward"),
        validate=_reward_problems,
        sentence=_reward_sentence,
        schema=schemas.REWARD,
        example={
            "kind": "free_delivery",
            "title": {"pl": "Darmowa dostawa", "en": "Free delivery"},
            "points": 200,
            "stock": 500,
            "per_member": 2,
        },
    )
)


def _ladder_problems(body: Body) -> list[Problem]:
    problems = read_ladder(body)[1]
    tiers = body.get("tiers")
    for number, tier in enumerate(tiers if isinstance(tiers, list) else []):
        condition = tier.get("if") if isinstance(tier, Mapping) else None
        if condition is not None:
            problems += _condition_problems(f"tiers[{number}].if", condition, [Subject.CUSTOMER])
    return problems


def _ladder_sentence(body: Body, language: Language) -> str:
    ladder = read_ladder(body)[0]
    if ladder is None:
        return ""
    return ladder_words.ladder_sentence(ladder, language, lambda condition: rules.sentence(condition, language))


register_kind(
    DefinitionKind(
        name="tier_ladder",
        title=Words(pl="drabina poziomów", en="ladder of tiers"),
        validate=_ladder_problems,
        sentence=_ladder_sentence,
        schema=schemas.TIER_LADDER,
        example={
            "title": {"pl": "Poziomy", "en": "Tiers"},
            "by": "spend",
            "window": {"kind": "rolling", "months": 12},
            "downgrade": "one_step",
            "grace_days": 14,
            "tiers": [
                {"key": "green", "title": {"pl": "Zielony", "en": "Green"}, "from": 0},
                {
                    "key": "silver",
                    "title": {"pl": "Srebrny", "en": "Silver"},
                    "from": "500.00",
                    "benefits": {"points_multiplier": "1.5"},
                    "gift": {"points": 50},
                },
                {
                    "key": "gold",
                    "title": {"pl": "Złoty", "en": "Gold"},
                    "from": "2000.00",
                    "benefits": {"points_multiplier": 2, "free_delivery": True, "return_days": 60},
                },
            ],
        },
    )
)
