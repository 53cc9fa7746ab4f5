"""The code campaigns in force, read once per published version."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.definitions import queries as definitions
from wracam.definitions.contracts import LiveVersion
from wracam.vouchers.contracts import CampaignKind, UnknownCampaignError
from wracam.vouchers.core import codes as core
from wracam.vouchers.core.campaigns import Campaign, read_campaign

KIND = "code_campaign"
COMPILED_MAX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCampaigns:
    """All campaigns in force: by key, the shared codes by their folded text, and the shapes of generated codes."""

    by_key: Mapping[str, Campaign]
    shared: Mapping[str, Campaign]
    generated: tuple[Campaign, ...]
    has_imported: bool

    def is_typo(self, folded: str) -> bool:
        """Say whether a text has the shape of a generated code and is one of none."""
        shapes = [one.form for one in self.generated if core.has_shape(folded, one.form)]
        return bool(shapes) and all(core.is_typo(folded, form) for form in shapes)


_compiled: OrderedDict[tuple[UUID, ...], LiveCampaigns] = OrderedDict()


def live_campaigns(at: datetime | None = None) -> LiveCampaigns:
    """Return the campaigns in force at the moment *at*."""
    versions = definitions.live(KIND, at)
    ids = tuple(version.version_id for version in versions)
    found = _compiled.get(ids)
    if found is None:
        found = _compiled[ids] = _compile(versions)
        if len(_compiled) > COMPILED_MAX:
            _compiled.popitem(last=False)
    return found


def live_campaign(key: str, at: datetime | None = None) -> Campaign:
    """Return one campaign in force, or raise `UnknownCampaignError`."""
    found = live_campaigns(at).by_key.get(key)
    if found is None:
        raise UnknownCampaignError(UnknownCampaignError.__doc__)
    return found


def campaign_of_version(version_id: UUID) -> Campaign:
    """Return a campaign as one version said it."""
    version = definitions.version(version_id)
    return read_campaign(version.body, key=version.key, version_id=version_id)[0]


def _compile(versions: tuple[LiveVersion, ...]) -> LiveCampaigns:
    campaigns = [read_campaign(one.body, key=one.key, version_id=one.version_id)[0] for one in versions]
    return LiveCampaigns(
        by_key={campaign.key: campaign for campaign in campaigns},
        shared={core.fold(code): campaign for campaign in reversed(campaigns) for code in campaign.codes},
        generated=tuple(campaign for campaign in campaigns if campaign.is_generated),
        has_imported=any(campaign.kind is CampaignKind.IMPORTED for campaign in campaigns),
    )
