"""The tables of loyalty.

Ledger tables have no foreign keys: ids only, since each would cost a lock per posting. Triggers of
`sql/append_only.sql` refuse any change of a transfer or allocation.
"""

from wracam.loyalty.models.ledger import Lot, LotAllocation, PointBalance, Seal, Transfer
from wracam.loyalty.models.members import Earning, Member, Nightly, RuleUsage
from wracam.loyalty.models.rewards import BookDay, CorrectionRequest, Picture, PointsPayment, Redemption, RewardStock
from wracam.loyalty.models.tiers import MemberTier, TierRow

__all__ = [
    "BookDay",
    "CorrectionRequest",
    "Earning",
    "Lot",
    "LotAllocation",
    "Member",
    "MemberTier",
    "Nightly",
    "Picture",
    "PointBalance",
    "PointsPayment",
    "Redemption",
    "RewardStock",
    "RuleUsage",
    "Seal",
    "TierRow",
    "Transfer",
]
