"""What conditions can ask about challenges: how many somebody completed, and which one an event is about."""

from __future__ import annotations

from wracam.challenges.queries import live_challenges
from wracam.kernel.language import CountedNoun, Words
from wracam.rules.ports import Attribute, Choice, Subject, ValueType, register_attribute

CHALLENGES = CountedNoun(pl=("wyzwanie", "wyzwania", "wyzwań", "wyzwania"), en=("challenge", "challenges"))


def _challenges() -> list[Choice]:
    return [Choice(value=one.key, title=one.title) for one in live_challenges()]


register_attribute(
    Attribute(
        name="event.challenge",
        subject=Subject.EVENT,
        type=ValueType.CHOICE,
        title=Words(pl="wyzwanie", en="challenge"),
        choices=_challenges,
        example="every_tenth",
    )
)
register_attribute(
    Attribute(
        name="challenges.completed",
        subject=Subject.CUSTOMER,
        type=ValueType.TEXTS,
        title=Words(pl="ukończone wyzwania", en="completed challenges"),
        sql="""coalesce((SELECT array_agg(DISTINCT c.challenge) FROM challenge_completion AS c
                WHERE c.customer_id = customer.id AND c.is_standing), '{}')""",
        example=["every_tenth"],
    )
)
register_attribute(
    Attribute(
        name="challenges.completed_count",
        subject=Subject.CUSTOMER,
        type=ValueType.NUMBER,
        title=Words(pl="liczba ukończonych wyzwań", en="number of completed challenges"),
        sql="""(SELECT count(*) FROM challenge_completion AS c
                WHERE c.customer_id = customer.id AND c.is_standing)""",
        noun=CHALLENGES,
        example=3,
    )
)
