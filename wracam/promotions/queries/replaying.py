"""A past answer given again: the stored cart, decided anew with the versions that were valid then."""

from __future__ import annotations

from uuid import UUID

from wracam.promotions import models
from wracam.promotions.contracts import Evaluation, UnknownCartError
from wracam.promotions.queries.evaluating import decide
from wracam.promotions.queries.live import LiveOffers, compiled_offers, compiled_version, policy_version
from wracam.promotions.queries.records import CartRecord, restored
from wracam.shops import queries as shops


def replay(commit_id: UUID) -> Evaluation:
    """Price a committed cart again, with the versions and the knowledge of then; raises `UnknownCartError`.

    Points are left out: they are said by the features that give them.
    """
    record = _record(commit_id)
    return decide(offers_then(record), record.cart, record.visit, record.gathered, explains_all=True)


def committed_evaluation(commit_id: UUID) -> Evaluation:
    """Return what was answered when the cart was committed; raises `UnknownCartError`."""
    return _record(commit_id).evaluation


def offers_then(record: CartRecord) -> LiveOffers:
    """Compile the versions that a stored answer considered."""
    evaluation = record.evaluation
    shop = shops.shop(evaluation.shop_id)
    if shop is None:
        raise UnknownCartError(UnknownCartError.__doc__)
    considered = {version_id for _, version_id in evaluation.versions}
    named = {offer.version_id for offer in evaluation.offers} | considered
    promotions = [compiled_version(version_id, shop.currency) for version_id in sorted(named)]
    return compiled_offers(
        shop,
        [one for one in promotions if one.version_id in considered],
        [one for one in promotions if one.version_id not in considered],
        policy_version(evaluation.policy_version_id),
        evaluation.at,
    )


def _record(commit_id: UUID) -> CartRecord:
    row = models.CartCommit.objects.filter(id=commit_id).first()
    if row is None:
        raise UnknownCartError(UnknownCartError.__doc__)
    return restored(CartRecord, row.record)
