"""Let uses of a customer move to another, and install the functions that follow them."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
INDEX = """
CREATE INDEX allowance_of_owner ON allowance (allowance_owner(key)) WHERE allowance_owner(key) IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0002_sql")]
    operations = [
        migrations.CreateModel(
            name="AllowanceMove",
            fields=[
                ("old_key", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("new_key", models.TextField(db_collation="C")),
            ],
            options={
                "db_table": "allowance_moved",
                "indexes": [models.Index(fields=["new_key"], name="allowance_moved_to")],
            },
        ),
        *(
            migrations.RunSQL((SQL / f"{name}.sql").read_text("utf-8"), reverse_sql=migrations.RunSQL.noop)
            for name in ("moved_uses", "allowances")
        ),
        migrations.RunSQL(INDEX, reverse_sql="DROP INDEX allowance_of_owner"),
    ]
