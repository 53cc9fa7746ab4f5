"""What conditions can ask about members: balance, joining, and what they earned."""

from __future__ import annotations

from wracam.kernel.language import POINTS, Words
from wracam.rules.ports import Attribute, Subject, ValueType, register_attribute

MEMBERSHIP = """LEFT JOIN LATERAL (
    SELECT m.id, m.joined_at FROM loyalty_member AS m
    WHERE m.customer_id = customer.id AND m.state = 'active' ORDER BY m.joined_at LIMIT 1) AS membership ON true"""
BALANCE = """LEFT JOIN point_balance AS points
    ON points.member_id = membership.id AND points.point_kind = 'points'"""

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
register_attribute(
    Attribute(
        name="member.tier",
        subject=Subject.CUSTOMER,
        type=ValueType.TEXT,
        title=Words(pl="poziom w programie", en="tier"),
        sql="""(SELECT t.tier FROM loyalty_member_tier AS t
                WHERE t.member_id = membership.id ORDER BY t.since DESC LIMIT 1)""",
        joins=(MEMBERSHIP,),
        example="gold",
    )
)
