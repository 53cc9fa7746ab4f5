"""Install the SQL functions of allowances and the triggers that keep the ledger append-only."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
FILES = ("allowances", "stored_value")


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0001_initial")]
    operations = [
        migrations.RunSQL((SQL / f"{name}.sql").read_text("utf-8"), reverse_sql=migrations.RunSQL.noop)
        for name in FILES
    ]
