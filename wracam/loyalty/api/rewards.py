"""Rewards over the API: what a member can have and if not why, redeeming, handing over, returning."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from wracam.faces.api.endpoints import ApiRequest
from wracam.faces.api.ports import problem_kind
from wracam.faces.api.problems import Problem, not_found
from wracam.faces.api.values import Answer, Body, Identifier, MinorUnits
from wracam.foundation import clock
from wracam.kernel.money import to_minor
from wracam.loyalty import actions, queries
from wracam.loyalty.api.routing import POINT_KEY_REUSED, member_of_request, router
from wracam.loyalty.contracts import KeyReusedError, Redemption, Refused, UnknownRewardError
from wracam.loyalty.core.refusals import refusal_words
from wracam.loyalty.queries import RewardOffer

REWARD_REFUSED = problem_kind("reward_refused", 409, "The member cannot have this reward now")


class OfferAnswer(Answer):
    """A reward as one member sees it, at the price of their tier; `amount_minor` is money on top of the points.

    `reason` is null when they can have it; else it is a code, with a sentence in both languages, and `missing` counts
    the points that are short. `picture` is an address, or empty.
    """

    reward: str
    kind: str
    title_en: str
    title_pl: str
    about_en: str
    about_pl: str
    points: int
    amount_minor: MinorUnits
    point_kind: str
    handing: str
    picture: str
    ends_at: datetime | None
    is_available: bool
    reason: str | None
    reason_en: str | None
    reason_pl: str | None
    missing: int


class RedeemBody(Body):
    """The reward to take; `key` makes it happen once, for ever."""

    reward: Identifier
    key: Identifier


class RedemptionAnswer(Answer):
    """A reward that was taken: `pending`, `fulfilled` or `returned`."""

    id: UUID
    member_id: UUID
    reward: str
    points: int
    amount_minor: MinorUnits
    code: str
    state: str
    redeemed_at: datetime
    settled_at: datetime | None


@router.endpoint("GET", "/loyalty/members/{member_id}/rewards", scope="loyalty:read")
def list_rewards(request: ApiRequest, member_id: UUID) -> list[OfferAnswer]:
    """List the rewards for a member: what they can have now and, if not, why and how many points are missing."""
    member = member_of_request(request, member_id)
    currency = queries.currency_of(member.shop_id)
    return [_offer(one, currency) for one in queries.offers_for(member, now=clock.now())]


@router.endpoint("POST", "/loyalty/members/{member_id}/redemptions", scope="loyalty:write", status=201)
def redeem_reward(request: ApiRequest, member_id: UUID, body: RedeemBody) -> RedemptionAnswer:
    """Redeem a reward.

    Its points are held until it is fulfilled or returned. A refusal says why; the same key answers the same.
    """
    member = member_of_request(request, member_id)
    try:
        outcome = actions.redeem_reward(member_id=member.id, reward=body.reward, key=body.key, now=clock.now())
    except UnknownRewardError as error:
        raise not_found("live reward with this key") from error
    except KeyReusedError as error:
        raise Problem(POINT_KEY_REUSED, str(error)) from error
    if isinstance(outcome, Refused):
        raise Problem(REWARD_REFUSED, f"{outcome.reason.value}: {refusal_words(outcome).en}")
    return _redemption(outcome)


@router.endpoint("GET", "/loyalty/members/{member_id}/redemptions", scope="loyalty:read")
def list_redemptions(request: ApiRequest, member_id: UUID) -> list[RedemptionAnswer]:
    """List what a member redeemed, newest first."""
    member = member_of_request(request, member_id)
    return [_redemption(one) for one in queries.redemptions_of(member.id)]


@router.endpoint("POST", "/loyalty/members/{member_id}/redemptions/{redemption_id}/fulfill", scope="loyalty:write")
def fulfill_redemption(request: ApiRequest, member_id: UUID, redemption_id: UUID) -> RedemptionAnswer:
    """Say that the reward was handed over; its points are spent."""
    _own(request, member_id, redemption_id)
    return _redemption(actions.fulfill_redemption(redemption_id=redemption_id, now=clock.now()))


@router.endpoint("POST", "/loyalty/members/{member_id}/redemptions/{redemption_id}/return", scope="loyalty:write")
def return_redemption(request: ApiRequest, member_id: UUID, redemption_id: UUID) -> RedemptionAnswer:
    """Give the points back to the lots they came from, and the item to the stock."""
    _own(request, member_id, redemption_id)
    return _redemption(actions.return_redemption(redemption_id=redemption_id, now=clock.now()))


def _own(request: ApiRequest, member_id: UUID, redemption_id: UUID) -> None:
    member = member_of_request(request, member_id)
    found = queries.redemption(redemption_id)
    if found is None or found[1].member_id != member.id:
        raise not_found("redemption of this member")


def _offer(one: RewardOffer, currency: str) -> OfferAnswer:
    reward, why_not = one.reward, one.why_not
    return OfferAnswer(
        reward=reward.key,
        kind=reward.kind.value,
        title_en=reward.title.en,
        title_pl=reward.title.pl,
        about_en=reward.about.en,
        about_pl=reward.about.pl,
        points=one.price.points,
        amount_minor=to_minor(one.price.amount, currency),
        point_kind=reward.point_kind,
        handing=reward.handing.value,
        picture=reverse("loyalty:picture", args=[reward.image]) if reward.image else "",
        ends_at=reward.period.ends_at,
        is_available=one.refusal is None,
        reason=one.refusal.reason.value if one.refusal else None,
        reason_en=why_not.en if why_not else None,
        reason_pl=why_not.pl if why_not else None,
        missing=one.refusal.missing if one.refusal else 0,
    )


def _redemption(one: Redemption) -> RedemptionAnswer:
    return RedemptionAnswer(
        id=one.id,
        member_id=one.member_id,
        reward=one.reward,
        points=one.points,
        amount_minor=one.amount_minor,
        code=one.code,
        state=one.state.value,
        redeemed_at=one.redeemed_at,
        settled_at=one.settled_at,
    )
