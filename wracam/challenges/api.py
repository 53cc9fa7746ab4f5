"""Challenges over the API: which run, where a customer stands, joining, rankings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.challenges import actions, queries
from wracam.challenges.contracts import RankingLine, Standing, UnknownChallengeError
from wracam.challenges.core.challenge import Challenge
from wracam.customers import queries as customers
from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.paging import Page, Paging
from wracam.faces.api.problems import not_found
from wracam.faces.api.values import Answer, Body, Name
from wracam.foundation import clock
from wracam.shops.ports import register_scope

router = Router(tags=["Challenges"])
register_scope("challenges:read", pl="czytanie wyzwań i postępów", en="read challenges and progress")
register_scope("challenges:write", pl="zapisywanie klientów do wyzwań", en="enter customers for challenges")


class ChallengeAnswer(Answer):
    """A challenge that runs. Amounts of money are minor units of the shop's currency."""

    key: str
    title_en: str
    title_pl: str
    about_en: str
    about_pl: str
    counts: str
    goals: list[int]
    repeats: bool
    is_opt_in: bool
    is_ranked: bool
    starts_at: datetime | None
    ends_at: datetime | None


class StandingAnswer(Answer):
    """Where a customer stands in a challenge: `amount` of `goal` in its current period."""

    challenge: str
    title_en: str
    title_pl: str
    joined: bool
    amount: int
    goal: int
    amount_en: str
    amount_pl: str
    goal_en: str
    goal_pl: str
    completed: int
    is_done: bool
    streak: int
    best_streak: int
    period: str
    ends_at: datetime | None
    rewards_en: list[str]
    rewards_pl: list[str]


class BadgeAnswer(Answer):
    """A badge that a customer holds."""

    challenge: str
    title_en: str
    title_pl: str
    icon: str
    earned_at: datetime


class PlaceAnswer(Answer):
    """A place in a ranking; `nickname` is empty for those who gave none. Who opted out is not listed."""

    place: int
    nickname: str
    amount: int
    amount_en: str
    amount_pl: str


class AppearanceBody(Body):
    """How a customer appears in rankings: under a nickname (empty: nameless), or not at all."""

    nickname: Name = ""
    is_listed: bool = True


@router.endpoint("GET", "/challenges", scope="challenges:read")
def list_challenges(request: ApiRequest) -> list[ChallengeAnswer]:
    """List the live challenges."""
    del request
    return [_challenge(one) for one in queries.live_challenges(clock.now())]


@router.endpoint("GET", "/challenges/customers/{customer_id}", scope="challenges:read")
def show_standings(request: ApiRequest, customer_id: UUID) -> list[StandingAnswer]:
    """Show where a customer stands in every running challenge they may take part in."""
    _demand_customer(request, customer_id)
    found = queries.standings(customer_id=customer_id, shop_id=request.auth.shop_id, now=clock.now())
    return [_standing(one) for one in found]


@router.endpoint("GET", "/challenges/customers/{customer_id}/badges", scope="challenges:read")
def list_badges(request: ApiRequest, customer_id: UUID) -> list[BadgeAnswer]:
    """List the badges that a customer holds, the newest first."""
    _demand_customer(request, customer_id)
    return [
        BadgeAnswer(
            challenge=one.challenge, title_en=one.title.en, title_pl=one.title.pl, icon=one.icon,
            earned_at=one.earned_at,
        )
        for one in queries.badges(customer_id)
    ]  # fmt: skip


@router.endpoint("PUT", "/challenges/customers/{customer_id}/appearance", scope="challenges:write")
def set_appearance(request: ApiRequest, customer_id: UUID, body: AppearanceBody) -> AppearanceBody:
    """Set how a customer appears in rankings."""
    _demand_customer(request, customer_id)
    actions.appear(
        customer_id=customer_id, shop_id=request.auth.shop_id, nickname=body.nickname, is_listed=body.is_listed
    )
    nickname, is_listed = queries.appearance(customer_id)
    return AppearanceBody(nickname=nickname, is_listed=is_listed)


@router.endpoint("POST", "/challenges/{key}/customers/{customer_id}", scope="challenges:write")
def join_challenge(request: ApiRequest, key: str, customer_id: UUID) -> StandingAnswer:
    """Enter a customer for an opt-in challenge; what happens from now on counts. Entering again changes nothing."""
    _demand_customer(request, customer_id)
    try:
        actions.join(challenge=key, customer_id=customer_id, shop_id=request.auth.shop_id, now=clock.now())
    except UnknownChallengeError as error:
        raise not_found("live challenge with this key") from error
    found = queries.standings(customer_id=customer_id, shop_id=request.auth.shop_id, now=clock.now())
    standing = next((one for one in found if one.challenge == key), None)
    if standing is None:
        raise not_found("challenge that runs now and is open to this customer")
    return _standing(standing)


@router.endpoint("GET", "/challenges/{key}/ranking", scope="challenges:read")
def list_ranking(request: ApiRequest, key: str, paging: Paging, period: str = "all") -> Page[PlaceAnswer]:
    """List a challenge's ranking for a period: `all`, or the first day of its period (`2026-11-01`)."""
    after = None
    if paging.position:
        amount, last_at, customer_id, place = paging.position
        after = queries.Place(
            amount=int(amount), last_at=datetime.fromisoformat(last_at), customer_id=UUID(customer_id), place=int(place)
        )
    try:
        found = queries.ranking(
            challenge=key, shop_id=request.auth.shop_id, period=period, after=after, limit=paging.limit + 1
        )
    except UnknownChallengeError as error:
        raise not_found("live challenge with this key") from error
    return paging.page(
        found.lines, key=lambda one: (one.amount, one.last_at, str(one.customer_id), one.place), item=_place
    )


def _demand_customer(request: ApiRequest, customer_id: UUID) -> None:
    found = customers.customer(customer_id)
    if found is None or found.shop_id != request.auth.shop_id:
        raise not_found("customer with this id")


def _challenge(one: Challenge) -> ChallengeAnswer:
    return ChallengeAnswer(
        key=one.key,
        title_en=one.title.en,
        title_pl=one.title.pl,
        about_en=one.about.en,
        about_pl=one.about.pl,
        counts=one.count.value,
        goals=[level.goal for level in one.levels],
        repeats=one.repeats,
        is_opt_in=one.is_opt_in,
        is_ranked=one.is_ranked,
        starts_at=one.window.starts_at,
        ends_at=one.window.ends_at,
    )


def _standing(one: Standing) -> StandingAnswer:
    return StandingAnswer(
        challenge=one.challenge,
        title_en=one.title.en,
        title_pl=one.title.pl,
        joined=one.joined,
        amount=one.amount,
        goal=one.goal,
        amount_en=one.amount_text.en,
        amount_pl=one.amount_text.pl,
        goal_en=one.goal_text.en,
        goal_pl=one.goal_text.pl,
        completed=one.completed,
        is_done=one.is_done,
        streak=one.streak,
        best_streak=one.best_streak,
        period=one.period,
        ends_at=one.ends_at,
        rewards_en=[said.en for said in one.rewards],
        rewards_pl=[said.pl for said in one.rewards],
    )


def _place(one: RankingLine) -> PlaceAnswer:
    return PlaceAnswer(
        place=one.place, nickname=one.nickname, amount=one.amount, amount_en=one.amount_text.en,
        amount_pl=one.amount_text.pl,
    )  # fmt: skip
