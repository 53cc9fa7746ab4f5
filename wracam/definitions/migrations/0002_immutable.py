"""Versions and the log of changes cannot be rewritten, whoever asks."""

from django.db import migrations

TABLES = ("definition_version", "definition_change")
FORWARD = """
CREATE FUNCTION definition_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are immutable; publish a new version instead', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION definition_refuse_change();\n"
    for table in TABLES
)
BACKWARD = (
    "".join(f"DROP TRIGGER {table}_immutable ON {table};\n" for table in TABLES)
    + "DROP FUNCTION definition_refuse_change();"
)


class Migration(migrations.Migration):
    """Adds the triggers that keep history as it was."""

    dependencies = [("definitions", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
