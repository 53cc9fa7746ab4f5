"""Imports, and while one runs its rows, its orders and what was wrong with them."""

from __future__ import annotations

from django.db import models

from wracam.connectors.csv_files.contracts import ImportState, Outcome


class Import(models.Model):
    """One file given to us: how to read it, how far it is, what came of it, and who did it."""

    id = models.UUIDField(primary_key=True)
    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    layout = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    file_path = models.CharField(max_length=500)
    file_hash = models.CharField(max_length=64)
    header = models.JSONField()
    fields = models.JSONField()
    delimiter = models.CharField(max_length=1, blank=True)
    decimal_mark = models.CharField(max_length=1, default=".")
    date_order = models.CharField(max_length=16, default="day_first")
    state = models.CharField(max_length=16, choices=[(item.value, item.value) for item in ImportState])
    error_pl = models.CharField(max_length=500, blank=True)
    error_en = models.CharField(max_length=500, blank=True)
    row_count = models.IntegerField(default=0)
    chunk_count = models.IntegerField(default=0)
    chunks_done = models.IntegerField(default=0)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=60)
    actor_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "csv_import"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(chunks_done__lte=models.F("chunk_count")), name="csv_import_chunks"
            )
        ]
        indexes = [models.Index(fields=["-created_at"], name="csv_import_created")]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """A row waiting to be imported; written by COPY, gone when the import is done. `cells` are joined by U+001F."""

    import_id = models.UUIDField()
    line_number = models.IntegerField()
    order_key = models.TextField()
    customer_key = models.TextField()
    cells = models.TextField()

    class Meta:
        db_table = "csv_import_row"
        indexes = [models.Index(fields=["import_id", "order_key"], name="csv_import_row_order")]

    def __str__(self) -> str:
        return f"{self.order_key} ({self.line_number})"


class ImportOrder(models.Model):
    """One order number of a file: the chunk it is done in, and what became of it."""

    import_id = models.UUIDField()
    chunk = models.IntegerField()
    order_key = models.TextField()
    customer_key = models.TextField()
    outcome = models.CharField(max_length=16, blank=True, choices=[(item.value, item.value) for item in Outcome])
    external_id = models.TextField(blank=True)
    order_id = models.UUIDField(null=True)
    modified_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "csv_import_order"
        constraints = [models.UniqueConstraint(fields=["import_id", "order_key"], name="csv_import_order_once")]
        indexes = [
            models.Index(fields=["import_id", "chunk"], name="csv_import_order_chunk"),
            models.Index(
                fields=["external_id"], name="csv_import_order_withdrawn", condition=models.Q(outcome=Outcome.WITHDRAWN)
            ),
        ]

    def __str__(self) -> str:
        return self.order_key


class ImportProblem(models.Model):
    """A row that was not imported, kept with its cells until somebody corrects it."""

    import_id = models.UUIDField()
    line_number = models.IntegerField()
    order_key = models.TextField()
    reason = models.CharField(max_length=32)
    column = models.TextField(blank=True)
    value = models.TextField(blank=True)
    cells = models.TextField()

    class Meta:
        db_table = "csv_import_problem"
        indexes = [models.Index(fields=["import_id", "line_number"], name="csv_import_problem_line")]

    def __str__(self) -> str:
        return f"{self.line_number}: {self.reason}"
