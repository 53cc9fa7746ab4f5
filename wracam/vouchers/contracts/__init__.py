"""The public language of vouchers: claims on what is limited, codes and their answers, stored value."""

from wracam.vouchers.contracts.allowances import (
    CLAIMS_MAX,
    Claim,
    Committed,
    ExcessiveAmountError,
    Held,
    HoldReusedError,
    HoldState,
    Lack,
    Lacking,
    UnknownHoldError,
    Usage,
)

__all__ = [
    "CLAIMS_MAX",
    "Claim",
    "Committed",
    "ExcessiveAmountError",
    "Held",
    "HoldReusedError",
    "HoldState",
    "Lack",
    "Lacking",
    "UnknownHoldError",
    "Usage",
]
