"""Making a cluster, and telling a complete one from the remains of an interrupted creation."""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from pathlib import Path
from typing import Any

from wracam.foundation.files import make_private_folder, write_private
from wracam.foundation.postgres import account as accounts
from wracam.foundation.postgres import binaries, profiles
from wracam.foundation.postgres.problems import ClusterError, start_error

FORMAT = 1
MARKER = "postgres.json"
PASSWORDS = "postgres_passwords"
ACCESS = """\
# Written by Wracam. Everybody needs a password, on the socket too.
local all all scram-sha-256
host  all all 127.0.0.1/32 scram-sha-256
host  all all ::1/128      scram-sha-256
"""


def is_complete(data_folder: Path) -> bool:
    """Say whether a cluster was made here to its end."""
    return (data_folder / MARKER).is_file()


def require_usable(data_folder: Path) -> None:
    """Raise `ClusterError` for what this version must not touch: newer formats, damage, a lost marker."""
    files = data_folder / "postgres" / "cluster"
    if not is_complete(data_folder):
        if (data_folder / "database_url").exists() and (files / "PG_VERSION").exists():
            raise ClusterError(
                f"{data_folder / MARKER} is missing although {files} was in use. Put that file back, "
                "or restore a backup into an empty folder with `wracam restore`."
            )
        return
    marker = _marker(data_folder)
    if marker.get("format", 0) > FORMAT:
        raise ClusterError(
            f"The data folder {data_folder} has format {marker['format']}, written by a newer Wracam; this one "
            f"knows formats up to {FORMAT}. Install the newer version again."
        )
    _require_server_version(files)


def _require_server_version(files: Path) -> None:
    try:
        found = (files / "PG_VERSION").read_text("utf-8").strip()
    except OSError as error:
        raise ClusterError(
            f"The database folder {files} is damaged: PG_VERSION cannot be read. Restore the last backup into an "
            "empty folder with `wracam restore`."
        ) from error
    if found != str(binaries.MAJOR_VERSION):
        raise ClusterError(
            f"The database in {files} was written by PostgreSQL {found}; this Wracam brings "
            f"{binaries.MAJOR_VERSION}. Start the version of Wracam that wrote it, run `wracam backup` there "
            "and `wracam restore` here."
        )


def _marker(data_folder: Path) -> dict[str, Any]:
    try:
        marker = json.loads((data_folder / MARKER).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ClusterError(f"{data_folder / MARKER} cannot be read: {error}") from error
    return dict(marker)


def create(*, data_folder: Path, account: accounts.Account | None, profile: profiles.Profile) -> None:
    """Make the cluster, its roles and its database; the marker comes last.

    What an interrupted creation left is moved aside, never deleted: it holds nothing, but who could be sure.
    """
    _move_remains_aside(data_folder)
    folder = data_folder / "postgres"
    owner = account.owner if account else None
    make_private_folder(folder, owner=owner)
    passwords = {"postgres": secrets.token_hex(24), "wracam": secrets.token_hex(24)}
    write_private(data_folder / PASSWORDS, json.dumps(passwords) + "\n")
    _initdb(folder / "cluster", account=account, profile=profile)
    _make_roles(folder / "cluster", account=account, profile=profile, passwords=passwords)
    write_private(folder / "cluster" / "pg_hba.conf", ACCESS, owner=owner)
    marker = {"format": FORMAT, "postgresql": binaries.MAJOR_VERSION}
    write_private(data_folder / MARKER, json.dumps(marker, indent=2) + "\n")


def _move_remains_aside(data_folder: Path) -> None:
    folder = data_folder / "postgres"
    if folder.exists():
        aside = data_folder / f"postgres.incomplete-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
        folder.rename(aside)


def _initdb(files: Path, *, account: accounts.Account | None, profile: profiles.Profile) -> None:
    """Run initdb; nobody can connect meanwhile, so passwords and access rules follow before the first start."""
    command = [binaries.program("initdb"), "--pgdata", str(files), "--username=postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--data-checksums", "--no-instructions"] + ([] if profile.is_durable else ["--no-sync"])
    _run(command, files=files, account=account)
    settings = "\n# Wracam's own settings, then yours.\ninclude 'wracam.conf'\ninclude_if_exists 'local.conf'\n"
    original = (files / "postgresql.conf").read_text("utf-8")
    owner = account.owner if account else None
    write_private(files / "wracam.conf", "", owner=owner)
    write_private(files / "postgresql.conf", original + settings, owner=owner)


def _make_roles(
    files: Path, *, account: accounts.Account | None, profile: profiles.Profile, passwords: dict[str, str]
) -> None:
    """Set up roles and database in single-user mode, so that no server without passwords ever listens."""
    creating = "CREATEDB" if profile.may_create_databases else "NOCREATEDB"
    statements = [
        "SET password_encryption = 'scram-sha-256'",
        f"ALTER ROLE postgres PASSWORD '{passwords['postgres']}'",
        f"CREATE ROLE wracam LOGIN NOSUPERUSER NOCREATEROLE {creating} PASSWORD '{passwords['wracam']}'",
        "CREATE DATABASE wracam OWNER wracam",
    ]
    command = [binaries.program("postgres"), "--single", "-D", str(files), "postgres"]
    output = _run(command, files=files, account=account, text="".join(f"{statement}\n" for statement in statements))
    if "ERROR:" in output or "FATAL:" in output:
        raise start_error(log=output, folder=files, log_file=files)


def _run(command: list[str], *, files: Path, account: accounts.Account | None, text: str = "") -> str:
    done = subprocess.run(
        command,
        input=text.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=binaries.environment(),
        preexec_fn=accounts.becoming(account),
        check=False,
    )
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        raise start_error(log=output, folder=files, log_file=files)
    return output
