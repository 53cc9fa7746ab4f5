"""Checks of the machine and the data folder; none of them needs the database."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from wracam.config import installation
from wracam.config.checks.contracts import Check, fine, problem, warning
from wracam.config.errors import CommandError
from wracam.foundation import clock, compiled
from wracam.foundation.configuration import Configuration

FREE_BYTES_MIN = 1_000_000_000
BACKUP_AGE_MAX = timedelta(days=8)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def data_folder(loaded: Configuration) -> list[Check]:
    """The folder is there, ours, private, with its key."""
    folder = loaded.data_folder
    try:
        installation.require_data_folder(folder)
    except CommandError as error:
        return [problem("data folder", str(error), "wracam init")]
    open_paths = [path for path in (folder, folder / "secret_key") if _is_open_to_others(path)]
    if open_paths:
        return [
            problem("data folder", f"others may read {open_paths[0]}", f"chmod -R go-rwx {folder}"),
        ]
    return [fine("data folder", f"{folder}, private")]


def disk(loaded: Configuration) -> Check:
    """There is room to work."""
    folder = next(path for path in (loaded.data_folder, *loaded.data_folder.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    finding = f"{free / 1e9:.1f} GB free at {folder}"
    if free < FREE_BYTES_MIN:
        return problem("disk", finding, "Free some space, or move the data folder to a larger disk.")
    return fine("disk", finding)


def engine() -> Check:
    """The cart engine is compiled for these sources, or plain Python."""
    if compiled.is_out_of_date():
        return warning("cart engine", "compiled from other sources, so Python runs these", "make compiled")
    return fine("cart engine", "compiled" if compiled.is_in_use() else "Python")


def account() -> Check:
    """We are not root."""
    if os.geteuid() == 0:
        return warning("account", "Wracam runs as root", "Run it as an ordinary user: useradd --system wracam")
    return fine("account", f"user {os.geteuid()}")


def settings(loaded: Configuration) -> list[Check]:
    """Nothing is set that suits a workbench only."""
    checks = []
    if loaded["debug"]:
        checks.append(problem("debug", "errors are shown to visitors with our source code", "Remove WRACAM_DEBUG."))
    public = urlsplit(str(loaded["url"]))
    if not loaded["url"]:
        checks.append(
            warning("address", "no public address is set", "Set WRACAM_URL to the https address of your proxy.")
        )
    elif public.scheme != "https":
        checks.append(
            problem(
                "address", f"{loaded['url']} is not encrypted", "Put a proxy with TLS in front: docs/operate/proxy.md"
            )
        )
    else:
        checks.append(fine("address", str(loaded["url"])))
    if loaded["bind"] not in LOOPBACK and public.scheme != "https":
        checks.append(
            problem(
                "network",
                f"we listen on {loaded['bind']} without encryption",
                "Bind 127.0.0.1 and let a proxy with TLS listen to the world: docs/operate/proxy.md",
            )
        )
    if not loaded["email_url"]:
        checks.append(warning("mail", "mail is caught, not sent", "Set WRACAM_EMAIL_URL when you want to send."))
    return checks


def backups(loaded: Configuration) -> Check:
    """There is a young backup."""
    archives = [path for path in (loaded.data_folder / "backups").glob("wracam-*.tar") if "failed" not in path.name]
    if not archives:
        return warning("backups", "there is no backup yet", "wracam backup (and once a day from cron)")
    newest = max(archives, key=lambda path: path.stat().st_mtime)
    age = clock.now() - datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    if age > BACKUP_AGE_MAX:
        return warning("backups", f"the newest, {newest.name}, is {age.days} days old", "wracam backup")
    return fine("backups", f"{newest.name}, {age.days} days old")


def _is_open_to_others(path: Path) -> bool:
    """Say whether other accounts can read *path*; passing through (0710, as root) is not reading."""
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o047)
