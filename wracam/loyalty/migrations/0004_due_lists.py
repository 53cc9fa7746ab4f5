"""Hand what is due over in lists, and remember how far the review of tiers has come."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0003_promised_rewards")]
    operations = [
        migrations.AddField("nightly", "reached", models.UUIDField(null=True)),
        migrations.RunSQL(
            """INSERT INTO loyalty_nightly (step, day)
               SELECT step || ':' || to_hex(share), day FROM loyalty_nightly, generate_series(0, 15) AS share
               WHERE step ~ '^tiers:[0-9]+$';
               DELETE FROM loyalty_nightly WHERE step ~ '^tiers:[0-9]+$'""",
            reverse_sql=migrations.RunSQL.noop,
        ),
        migrations.RunSQL((SQL / "point_due.sql").read_text("utf-8"), reverse_sql=migrations.RunSQL.noop),
    ]
