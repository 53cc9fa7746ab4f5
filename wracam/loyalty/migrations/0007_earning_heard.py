"""Let earnings remember which events they have heard of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0006_balance_acted_at")]
    operations = [
        migrations.AddField("earning", "heard", models.JSONField(default=list, db_default=[])),
    ]
