"""Shops, staff, keys and the audit log."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from wracam.shops.contracts import PERMISSIONS, Actor, KeyKind, Permission, Role


class Shop(models.Model):
    """A sales channel of the merchant: one shop, with its language, currency and time zone."""

    id = models.AutoField(primary_key=True)
    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=5, default="pl")
    time_zone = models.CharField(max_length=50, default="Europe/Warsaw")
    url = models.URLField(blank=True)
    member_secret_sealed = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "shop"

    def __str__(self) -> str:
        return self.name


class ShopTheme(models.Model):
    """How a shop's member pages look."""

    shop = models.OneToOneField(Shop, models.CASCADE, primary_key=True, related_name="theme")
    accent = models.CharField(max_length=7)
    radius_px = models.PositiveSmallIntegerField()
    logo = models.BinaryField(blank=True, default=b"")
    logo_type = models.CharField(max_length=20, blank=True)
    logo_version = models.CharField(max_length=16, blank=True)

    class Meta:
        db_table = "shop_theme"
        constraints = [
            models.CheckConstraint(condition=models.Q(accent__regex=r"^#[0-9a-f]{6}$"), name="shop_theme_accent"),
            models.CheckConstraint(condition=models.Q(radius_px__lte=32), name="shop_theme_radius"),
        ]


class StaffManager(BaseUserManager["Staff"]):
    """Creates staff by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> Staff:
        """Create a staff member with a hashed password."""
        staff = self.model(email=self.normalize_email(email).lower(), **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser, PermissionsMixin):
    """Somebody who works in the console."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    language = models.CharField(max_length=5, default="pl")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        db_table = "staff"

    def __str__(self) -> str:
        return self.name or self.email

    def may(self, permission: str) -> bool:
        """Say whether this person's role has *permission*; raises for a permission that does not exist."""
        return self.is_active and Permission(permission) in PERMISSIONS[Role(self.role)]

    @property
    def as_actor(self) -> Actor:
        """This person as the one who did something."""
        return Actor(kind="staff", id=str(self.pk), name=self.name or self.email)


class SetupToken(models.Model):
    """The one-time token of the first visit; only its hash is kept."""

    token_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "setup_token"


class StaffInvitation(models.Model):
    """An invitation to work in the console; open until accepted, withdrawn or expired."""

    email = models.EmailField()
    role = models.CharField(max_length=16)
    token_hash = models.BinaryField(unique=True)
    invited_by = models.ForeignKey(Staff, models.CASCADE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_invitation"


class ApiKey(models.Model):
    """A key of a shop's server or of its pages; only the hash of the secret is kept."""

    shop = models.ForeignKey(Shop, models.CASCADE)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in KeyKind])
    name = models.CharField(max_length=80)
    secret_hash = models.BinaryField(unique=True)
    hint = models.CharField(max_length=4)
    scopes = ArrayField(models.CharField(max_length=60), default=list)
    origins = ArrayField(models.CharField(max_length=200), default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"


class AuditEntry(models.Model):
    """Who did what and when. A trigger refuses to change or delete a row."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=60)
    actor_name = models.CharField(max_length=120)
    verb = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=120)
    summary = models.CharField(max_length=500)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_entry_at"),
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_entry_object"),
        ]


class OutboxMail(models.Model):
    """A mail written in the transaction that caused it; without a sender it stays here, caught.

    The content is sealed, since mails carry links and codes; it is erased when the mail is handed over.
    """

    recipients = ArrayField(models.CharField(max_length=254))
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=250)
    content_sealed = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox_mail"
        indexes = [models.Index(fields=["-id"], name="outbox_mail_newest")]
