"""The database's tables: what is waiting, what a newer version left, and bringing them up to date."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

from wracam.config.errors import CommandError

ADVISORY_LOCK = 0x77726163
"""Several machines may start at once; one migrates, the others wait."""


def waiting_migrations() -> list[str]:
    """Return the migrations that this version would apply; raises when a newer version was here."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    _require_known(executor)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate() -> None:
    """Apply all waiting migrations, one machine at a time; wait for the disk once, not after each."""
    from django.core.management import call_command
    from django.db import connection

    from wracam.foundation import transactions

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            waiting_migrations()
            with transactions.flushed_at_the_end():
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def require_known_names(names: Iterable[str]) -> None:
    """Raise `CommandError` when *names* (`"loyalty.0001_initial"`) hold a migration that this version lacks."""
    from wracam.foundation import features

    modules = {name.rpartition(".")[2]: name for name in features.feature_modules()}
    for name in names:
        label, _, migration = name.partition(".")
        if label in modules and not _has_migration(modules[label], migration):
            raise CommandError(f"This backup was made by a newer Wracam (it knows {name}). Install that version first.")


def _has_migration(feature: str, migration: str) -> bool:
    package = f"{feature}.migrations"
    return find_spec(package) is not None and find_spec(f"{package}.{migration}") is not None


def _require_known(executor: object) -> None:
    loader = executor.loader  # type: ignore[attr-defined]  # MigrationExecutor, imported late
    labels = {label for label, _ in loader.disk_migrations}
    unknown = [key for key in loader.applied_migrations if key[0] in labels and key not in loader.disk_migrations]
    replaced = {key for migration in loader.replacements.values() for key in migration.replaces}
    newer = sorted(f"{label}.{name}" for label, name in unknown if (label, name) not in replaced)
    if newer:
        raise CommandError(
            f"The database was used by a newer Wracam (it knows {newer[-1]}). Install that version again, "
            "or restore a backup made before the upgrade."
        )
