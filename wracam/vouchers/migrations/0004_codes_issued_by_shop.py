"""Let every shop have keys of its own for the codes it issues: another shop's key is no longer the same key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0003_moved_uses")]
    operations = [
        migrations.RemoveConstraint(model_name="code", name="one_code_per_issue_key"),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.UniqueConstraint(
                condition=models.Q(("issue_key__isnull", False)),
                fields=("shop_id", "campaign", "issue_key"),
                name="one_code_per_issue_key",
            ),
        ),
    ]
