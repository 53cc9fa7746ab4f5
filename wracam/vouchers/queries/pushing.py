"""Pushes of codes into connected shops: their figures, what became of each code, and what is still to be pushed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from wracam.customers import queries as customers
from wracam.customers.contracts import IdentityKind
from wracam.foundation.bulk import fetch
from wracam.vouchers import models
from wracam.vouchers.contracts import CampaignKind, CodePushed, PushedCode, PushState
from wracam.vouchers.core import codes as core
from wracam.vouchers.core.campaigns import Campaign, LimitPer
from wracam.vouchers.ports import PUSHERS, CodeToPush, ShopDiscount
from wracam.vouchers.queries import secrecy

RESULTS_SHOWN_MAX = 500
PUSHES_SHOWN_MAX = 10
_TO_PUSH = """
SELECT c.id, c.sealed, c.customer_id, c.valid_until FROM code AS c
WHERE c.campaign = %s AND c.shop_id = %s AND c.disabled_at IS NULL AND NOT EXISTS (
    SELECT FROM code_push_result AS r WHERE r.push_id = %s AND r.code_id = c.id)
ORDER BY c.id LIMIT %s"""


def has_pusher(shop_id: int) -> bool:
    """Say whether some connector can make codes known to the shop."""
    return any(pusher.is_connected(shop_id) for pusher in PUSHERS)


def push(*, push_id: UUID) -> CodePushed | None:
    """Return one push with its figures."""
    row = models.CodePush.objects.filter(id=push_id).first()
    return _contract(row) if row else None


def pushes_of(*, shop_id: int, campaign: str) -> list[CodePushed]:
    """Return the newest pushes of a campaign's codes."""
    rows = models.CodePush.objects.filter(shop_id=shop_id, campaign=campaign).order_by("-created_at", "id")
    return [_contract(row) for row in rows[:PUSHES_SHOWN_MAX]]


def pushed_codes(*, push_id: UUID, shared_codes: Sequence[str] = ()) -> list[PushedCode]:
    """Return what became of the codes, refused ones first; *shared_codes* are those that the campaign shares."""
    rows = fetch(
        """SELECT r.code_id, c.sealed, r.external_id, r.refusal FROM code_push_result AS r
           LEFT JOIN code AS c ON c.id = r.code_id WHERE r.push_id = %s
           ORDER BY r.refusal = '', r.code_id LIMIT %s""",
        push_id,
        RESULTS_SHOWN_MAX,
    )
    shared = {secrecy.code_id(core.fold(code)): code for code in shared_codes}
    return [
        PushedCode(
            code=shared.get(code_id) or (secrecy.unseal(sealed, code_id) if sealed else None) or "",
            external_id=external_id,
            refusal=refusal,
        )
        for code_id, sealed, external_id, refusal in rows
    ]


def codes_to_push(
    *, push_id: UUID, shop_id: int, campaign: Campaign, discount: ShopDiscount, limit: int
) -> list[tuple[UUID, CodeToPush]]:
    """Return the next codes that nothing became of yet."""
    if campaign.kind is CampaignKind.SHARED:
        return _shared(push_id, campaign, discount)[:limit]
    rows = fetch(_TO_PUSH, campaign.key, shop_id, push_id, limit)
    owners = [customer_id for _, _, customer_id, _ in rows if customer_id]
    emails = {one: value for one, _, kind, value in customers.contacts_of(owners) if kind is IdentityKind.EMAIL}
    return [
        (
            code_id,
            _to_push(
                campaign, discount, secrecy.unseal(sealed, code_id) or "", emails.get(customer_id, ""),
                min([one for one in (until, campaign.period.ends_at) if one], default=None),
            ),
        )
        for code_id, sealed, customer_id, until in rows
    ]  # fmt: skip


def _shared(push_id: UUID, campaign: Campaign, discount: ShopDiscount) -> list[tuple[UUID, CodeToPush]]:
    done = set(models.CodePushResult.objects.filter(push_id=push_id).values_list("code_id", flat=True))
    found: Iterator[tuple[UUID, str]] = ((secrecy.code_id(core.fold(code)), code) for code in campaign.codes)
    return [
        (code_id, _to_push(campaign, discount, code, "", campaign.period.ends_at))
        for code_id, code in found
        if code_id not in done
    ]


def _to_push(campaign: Campaign, discount: ShopDiscount, code: str, email: str, ends_at: object) -> CodeToPush:
    return CodeToPush(
        code=code,
        discount=discount,
        ends_at=ends_at,  # type: ignore[arg-type]  # the earlier of two moments, or None
        uses=_uses(campaign, (LimitPer.CODE,)),
        uses_per_customer=_uses(campaign, (LimitPer.CUSTOMER,)),
        email=email,
    )


def _uses(campaign: Campaign, periods: Sequence[LimitPer]) -> int | None:
    return min((limit.uses for limit in campaign.limits if limit.per in periods), default=None)


def _contract(row: models.CodePush) -> CodePushed:
    [(pushed, refused)] = fetch(
        """SELECT count(*) FILTER (WHERE refusal = ''), count(*) FILTER (WHERE refusal <> '')
           FROM code_push_result WHERE push_id = %s""",
        row.id,
    )
    return CodePushed(
        id=row.id, shop_id=row.shop_id, campaign=row.campaign, state=PushState(row.state), asked=row.asked,
        pushed=int(pushed), refused=int(refused), error=row.error, created_by=row.created_by,
        created_at=row.created_at,
    )  # fmt: skip
