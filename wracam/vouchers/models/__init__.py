"""The tables of vouchers and their constraints; no decisions. None has foreign keys: ids only, they are hot."""

from wracam.vouchers.models.allowances import (
    Allowance,
    AllowanceClaim,
    AllowanceHold,
    AllowanceMove,
    AllowanceReturn,
)
from wracam.vouchers.models.codes import Code, CodeBatch
from wracam.vouchers.models.guessing import CodeGuess
from wracam.vouchers.models.pushing import CodePush, CodePushResult
from wracam.vouchers.models.stored_value import StoredValue, StoredValueTransfer

__all__ = [
    "Allowance",
    "AllowanceClaim",
    "AllowanceHold",
    "AllowanceMove",
    "AllowanceReturn",
    "Code",
    "CodeBatch",
    "CodeGuess",
    "CodePush",
    "CodePushResult",
    "StoredValue",
    "StoredValueTransfer",
]
