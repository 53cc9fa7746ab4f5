from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vouchers', '0004_codes_issued_by_shop'),
    ]

    operations = [
        migrations.CreateModel(
            name='CodePush',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('shop_id', models.IntegerField()),
                ('campaign', models.TextField(db_collation='C')),
                ('discount', models.JSONField()),
                ('state', models.TextField(choices=[('running', 'running'), ('done', 'done')])),
                ('asked', models.IntegerField()),
                ('error', models.TextField(blank=True, default='')),
                ('created_by', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'code_push',
                'indexes': [models.Index(fields=['shop_id', 'campaign', '-created_at'], name='code_push_newest')],
            },
        ),
        migrations.CreateModel(
            name='CodePushResult',
            fields=[
                ('pk', models.CompositePrimaryKey('push_id', 'code_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('push_id', models.UUIDField()),
                ('code_id', models.UUIDField()),
                ('external_id', models.TextField(blank=True, default='')),
                ('refusal', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'code_push_result',
            },
        ),
    ]
