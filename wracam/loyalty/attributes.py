"""What conditions can ask about members: balance, joining, what they earned, their tiers and the tiers' benefits."""

from __future__ import annotations

from typing import Any

from wracam.kernel.language import POINTS, CountedNoun, Words
from wracam.loyalty import queries
from wracam.rules.ports import Attribute, Choice, Subject, ValueType, register_attribute

MEMBERSHIP = """LEFT JOIN LATERAL (
    SELECT m.id, m.joined_at, m.program FROM loyalty_member AS m
    WHERE m.customer_id = customer.id AND m.state = 'active' ORDER BY m.joined_at LIMIT 1) AS membership ON true"""
BALANCE = """LEFT JOIN point_balance AS points
    ON points.member_id = membership.id AND points.point_kind = 'points'"""

TIERS = """LEFT JOIN LATERAL (
    SELECT array_agg(t.ladder || ':' || t.tier ORDER BY t.ladder) AS keys,
           (array_agg(t.tier ORDER BY t.ladder))[1] AS tier,
           (array_agg(t.position ORDER BY t.ladder))[1] AS position,
           (array_agg(held.since ORDER BY t.ladder))[1] AS since,
           bool_or(held.risk_noted_at IS NOT NULL) AS is_at_risk,
           max((t.benefits ->> 'points_multiplier')::numeric) AS points_multiplier,
           max((t.benefits ->> 'discount_percent')::numeric) AS discount_percent,
           bool_or((t.benefits ->> 'free_delivery')::boolean) AS free_delivery,
           max((t.benefits ->> 'presale_hours')::integer) AS presale_hours,
           max((t.benefits ->> 'return_days')::integer) AS return_days,
           max((t.benefits ->> 'support_priority')::integer) AS support_priority
    FROM loyalty_tier AS t
    LEFT JOIN loyalty_member_tier AS held ON held.member_id = membership.id AND held.ladder = t.ladder
    WHERE membership.id IS NOT NULL AND t.program IN ('', membership.program)
      AND (t.tier = held.tier OR (held.tier IS NULL AND t.position = 0))) AS tiered ON true"""
HOURS = CountedNoun(pl=("godzina", "godziny", "godzin", "godziny"), en=("hour", "hours"))
DAYS = CountedNoun(pl=("dzień", "dni", "dni", "dnia"), en=("day", "days"))

register_attribute(
    Attribute(
        name="member.is_member",
        subject=Subject.CUSTOMER,
        type=ValueType.BOOLEAN,
        title=Words(pl="należy do programu", en="is a member"),
        yes=Words(pl="należy do programu", en="is a member"),
        no=Words(pl="nie należy do programu", en="is not a member"),
        sql="(membership.id IS NOT NULL)",
        joins=(MEMBERSHIP,),
        example=True,
    )
)
register_attribute(
    Attribute(
        name="member.joined_at",
        subject=Subject.CUSTOMER,
        type=ValueType.MOMENT,
        title=Words(pl="data dołączenia do programu", en="date of joining the programme"),
        sql="membership.joined_at",
        joins=(MEMBERSHIP,),
        example="2026-01-01",
    )
)
register_attribute(
    Attribute(
        name="member.points_balance",
        subject=Subject.CUSTOMER,
        type=ValueType.NUMBER,
        title=Words(pl="saldo punktów", en="points balance"),
        sql="coalesce(points.active - points.debt, 0)",
        joins=(MEMBERSHIP, BALANCE),
        noun=POINTS,
        example=500,
    )
)
register_attribute(
    Attribute(
        name="member.points_pending",
        subject=Subject.CUSTOMER,
        type=ValueType.NUMBER,
        title=Words(pl="punkty oczekujące", en="pending points"),
        sql="coalesce(points.pending, 0)",
        joins=(MEMBERSHIP, BALANCE),
        noun=POINTS,
        example=100,
    )
)
register_attribute(
    Attribute(
        name="member.points_earned",
        subject=Subject.CUSTOMER,
        type=ValueType.NUMBER,
        title=Words(pl="wszystkie zdobyte punkty", en="points earned in all"),
        sql="coalesce(points.earned, 0)",
        joins=(MEMBERSHIP, BALANCE),
        noun=POINTS,
        example=1000,
    )
)


def _tiers() -> list[Choice]:
    """Return the tiers of the first live ladder, which `loyalty.tier` is about."""
    return [Choice(value=text.key, title=text.title) for ladder in queries.live_ladders()[:1] for text in ladder.texts]


def _tier_attribute(name: str, kind: ValueType, pl: str, en: str, sql: str, **more: Any) -> None:
    register_attribute(
        Attribute(
            name=f"loyalty.{name}", subject=Subject.CUSTOMER, type=kind, title=Words(pl=pl, en=en), sql=sql,
            joins=(MEMBERSHIP, TIERS), **more,
        )
    )  # fmt: skip


_tier_attribute("tier", ValueType.CHOICE, "poziom", "tier", "tiered.tier", choices=_tiers, example="gold")
_tier_attribute(
    "tiers", ValueType.TEXTS, "poziomy na wszystkich drabinach", "tiers on all ladders",
    "coalesce(tiered.keys, '{}')", example=["levels:gold"],
    about=Words(pl="Każdy poziom jako drabina:poziom.", en="Each tier as ladder:tier."),
)  # fmt: skip
_tier_attribute(
    "tier_place", ValueType.NUMBER, "poziom liczony od dołu", "place of the tier from the bottom",
    "tiered.position", example=2, about=Words(pl="Najniższy poziom to 0.", en="The lowest tier is 0."),
)  # fmt: skip
_tier_attribute(
    "tier_since", ValueType.MOMENT, "data wejścia na poziom", "date of reaching the tier", "tiered.since",
    example="2026-01-01",
)  # fmt: skip
_tier_attribute(
    "tier_at_risk", ValueType.BOOLEAN, "poziom jest zagrożony", "tier is at risk",
    "coalesce(tiered.is_at_risk, false)", example=True,
    yes=Words(pl="może stracić poziom", en="may lose the tier"),
    no=Words(pl="nie jest zagrożony utratą poziomu", en="is not about to lose the tier"),
)  # fmt: skip
_tier_attribute(
    "benefit_points_multiplier", ValueType.NUMBER, "mnożnik punktów z poziomu", "points multiplier of the tier",
    "coalesce(tiered.points_multiplier, 1)", example=2,
)  # fmt: skip
_tier_attribute(
    "benefit_discount_percent", ValueType.NUMBER, "stały rabat z poziomu (%)", "standing discount of the tier (%)",
    "coalesce(tiered.discount_percent, 0)", example=5,
)  # fmt: skip
_tier_attribute(
    "benefit_free_delivery", ValueType.BOOLEAN, "darmowa dostawa z poziomu", "free delivery of the tier",
    "coalesce(tiered.free_delivery, false)", example=True,
    yes=Words(pl="ma darmową dostawę z poziomu", en="has free delivery by tier"),
    no=Words(pl="nie ma darmowej dostawy z poziomu", en="has no free delivery by tier"),
)  # fmt: skip
_tier_attribute(
    "benefit_presale_hours", ValueType.NUMBER, "godziny przedsprzedaży z poziomu", "presale hours of the tier",
    "coalesce(tiered.presale_hours, 0)", noun=HOURS, example=24,
)  # fmt: skip
_tier_attribute(
    "benefit_return_days", ValueType.NUMBER, "dni na zwrot z poziomu", "return days of the tier",
    "coalesce(tiered.return_days, 0)", noun=DAYS, example=60,
)  # fmt: skip
_tier_attribute(
    "benefit_support_priority", ValueType.NUMBER, "pierwszeństwo w obsłudze z poziomu", "support priority of the tier",
    "coalesce(tiered.support_priority, 0)", example=1,
)  # fmt: skip
