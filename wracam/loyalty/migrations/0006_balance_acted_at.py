"""Let balances know when their member last earned or spent, so that nobody searches history for the idle."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
FILES = ("point_earn", "point_take", "point_post", "point_due")


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0005_tiers_by_hand")]
    operations = [
        migrations.AddField("pointbalance", "acted_at", models.DateTimeField(null=True)),
        migrations.RunSQL(
            """UPDATE point_balance AS b SET acted_at = t.acted_at
               FROM (SELECT member_id, point_kind, max(happened_at) AS acted_at FROM point_transfer
                     WHERE reason IN ('earned', 'spent', 'held') GROUP BY 1, 2) AS t
               WHERE t.member_id = b.member_id AND t.point_kind = b.point_kind""",
            reverse_sql=migrations.RunSQL.noop,
        ),
        *(
            migrations.RunSQL((SQL / f"{name}.sql").read_text("utf-8"), reverse_sql=migrations.RunSQL.noop)
            for name in FILES
        ),
    ]
