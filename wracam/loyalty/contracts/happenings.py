"""What happens in a loyalty programme, as events of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.events.contracts import Event, event


@event("member.joined", pl="klient dołączył do programu", en="customer joined the programme")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    """The customer became a member; `how` is `"order"` (taken in with a purchase) or `"joined"`."""

    member_id: UUID
    program: str
    how: str = "joined"


@event("points.earned", pl="naliczono punkty", en="points earned")
@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEarned(Event):
    """An event gave points; `activates_at` is None when they are active at once or wait for delivery."""

    member_id: UUID
    point_kind: str
    points: int
    order_id: UUID | None
    activates_at: datetime | None
    expires_at: datetime | None


@event("points.taken_back", pl="cofnięto punkty", en="points taken back")
@dataclass(frozen=True, slots=True, kw_only=True)
class PointsTakenBack(Event):
    """What earned the points was undone; `forgiven` points could not be taken and the policy lets them go."""

    member_id: UUID
    point_kind: str
    points: int
    forgiven: int
    order_id: UUID | None


@event("points.restored", pl="przywrócono punkty", en="points restored")
@dataclass(frozen=True, slots=True, kw_only=True)
class PointsRestored(Event):
    """A refund or cancellation was withdrawn, so the points are back."""

    member_id: UUID
    point_kind: str
    points: int
    order_id: UUID | None


@event("points.activated", pl="punkty stały się aktywne", en="points became active")
@dataclass(frozen=True, slots=True, kw_only=True)
class PointsActivated(Event):
    """Pending points can be spent now."""

    member_id: UUID
    point_kind: str
    points: int


@event("points.expired", pl="punkty wygasły", en="points expired")
@dataclass(frozen=True, slots=True, kw_only=True)
class PointsExpired(Event):
    """Points reached the end of their life unspent."""

    member_id: UUID
    point_kind: str
    points: int


@event("points.spent", pl="wykorzystano punkty", en="points spent")
@dataclass(frozen=True, slots=True, kw_only=True)
class PointsSpent(Event):
    """The member used points."""

    member_id: UUID
    point_kind: str
    points: int
    order_id: UUID | None


@event("tier.reached", pl="klient wszedł na poziom", en="tier reached")
@dataclass(frozen=True, slots=True, kw_only=True)
class TierReached(Event):
    """A member moved up a ladder; upgrades are immediate. `previous` is the tier they stood at."""

    member_id: UUID
    ladder: str
    tier: str
    previous: str


@event("tier.lost", pl="klient stracił poziom", en="tier lost")
@dataclass(frozen=True, slots=True, kw_only=True)
class TierLost(Event):
    """A review moved a member down a ladder, from `previous` to `tier`."""

    member_id: UUID
    ladder: str
    tier: str
    previous: str


@event("tier.at_risk", pl="poziom klienta jest zagrożony", en="tier at risk")
@dataclass(frozen=True, slots=True, kw_only=True)
class TierAtRisk(Event):
    """The member will fall from `tier` to `after` at `keep_by` unless `to_keep` more is measured; told once."""

    member_id: UUID
    ladder: str
    tier: str
    after: str
    to_keep: int
    keep_by: datetime | None


@event("reward.redeemed", pl="odebrano nagrodę", en="reward redeemed")
@dataclass(frozen=True, slots=True, kw_only=True)
class RewardRedeemed(Event):
    """A member took a reward; its points are held until it is handed over or returned."""

    member_id: UUID
    redemption_id: UUID
    reward: str
    points: int


@event("reward.fulfilled", pl="wydano nagrodę", en="reward handed over")
@dataclass(frozen=True, slots=True, kw_only=True)
class RewardFulfilled(Event):
    """The reward was handed over; its points are spent."""

    member_id: UUID
    redemption_id: UUID
    reward: str
    points: int


@event("reward.returned", pl="zwrócono nagrodę", en="reward returned")
@dataclass(frozen=True, slots=True, kw_only=True)
class RewardReturned(Event):
    """The reward was given up; its points are back in the lots they came from."""

    member_id: UUID
    redemption_id: UUID
    reward: str
    points: int


@event("reward.withheld", pl="nie wydano obiecanej nagrody", en="promised reward not given")
@dataclass(frozen=True, slots=True, kw_only=True)
class RewardWithheld(Event):
    """A promotion promised a reward with an order and it could not be given: `reason` says why."""

    reward: str
    promotion: str
    order: str
    reason: str


@event("points.corrected", pl="skorygowano punkty", en="points corrected")
@dataclass(frozen=True, slots=True, kw_only=True)
class PointsCorrected(Event):
    """Somebody gave or took points by hand; `points` is signed."""

    member_id: UUID
    point_kind: str
    points: int
    actor: str


@event("points.correction_asked", pl="poproszono o korektę punktów", en="correction of points asked for")
@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionAsked(Event):
    """A correction above its maker's limit waits for a second person; `points` is signed, 0 for a tier."""

    member_id: UUID
    request_id: UUID
    points: int
    actor: str


@event("points.handed_back", pl="oddano wykorzystane punkty", en="used points handed back")
@dataclass(frozen=True, slots=True, kw_only=True)
class PointsHandedBack(Event):
    """Points that had paid for an order came back with its refund; negative when the refund was withdrawn."""

    member_id: UUID
    point_kind: str
    points: int
    order_id: UUID | None
