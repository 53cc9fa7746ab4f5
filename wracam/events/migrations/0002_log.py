from pathlib import Path

from django.db import migrations, models

LOG_SQL = Path(__file__).with_suffix(".sql").read_text("utf-8")
DROP_SQL = """
DROP TABLE event;
DROP FUNCTION event_border();
DROP FUNCTION event_txid();
DROP FUNCTION event_txid_offset();
DROP SEQUENCE event_position_seq;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(LOG_SQL, DROP_SQL)],
            state_operations=[
                migrations.CreateModel(
                    name="LoggedEvent",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("position", models.BigIntegerField()),
                        ("txid", models.BigIntegerField()),
                        ("lane", models.SmallIntegerField()),
                        ("name", models.TextField()),
                        ("shop_id", models.IntegerField()),
                        ("customer_id", models.UUIDField(null=True)),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        ("data", models.JSONField()),
                        ("cause_id", models.UUIDField(null=True)),
                        ("depth", models.SmallIntegerField()),
                        ("source", models.TextField()),
                        ("source_id", models.TextField(null=True)),
                    ],
                    options={"db_table": "event"},
                ),
            ],
        ),
    ]
