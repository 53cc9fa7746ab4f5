"""The promotions in force in a shop, compiled once per published version and kept until something changes."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from wracam.definitions import queries as definitions
from wracam.definitions.contracts import LiveVersion
from wracam.promotions.core.body import Promotion, read_promotion
from wracam.promotions.core.engine import Catalog
from wracam.promotions.core.policies import PricePolicy, read_policy
from wracam.promotions.core.standings import CounterNames
from wracam.promotions.queries.gates import Gates
from wracam.shops import queries as shops
from wracam.shops.contracts import Shop

PROMOTION_KIND = "promotion"
POLICY_KIND = "price_policy"
COMPILED_MAX = 8_192
KEPT_MAX = 64
DAYS_MAX = 8
SHOP_FRESH_SECONDS = 0.0 if settings.IS_TEST else 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOffers:
    """A shop's promotions for one moment: those in force, in the order of their keys, and those still to come or over.

    `holds_until` is when a date of one of them comes next; `needs` are the facts that their conditions read.
    """

    shop: Shop
    promotions: tuple[Promotion, ...]
    resting: tuple[Promotion, ...]
    catalog: Catalog
    policy: PricePolicy
    by_key: dict[str, Promotion]
    gates: Gates
    needs: frozenset[str]
    counted: tuple[Promotion, ...]
    holds_from: datetime
    holds_until: datetime | None
    names_by_day: dict[date, CounterNames] = field(default_factory=dict, compare=False)

    def holds_at(self, at: datetime) -> bool:
        """Whether the same promotions are in force at another moment."""
        return self.holds_from <= at and (self.holds_until is None or at < self.holds_until)

    def counter_names(self, today: date) -> CounterNames:
        """Return the names of all counters on one day of the shop's calendar."""
        names = self.names_by_day.get(today)
        if names is None:
            if len(self.names_by_day) >= DAYS_MAX:
                self.names_by_day.clear()
            names = self.names_by_day[today] = CounterNames(self.counted, today)
        return names


class _Kept(NamedTuple):
    """What was compiled last for a shop: under which token, and when (monotonic) the shop itself was read."""

    token: UUID
    offers: LiveOffers
    read_at: float


_kept: dict[int, _Kept] = {}


def live_offers(shop_id: int, now: datetime) -> LiveOffers:
    """Return the shop's promotions in force at *now*; raises `LookupError` for a shop that does not exist."""
    return live_offers_under_token(shop_id, now)[1]


def live_offers_under_token(shop_id: int, now: datetime) -> tuple[UUID, LiveOffers]:
    """Return the promotions in force with the token under which they were compiled."""
    token = definitions.token()
    kept = _still_kept(shop_id, now)
    if kept and kept.token == token:
        return token, kept.offers
    if len(_kept) >= KEPT_MAX:
        _kept.clear()
    found = offers_at(shop_id, now)
    _kept[shop_id] = _Kept(token, found, time.monotonic())
    return token, found


def offers_to_check(shop_id: int, now: datetime) -> tuple[UUID, LiveOffers]:
    """Return the promotions compiled last, with their token: the caller asks whether it is still the token.

    Whoever asks the database something anyway can ask for the token beside it (`definitions.TOKEN`), and needs no
    question of its own to know that nothing was published in between.
    """
    kept = _still_kept(shop_id, now)
    return (kept.token, kept.offers) if kept else live_offers_under_token(shop_id, now)


def _still_kept(shop_id: int, now: datetime) -> _Kept | None:
    """Return what is kept if it holds at *now*; the shop's own settings have no token and are read once a minute."""
    kept = _kept.get(shop_id)
    if kept is None or not kept.offers.holds_at(now):
        return None
    if time.monotonic() - kept.read_at < SHOP_FRESH_SECONDS:
        return kept
    if shops.shop(shop_id) != kept.offers.shop:
        return None
    kept = _kept[shop_id] = kept._replace(read_at=time.monotonic())
    return kept


def offers_at(shop_id: int, at: datetime, drafts: Collection[str] = ()) -> LiveOffers:
    """Compile the promotions of a shop for the moment *at*; drafts of these keys stand for their live versions."""
    shop = shops.shop(shop_id)
    if shop is None:
        raise LookupError(f"there is no shop {shop_id}")
    versions = definitions.live(PROMOTION_KIND, at)
    scheduled = definitions.live(PROMOTION_KIND)
    promotions = {one.key: _compiled(one, shop.currency) for one in versions}
    asleep = {one.key: _compiled(one, shop.currency) for one in scheduled if one.key not in promotions}
    for draft in _drafts(drafts, shop.currency):
        promotions[draft.key] = draft
        asleep.pop(draft.key, None)
    moments = [moment for one in scheduled for moment in (one.starts_at, one.ends_at) if moment]
    return compiled_offers(
        shop, promotions.values(), asleep.values(), _policy(shop, definitions.live(POLICY_KIND, at)), at, moments
    )


def past_offers(shop: Shop, at: datetime) -> LiveOffers:
    """Compile the promotions that were in force in a shop at a past moment, from the log of definitions."""
    promotions = [_compiled(one, shop.currency) for one in definitions.versions_at(PROMOTION_KIND, at)]
    return compiled_offers(shop, promotions, (), _policy(shop, definitions.versions_at(POLICY_KIND, at)), at)


def compiled_offers(
    shop: Shop,
    promotions: Iterable[Promotion],
    asleep: Iterable[Promotion],
    policy: PricePolicy,
    at: datetime,
    moments: Collection[datetime] = (),
) -> LiveOffers:
    """Put the promotions that are for this shop into an index; *moments* are further dates at which they change."""
    here = [one for one in promotions if one.is_for_shop(shop.key)]
    active = tuple(sorted((one for one in here if _is_on(one, at)), key=lambda one: one.key))
    resting = [one for one in here if not _is_on(one, at)] + [one for one in asleep if one.is_for_shop(shop.key)]
    dates = [moment for one in here for moment in (one.starts_at, one.ends_at) if moment]
    gates = Gates(active)
    return LiveOffers(
        shop=shop,
        promotions=active,
        resting=tuple(sorted(resting, key=lambda one: one.key)),
        catalog=Catalog(one.offer for one in active),
        policy=policy,
        by_key={one.key: one for one in active},
        gates=gates,
        needs=gates.needs,
        counted=tuple(one for one in active if one.is_counted),
        holds_from=at,
        holds_until=min((moment for moment in [*dates, *moments] if moment > at), default=None),
    )


def compiled_version(version_id: UUID, currency: str) -> Promotion:
    """Return the promotion of one published version, with amounts of a currency."""
    return _compiled(definitions.version(version_id), currency)


def policy_version(version_id: UUID | None) -> PricePolicy:
    """Return the price policy of one published version; the default for None."""
    if version_id is None:
        return PricePolicy()
    version = definitions.version(version_id)
    return read_policy(version.body, key=version.key, version_id=version.version_id)[0]


def _compiled(version: LiveVersion, currency: str) -> Promotion:
    return _compiled_by_id(version.version_id, currency, _Uncompared(version))


class _Uncompared:
    """A version as an argument that the cache does not compare: its id is the key."""

    __slots__ = ("version",)

    def __init__(self, version: LiveVersion) -> None:
        self.version = version

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Uncompared)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=COMPILED_MAX)
def _compiled_by_id(_version_id: UUID, currency: str, held: _Uncompared) -> Promotion:
    version = held.version
    promotion = read_promotion(
        version.body,
        currency=currency,
        key=version.key,
        name=version.name,
        version_id=version.version_id,
        published_at=version.published_at,
    )[0]
    return promotion.within(version.starts_at, version.ends_at)


def _drafts(keys: Collection[str], currency: str) -> list[Promotion]:
    found = []
    for key in keys:
        editable = definitions.editable(PROMOTION_KIND, key)
        if editable is None or definitions.problems(PROMOTION_KIND, editable.name, editable.body):
            continue
        found.append(read_promotion(editable.body, currency=currency, key=key, name=editable.name)[0])
    return found


def _policy(shop: Shop, versions: Iterable[LiveVersion]) -> PricePolicy:
    """The policy that names the shop, else the one that names none, else the default."""
    policies = [read_policy(one.body, key=one.key, version_id=one.version_id)[0] for one in versions]
    named = [one for one in policies if shop.key in one.shops]
    general = [one for one in policies if not one.shops]
    return next(iter([*named, *general]), PricePolicy())


def _is_on(promotion: Promotion, at: datetime) -> bool:
    begun = promotion.starts_at is None or promotion.starts_at <= at
    return begun and (promotion.ends_at is None or at < promotion.ends_at)
