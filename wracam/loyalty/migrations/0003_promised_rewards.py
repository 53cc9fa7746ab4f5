from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0002_ledger_functions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='redemption',
            name='transfer_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='redemption',
            name='promotion_version_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='redemption',
            name='was_withdrawn',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
