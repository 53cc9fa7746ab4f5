"""Codes that sign a member in, and the sessions they open; only hashes are kept."""

from __future__ import annotations

from django.db import models


class SignInCode(models.Model):
    """One attempt to sign in by e-mail; also kept for an unknown address, so that both look the same."""

    ticket_hash = models.BinaryField(unique=True)
    code_hash = models.BinaryField()
    link_hash = models.BinaryField(unique=True)
    shop_id = models.IntegerField()
    customer_id = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "member_sign_in_code"


class MemberSession(models.Model):
    """A member's open visit of one shop's pages."""

    token_hash = models.BinaryField(unique=True)
    shop_id = models.IntegerField()
    customer_id = models.UUIDField(db_index=True)
    opened_by = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "member_session"
