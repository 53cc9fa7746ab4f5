"""Giving codes to customers, one or thousands: the same key answers the same code for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation.bulk import Row, as_json, execute, fetch
from wracam.foundation.locks import lock_many
from wracam.foundation.transactions import action
from wracam.vouchers.actions import storing
from wracam.vouchers.actions.storing import Owner, Placing
from wracam.vouchers.contracts import (
    CampaignKind,
    CodeIssued,
    IssuedCode,
    IssueKeyReusedError,
    IssueRefusal,
    IssueRefused,
    ToIssue,
)
from wracam.vouchers.core import codes as core
from wracam.vouchers.core.campaigns import Campaign, valid_until
from wracam.vouchers.queries import secrecy
from wracam.vouchers.queries.campaigns import live_campaign

ISSUE_MAX = 50_000
TRIES_MAX = 8
Issued = IssuedCode | IssueRefused


def issue(
    *,
    shop_id: int,
    campaign: str,
    customer_id: UUID | None,
    key: str,
    now: datetime,
    valid_until: datetime | None = None,
) -> IssuedCode | IssueRefused:
    """Give a customer a code of a campaign, generated or from its pool; a shared campaign gives its first code.

    *key* (of the reward, of the journey's step) makes it happen once per campaign and shop. *valid_until* ends this
    code sooner or later than the campaign's days say, never after the campaign. Raises `UnknownCampaignError`, and
    `IssueKeyReusedError` for a key that gave another customer a code.
    """
    wanted = [ToIssue(key=key, customer_id=customer_id)]
    return issue_many(shop_id=shop_id, campaign=campaign, wanted=wanted, now=now, valid_until=valid_until)[key]


def issue_many(
    *, shop_id: int, campaign: str, wanted: Sequence[ToIssue], now: datetime, valid_until: datetime | None = None
) -> dict[str, Issued]:
    """Give many codes with a handful of statements; the answers by key, as `issue` gives them one by one.

    A pool gives as many as it has and refuses the rest. Keys given twice count once.
    """
    if len(wanted) > ISSUE_MAX:
        raise ValueError(f"at most {ISSUE_MAX} codes are issued at once")
    found = live_campaign(campaign, now)
    asked = {one.key: one for one in wanted}
    if found.kind is CampaignKind.SHARED:
        return {key: _shared(found, one, now) for key, one in asked.items()}
    with action():
        lock_many("vouchers.issue", [f"{campaign}:{key}" for key in asked])
        known = _known(shop_id, campaign, list(asked))
        _demand_same_customers(asked, known)
        missing = {key: one for key, one in asked.items() if key not in known}
        refused = _refused(found, missing, now)
        open_keys = [one for key, one in missing.items() if key not in refused]
        until = _until(found, now, valid_until)
        fresh = _give(found, shop_id, open_keys, until, now)
        _announce(shop_id, fresh, now)
    empty = IssueRefused(reason=IssueRefusal.POOL_EMPTY)
    return {key: known.get(key) or refused.get(key) or fresh.get(key) or empty for key in asked}


def _until(campaign: Campaign, now: datetime, asked: datetime | None) -> datetime | None:
    return valid_until(campaign, now, asked)


def _shared(campaign: Campaign, one: ToIssue, now: datetime) -> IssuedCode:
    code = campaign.codes[0]
    return IssuedCode(
        code=code, code_id=secrecy.code_id(core.fold(code)), campaign=campaign.key, customer_id=one.customer_id,
        issued_at=now, valid_until=campaign.period.ends_at, was_new=False,
    )  # fmt: skip


def _refused(campaign: Campaign, missing: Mapping[str, ToIssue], now: datetime) -> dict[str, IssueRefused]:
    if campaign.period.ends_at is not None and now >= campaign.period.ends_at:
        return dict.fromkeys(missing, IssueRefused(reason=IssueRefusal.NOT_LIVE))
    if not campaign.binds_customer:
        return {}
    nobody = IssueRefused(reason=IssueRefusal.NEEDS_CUSTOMER)
    return {key: nobody for key, one in missing.items() if one.customer_id is None}


def _give(
    campaign: Campaign, shop_id: int, wanted: Sequence[ToIssue], until: datetime | None, now: datetime
) -> dict[str, IssuedCode]:
    if not wanted:
        return {}
    if campaign.kind in (CampaignKind.POOL, CampaignKind.IMPORTED):
        _take_from_pool(campaign, shop_id, wanted, until, now)
    else:
        _generate(campaign, shop_id, wanted, until, now)
    return _known(shop_id, campaign.key, [one.key for one in wanted], was_new=True)


def _generate(
    campaign: Campaign, shop_id: int, wanted: Sequence[ToIssue], until: datetime | None, now: datetime
) -> None:
    placing = Placing(shop_id=shop_id, campaign=campaign.key, batch_id=None, valid_until=until, now=now)
    missing = list(wanted)
    for _ in range(TRIES_MAX):
        codes = storing.new_codes(campaign.form, len(missing))
        owners = [Owner(customer_id=_owner(campaign, one), issue_key=one.key) for one in missing]
        made = storing.store(codes, placing, owners)
        if made == len(missing):
            return
        known = _known(shop_id, campaign.key, [one.key for one in missing])
        missing = [one for one in missing if one.key not in known]


def _owner(campaign: Campaign, one: ToIssue) -> UUID | None:
    return one.customer_id if campaign.binds_customer else None


def _take_from_pool(
    campaign: Campaign, shop_id: int, wanted: Sequence[ToIssue], until: datetime | None, now: datetime
) -> None:
    """Hand out codes that nobody has; rows that another call is handing out are passed over, not waited for.

    A pool is the campaign's, whichever shop filled it; a code belongs to the shop that hands it out.
    """
    records = [
        {"n": number, "key": one.key, "customer": _owner(campaign, one)} for number, one in enumerate(wanted, start=1)
    ]
    execute(
        """WITH free AS (
               SELECT c.id FROM code AS c LEFT JOIN code_batch AS b ON b.id = c.batch_id
               WHERE c.campaign = %s AND c.issued_at IS NULL AND c.disabled_at IS NULL AND b.disabled_at IS NULL
                 AND (c.valid_until IS NULL OR c.valid_until > %s)
                 AND NOT EXISTS (SELECT FROM allowance AS a
                                 WHERE a.key = 'code:' || c.id || ':uses' AND a.used + a.held > 0)
               ORDER BY c.id LIMIT %s FOR UPDATE OF c SKIP LOCKED),
           numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM free)
           UPDATE code AS c
           SET shop_id = %s, customer_id = w.customer, issue_key = w.key, issued_at = %s,
               valid_until = least(c.valid_until, %s::timestamptz)
           FROM numbered JOIN jsonb_to_recordset(%s::text::jsonb) AS w (n bigint, key text, customer uuid) USING (n)
           WHERE c.id = numbered.id""",
        campaign.key, now, len(wanted), shop_id, now, until, as_json(records),
    )  # fmt: skip


def _known(shop_id: int, campaign: str, keys: list[str], *, was_new: bool = False) -> dict[str, IssuedCode]:
    rows = fetch(
        """SELECT issue_key, id, sealed, customer_id, issued_at, valid_until FROM code
           WHERE shop_id = %s AND campaign = %s AND issue_key = ANY(%s::text[])""",
        shop_id,
        campaign,
        keys,
    )
    return {row[0]: _issued(campaign, row, was_new=was_new) for row in rows}


def _issued(campaign: str, row: Row, *, was_new: bool) -> IssuedCode:
    _key, identity, sealed, customer_id, issued_at, until = row
    return IssuedCode(
        code=secrecy.unseal(sealed, identity) or "", code_id=identity, campaign=campaign, customer_id=customer_id,
        issued_at=issued_at, valid_until=until, was_new=was_new,
    )  # fmt: skip


def _demand_same_customers(asked: Mapping[str, ToIssue], known: Mapping[str, IssuedCode]) -> None:
    for key, one in known.items():
        if one.customer_id is not None and asked[key].customer_id not in (None, one.customer_id):
            raise IssueKeyReusedError(IssueKeyReusedError.__doc__)


def _announce(shop_id: int, fresh: Mapping[str, IssuedCode], now: datetime) -> None:
    happened = [
        CodeIssued(
            shop_id=shop_id, customer_id=one.customer_id, occurred_at=now, code_id=one.code_id,
            campaign=one.campaign, valid_until=one.valid_until,
        )
        for one in fresh.values()
    ]  # fmt: skip
    if happened:
        events.record(happened, now=now)
