from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('promotions', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='cartcommit',
            name='is_refunded',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='cartcommit',
            name='grants',
            field=models.JSONField(null=True),
        ),
        migrations.AddIndex(
            model_name='cartcommit',
            index=models.Index(condition=models.Q(('grants__isnull', False)), fields=['shop_id', 'order'], name='cart_commit_granting'),
        ),
    ]
