"""Allowances are counters that may be lost in a crash: no need to write them to the log."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("faces_api", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE api_allowance SET UNLOGGED",
            "ALTER TABLE api_allowance SET LOGGED",
        ),
        migrations.RunSQL(
            "ALTER TABLE api_allowance SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0,"
            " autovacuum_vacuum_threshold = 1000)",
            migrations.RunSQL.noop,
        ),
    ]
