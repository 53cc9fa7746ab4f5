"""The tables of vouchers and their constraints; no decisions. None has foreign keys: ids only, they are hot."""

from wracam.vouchers.models.allowances import Allowance, AllowanceClaim, AllowanceHold, AllowanceReturn
from wracam.vouchers.models.codes import Code, CodeBatch

__all__ = ["Allowance", "AllowanceClaim", "AllowanceHold", "AllowanceReturn", "Code", "CodeBatch"]
