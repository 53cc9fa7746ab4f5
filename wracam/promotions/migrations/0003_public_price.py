from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('promotions', '0002_grants'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop_id', models.IntegerField()),
                ('sku', models.TextField(db_collation='C')),
                ('channel', models.TextField(db_collation='C')),
                ('currency', models.TextField()),
                ('price_minor', models.BigIntegerField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'public_price',
                'indexes': [models.Index(fields=['shop_id', 'sku', 'starts_at'], name='public_price_of_product')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('shop_id', 'sku', 'channel'), name='one_open_public_price')],
            },
        ),
        migrations.CreateModel(
            name='PublicPriceSweep',
            fields=[
                ('shop_id', models.IntegerField(primary_key=True, serialize=False)),
                ('recorded_until', models.DateTimeField()),
            ],
            options={
                'db_table': 'public_price_sweep',
            },
        ),
    ]
