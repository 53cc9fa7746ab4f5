"""A scratch database for a benchmark: its own embedded cluster, with fsync and synchronous commit on."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path


@contextmanager
def scratch_database(**settings: str) -> Iterator[str]:
    """Start a durable cluster, migrate it, set Django up on it, and remove it afterwards. Yields its URL.

    It has the settings of production, with these instead of its own.
    """
    from wracam.foundation.postgres import PRODUCTION, Cluster

    folder = Path(tempfile.mkdtemp(prefix="wracam-benchmark-"))
    profile = replace(PRODUCTION, settings={**PRODUCTION.settings, **settings})
    cluster = Cluster(data_folder=folder, profile=profile)
    cluster.start()
    try:
        url = cluster.application_url()
        os.environ["DATABASE_URL"] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wracam.config.settings")
        os.environ["WRACAM_LOG_LEVEL"] = "WARNING"
        os.environ.setdefault("WRACAM_SECRET_KEY", "benchmark-" + "k" * 50)
        _migrate()
        yield url
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _migrate() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from wracam.events import actions as events
    from wracam.foundation import clock

    call_command("migrate", verbosity=0)
    events.prepare_log(now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        if cursor.fetchone() != ("on", "on"):
            raise SystemExit("the benchmark needs fsync and synchronous_commit on")
