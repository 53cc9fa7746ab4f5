"""Shops, staff, keys and the audit log."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from wracam.shops.contracts import Role


class Shop(models.Model):
    """A sales channel of the merchant: one shop, with its language, currency and time zone."""

    id = models.AutoField(primary_key=True)
    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=5, default="pl")
    time_zone = models.CharField(max_length=50, default="Europe/Warsaw")
    url = models.URLField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "shop"

    def __str__(self) -> str:
        return self.name


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
