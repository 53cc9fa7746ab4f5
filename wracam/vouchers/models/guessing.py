"""Who tried wrong codes, by the hour, for the console. The throttle itself counts in the shared cache."""

from __future__ import annotations

from django.db import models


class CodeGuess(models.Model):
    """Wrong and blocked tries of one customer or network address in one hour; addresses are cut short."""

    pk = models.CompositePrimaryKey("shop_id", "hour", "subject")
    shop_id = models.IntegerField()
    hour = models.DateTimeField()
    subject = models.TextField(db_collation="C")
    wrong = models.IntegerField(default=0)
    blocked = models.IntegerField(default=0)

    class Meta:
        db_table = "code_guess"
        indexes = [models.Index(fields=["hour"], name="guesses_by_hour")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.wrong}"
