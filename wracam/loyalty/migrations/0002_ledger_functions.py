"""Install the ledger's SQL functions and the triggers that keep history append-only."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
FILES = ("append_only", "point_earn", "point_take", "point_post", "point_due")


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_initial")]
    operations = [
        migrations.RunSQL((SQL / f"{name}.sql").read_text("utf-8"), reverse_sql=migrations.RunSQL.noop)
        for name in FILES
    ]
