"""Dumping and restoring with PostgreSQL's own programs; passwords travel in the environment, never in arguments."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg

from wracam.config.backups.figures import TableFigures, figures
from wracam.config.errors import CommandError
from wracam.foundation.postgres import binaries

RESTORE_JOBS = 2
_WORDS_SHOWN = 600


def dump(*, url: str, path: Path) -> dict[str, TableFigures]:
    """Write the database at *url* to *path* (custom format) and return its figures, both of one moment."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        options = ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}", f"--file={path}"]
        _run("pg_dump", options, url=url, server_version=connection.info.server_version)
        return figures(connection)


def restore(*, url: str, path: Path) -> None:
    """Fill the empty database at *url* from the dump at *path*; raises `CommandError` at the first trouble."""
    with psycopg.connect(url) as connection:
        server_version = connection.info.server_version
    options = ["--no-owner", "--no-acl", "--exit-on-error", f"--jobs={RESTORE_JOBS}", "--format=custom"]
    _run(
        "pg_restore", [*options, f"--dbname={without_password(url)}", str(path)], url=url, server_version=server_version
    )


def without_password(url: str) -> str:
    """Return *url* without its password, fit for a command line."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}@{host}" if user else host))


def _run(name: str, options: list[str], *, url: str, server_version: int) -> None:
    target = [] if name == "pg_restore" else [f"--dbname={without_password(url)}"]
    environment = binaries.environment()
    password = urlsplit(url).password
    if password:
        environment["PGPASSWORD"] = unquote(password)
    command = [_program(name, url, server_version), *target, *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CommandError(f"{name} failed: {done.stderr.strip()[-_WORDS_SHOWN:]}")


def _program(name: str, url: str, server_version: int) -> str:
    """Return the embedded program; for a server it cannot talk to (newer, or encrypted) the system's own."""
    needs_encryption = any(mode in url for mode in ("sslmode=require", "sslmode=verify"))
    if server_version // 10_000 <= binaries.MAJOR_VERSION and not needs_encryption:
        return binaries.program(name)
    found = shutil.which(name)
    if found is None:
        raise CommandError(
            f"This PostgreSQL needs a {name} of its own version with TLS. Install the PostgreSQL client programs of "
            f"version {server_version // 10_000} so that {name} is on the PATH."
        )
    return found
