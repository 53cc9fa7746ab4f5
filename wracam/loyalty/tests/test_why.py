"""Every rule of a decision is explained in words: what was asked, what was found, the limit, the moment."""

from __future__ import annotations

from typing import Any

import pytest

from wracam.loyalty import queries

from .garden import balance_of, member_of, open_program, order, publish, tell

pytestmark = pytest.mark.django_db
TIERS = {"tiers": [
    {"key": "green", "title": {"pl": "Zielony", "en": "Green"}, "from": 0, "benefits": {"points_multiplier": "1.5"}},
    {"key": "gold", "title": {"pl": "Złoty", "en": "Gold"}, "from": 900, "benefits": {"points_multiplier": "2"}},
]}  # fmt: skip


def rule(key: str, **body: Any) -> None:
    publish("earning_rule", key, {"when": "order.paid", "give": {"kind": "fixed", "points": 40}, **body})


def explained(customer_id: Any, language: Any) -> dict[str, tuple[str, int, str]]:
    member = member_of(customer_id)
    why = queries.why(
        member_id=member.id, transfer_id=queries.history(member.id)[0].transfer_id, language=language
    )  # fmt: skip
    assert why
    return {one.rule: (one.name, one.points, one.because.replace("\u00a0", " ")) for one in why.rules}


def test_a_condition_that_did_not_hold_says_what_it_asked_and_what_it_found(shop_id):
    open_program()
    rule("big", **{"if": {"all": [{"attribute": "order.goods_total", "is": "at_least", "value": "300"}]}})

    [ania] = tell(order(shop_id))

    assert explained(ania, "pl")["big"][1:] == (
        0, "wartość bez dostawy wynosi co najmniej 300,00 zł (tu: 150,00 zł)",
    )  # fmt: skip
    assert explained(ania, "en")["big"][2] == "order value without delivery is at least PLN 300.00 (here: PLN 150.00)"


def test_a_tiers_multiplier_has_the_name_of_its_tier_and_its_condition_names_tiers(shop_id):
    open_program()
    publish("tier_ladder", "levels", TIERS)

    [ania] = tell(order(shop_id))

    said = explained(ania, "pl")
    assert said["tier:levels:green"] == ("Zielony: 1,5 × punkty za zakupy", 75, "")
    assert said["tier:levels:gold"][0] == "Złoty: 2 × punkty za zakupy"
    assert "levels:" not in said["tier:levels:gold"][2]
    assert balance_of(ania).active == 225


def test_a_moment_a_limit_and_a_rule_that_came_first_are_said(shop_id):
    open_program()
    rule("late", calendar={"from_hour": 23})
    rule("capped", caps=[{"points": 10, "per": "month"}])

    [ania] = tell(order(shop_id))

    said = explained(ania, "pl")
    assert said["capped"][1:] == (10, "10 punktów miesięcznie")
    assert said["late"][2] == "1 maj 2026, 14:00"
