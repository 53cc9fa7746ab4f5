"""The kinds of documents of promotions: the promotion itself, and a shop's price policy."""

from __future__ import annotations

from wracam.definitions.contracts import Body, DefinitionKind, Problem
from wracam.definitions.ports import register_kind
from wracam.kernel.language import Language, Words
from wracam.promotions import queries
from wracam.promotions.core import schemas
from wracam.promotions.core.body import read_promotion
from wracam.promotions.core.policies import read_policy
from wracam.rules import queries as rules
from wracam.rules.contracts import Subject

AUDIENCE_SUBJECTS = (Subject.CUSTOMER, Subject.CLOCK)
CONDITION_SUBJECTS = (Subject.CUSTOMER, Subject.CART, Subject.CLOCK)


def _promotion_problems(body: Body) -> list[Problem]:
    problems = read_promotion(body)[1]
    for path, subjects in (("audience", AUDIENCE_SUBJECTS), ("if", CONDITION_SUBJECTS)):
        if isinstance(body, dict) and body.get(path) is not None:
            problems += _condition_problems(path, body[path], subjects)
    return problems


def _condition_problems(path: str, condition: object, subjects: tuple[Subject, ...]) -> list[Problem]:
    found = rules.validate_condition(condition, subjects)
    return [
        Problem(path=f"{path}.{one.path}" if one.path else path, code=one.code, message=one.message) for one in found
    ]


def _policy_problems(body: Body) -> list[Problem]:
    return read_policy(body)[1]


def _policy_sentence(body: Body, language: Language) -> str:
    return schemas.policy_sentence(read_policy(body)[0], language)


register_kind(
    DefinitionKind(
        name="promotion",
        title=Words(pl="promocja", en="promotion"),
        validate=_promotion_problems,
        sentence=queries.body_sentence,
        schema=schemas.PROMOTION,
        example={
            "title": {"pl": "Drugi taki sam za pół ceny", "en": "The second one at half price"},
            "starts_at": "2026-05-01T00:00:00+02:00",
            "ends_at": "2026-05-31T00:00:00+02:00",
            "needs": [{"measure": "items_total", "at_least": "50.00"}],
            "effects": [{"kind": "nth_unit", "group": 2, "percent": "50", "units": {"categories": ["Nasiona"]}}],
            "limits": [{"uses": 1, "per": "day", "for": "customer"}],
            "budget": {"amount": "2000.00", "alerts": [80, 100]},
        },
    )
)
register_kind(
    DefinitionKind(
        name="price_policy",
        title=Words(pl="zasady cen", en="price policy"),
        validate=_policy_problems,
        sentence=_policy_sentence,
        schema=schemas.PRICE_POLICY,
        example={"shops": ["zielnik"], "combination": "best", "percent_base": "running", "omnibus": "each"},
    )
)
