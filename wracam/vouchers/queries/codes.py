"""Looking codes up: what a typed code is worth, and what is stored of it. Nothing is written, nothing is locked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from wracam.foundation.bulk import array_text, fetch
from wracam.foundation.questions import Asking, Question, asking_django
from wracam.shops import queries as shops
from wracam.shops.contracts import Shop
from wracam.vouchers import models
from wracam.vouchers.contracts import PRESENTED_MAX, CodeAnswer, CodeRecord, CodeState
from wracam.vouchers.core import answers
from wracam.vouchers.core import codes as core
from wracam.vouchers.core.answers import Known, Use
from wracam.vouchers.core.campaigns import Campaign
from wracam.vouchers.queries import allowances, secrecy
from wracam.vouchers.queries.campaigns import LiveCampaigns, live_campaigns

CODES_SHOWN_MAX = 200
_Found = dict[str, CodeAnswer | Known]
_CODES = Question(
    """SELECT c.id, c.campaign, c.customer_id, c.valid_until, c.disabled_at IS NOT NULL OR b.disabled_at IS NOT NULL
       FROM code AS c LEFT JOIN code_batch AS b ON b.id = c.batch_id WHERE c.id = ANY(%(code_ids)s::uuid[])""",
    tuple[UUID, str, UUID | None, datetime | None, bool],
)


def look_up(
    *,
    shop_id: int,
    codes: Sequence[str],
    customer_id: UUID | None,
    now: datetime,
    reservation_id: UUID | None = None,
    guest: str = "",
    shop: Shop | None = None,
    asking: Asking = asking_django,
) -> dict[str, CodeAnswer]:
    """Return what each of the typed *codes* is worth to this customer (None: a guest) in this shop now.

    A typing mistake is told without asking the database. What *reservation_id* holds itself counts as free, so that
    a cart that is reserved already may be looked at again. *guest* is as whose uses those of a guest are counted: a
    mark, or the id of the customer whose address it is; empty for somebody unknown. Beyond `PRESENTED_MAX` codes the
    rest is `UNKNOWN`. Whoever knows the *shop* may give it; *asking* asks the database: once for codes that are stored,
    once for what is used of limits.
    """
    campaigns = live_campaigns(now)
    found = _find(codes, campaigns, asking)
    if any(isinstance(one, Known) for one in found.values()):
        shop = shop or shops.shop(shop_id)
        return _judged(found, campaigns, shop, customer_id, now, reservation_id, guest, asking)
    return {typed: one for typed, one in found.items() if isinstance(one, CodeAnswer)}


def code_record(*, code: str, now: datetime) -> CodeRecord | None:
    """Return what is stored of exactly this code, for staff."""
    row = models.Code.objects.filter(id=secrecy.code_id(core.fold(code))).first()
    return _records([row], now)[0] if row else None


def codes_of_customer(*, customer_ids: Sequence[UUID], now: datetime) -> list[CodeRecord]:
    """Return the codes that belong to a person (all their ids), newest first."""
    rows = models.Code.objects.filter(customer_id__in=list(customer_ids)).order_by("-created_at", "id")
    return _records(list(rows[:CODES_SHOWN_MAX]), now)


def code_texts(*, code_ids: Collection[UUID]) -> dict[UUID, str | None]:
    """Return the text of stored codes by their ids; None for one that cannot be read any more."""
    rows = models.Code.objects.filter(id__in=list(code_ids))
    return {row.id: secrecy.unseal(row.sealed, row.id) for row in rows}


def issued_codes(*, campaign: str, now: datetime) -> list[CodeRecord]:
    """Return the codes of a campaign that were given to somebody last, newest first."""
    rows = models.Code.objects.filter(campaign=campaign, issued_at__isnull=False).order_by("-issued_at", "id")
    return _records(list(rows[:CODES_SHOWN_MAX]), now)


def is_code_used(*, code_id: UUID) -> bool:
    """Say whether a code was ever used and the use not given back."""
    rows = fetch("SELECT used > 0 FROM allowance WHERE key = %s", f"code:{code_id}:uses")
    return bool(rows and rows[0][0])


def _find(codes: Sequence[str], campaigns: LiveCampaigns, asking: Asking) -> _Found:
    found: _Found = {}
    asked: dict[str, UUID] = {}
    for typed in dict.fromkeys(codes[:PRESENTED_MAX]):
        folded = core.fold(typed)
        shared = campaigns.shared.get(folded)
        if shared is not None:
            found[typed] = Known(name=f"{shared.key}:{folded}", campaign=shared.key)
        elif not folded or (campaigns.is_typo(folded) and not campaigns.has_imported):
            found[typed] = CodeAnswer(state=CodeState.TYPO if folded else CodeState.UNKNOWN)
        else:
            asked[typed] = secrecy.code_id(folded)
    stored = _stored(asked.values(), asking) if asked else {}
    for typed, identity in asked.items():
        found[typed] = stored.get(identity) or _stranger(typed, campaigns)
    unread = {typed: CodeAnswer(state=CodeState.UNKNOWN) for typed in codes[PRESENTED_MAX:] if typed not in found}
    return {**found, **unread}


def _stranger(typed: str, campaigns: LiveCampaigns) -> CodeAnswer:
    is_typo = campaigns.is_typo(core.fold(typed))
    return CodeAnswer(state=CodeState.TYPO if is_typo else CodeState.UNKNOWN)


def _stored(ids: Iterable[UUID], asking: Asking) -> dict[UUID, Known]:
    [rows] = asking([_CODES.with_values(code_ids=array_text(map(str, ids)))])
    return {
        identity: Known(
            name=str(identity), campaign=campaign, code_id=identity, customer_id=customer_id,
            valid_until=valid_until, is_disabled=is_disabled,
        )
        for identity, campaign, customer_id, valid_until, is_disabled in rows
    }  # fmt: skip


def _judged(
    found: _Found,
    campaigns: LiveCampaigns,
    shop: Shop | None,
    customer_id: UUID | None,
    now: datetime,
    reservation_id: UUID | None,
    guest: str,
    asking: Asking,
) -> dict[str, CodeAnswer]:
    owner = str(customer_id) if customer_id else guest or None
    today = now.astimezone(shop.zone).date() if shop else now.date()
    made = {typed: _uses(one, campaigns, owner, today) for typed, one in found.items() if isinstance(one, Known)}
    keys = {use.claim.key for uses in made.values() for use in uses}
    usage = allowances.left(keys=keys, now=now, besides=reservation_id, asking=asking) if keys else {}
    judged: dict[str, CodeAnswer] = {}
    for typed, one in found.items():
        if isinstance(one, CodeAnswer):
            judged[typed] = one
            continue
        campaign = campaigns.by_key.get(one.campaign)
        if campaign is not None and not (shop and campaign.sells_in(shop.key)):
            judged[typed] = CodeAnswer(state=CodeState.UNKNOWN)
            continue
        judged[typed] = answers.answer(campaign, one, made[typed], usage, customer_id, now)
    return judged


def _uses(known: Known, campaigns: LiveCampaigns, owner: str | None, today: date) -> list[Use]:
    campaign: Campaign | None = campaigns.by_key.get(known.campaign)
    return answers.uses(campaign, known, owner, today) if campaign else []


def _records(rows: Sequence[models.Code], now: datetime) -> list[CodeRecord]:
    keys = {row.id: f"code:{row.id}:uses" for row in rows}
    usage = allowances.left(keys=list(keys.values()), now=now)
    return [
        CodeRecord(
            id=row.id, shop_id=row.shop_id, code=secrecy.unseal(row.sealed, row.id), campaign=row.campaign,
            batch_id=row.batch_id, customer_id=row.customer_id, created_at=row.created_at, issued_at=row.issued_at,
            valid_until=row.valid_until, disabled_at=row.disabled_at, used=usage[keys[row.id]].used,
            held=usage[keys[row.id]].held,
        )
        for row in rows
    ]  # fmt: skip
