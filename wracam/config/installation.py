"""The installation a verb works on: its data folder, its secret key, its database, and Django on top of them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wracam.config.errors import CommandError
from wracam.foundation import configuration
from wracam.foundation.configuration import Configuration
from wracam.foundation.files import write_private
from wracam.foundation.postgres import Cluster
from wracam.foundation.postgres.lock import FolderLock

DATA_FORMAT = 1
"""Raised when an older program must not touch the data folder any more."""
LISTENING = ("bind", "port", "hot_port")
RESTORING = "restore_incomplete"
"""A file that is there while a restore runs, and after one that was killed."""
README = """\
This folder is a Wracam installation. Keep it private and back it up with `wracam backup`.

secret_key           signs and encrypts; without it stored passwords of shops and mail servers are lost
format.json          the version of this folder's layout
postgres/            the embedded database (absent when you use your own); never edit or copy while it runs
postgres.json        says that the database above was made completely
postgres_passwords   of its roles; nobody types them
database_url         how our processes find the database; written anew at each start
files/               uploaded files
listening.json       where the running pages and the hot process listen
backups/             archives made by `wracam backup`
static/              may be deleted; made again at the next start
logs/                may be deleted
postgres.incomplete-*  remains of an interrupted installation; may be deleted
"""


def current() -> Configuration:
    """Return the configuration with the data folder's path made absolute for the processes we start."""
    loaded = configuration.load()
    flags = json.loads(os.environ.get(configuration.FLAGS_VARIABLE, "{}"))
    if loaded["data_folder"] != str(loaded.data_folder) and "data_folder" in flags:
        os.environ[configuration.FLAGS_VARIABLE] = json.dumps(flags | {"data_folder": str(loaded.data_folder)})
    return loaded


def prepare_data_folder(folder: Path) -> bool:
    """Make the data folder with its README and secret key; say whether it is new. Changes nothing that is there."""
    is_new = not (folder / "format.json").exists()
    if is_new and folder.is_dir() and any(folder.iterdir()) and not _looks_like_ours(folder):
        raise CommandError(f"{folder} is not empty and no Wracam data folder. Choose another with --data-folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    _require_known_format(folder)
    for name in ("files", "backups", "static", "logs"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    if not (folder / "secret_key").exists():
        write_private(folder / "secret_key", secrets.token_urlsafe(64) + "\n")
    write_private(folder / "README.txt", README)
    if is_new:
        write_private(folder / "format.json", json.dumps({"format": DATA_FORMAT}) + "\n")
    return is_new


def require_data_folder(folder: Path) -> None:
    """Raise `CommandError` unless *folder* was made by `wracam init` and this version may use it."""
    if not (folder / "secret_key").is_file():
        raise CommandError(f"There is no Wracam data in {folder}. Run `wracam init` first, or name it: --data-folder.")
    _require_whole(folder)
    _require_known_format(folder)


def database_url(loaded: Configuration) -> str:
    """Return the address of the product's database; the embedded one must have been started once."""
    stored = loaded.data_folder / "database_url"
    return str(loaded["database_url"]) or stored.read_text("utf-8").strip()


def secret_key(loaded: Configuration) -> str:
    """Return the secret key in use."""
    return str(loaded["secret_key"]) or (loaded.data_folder / "secret_key").read_text("utf-8").strip()


def cluster(loaded: Configuration, *, say: Callable[[str], None]) -> Cluster | None:
    """Return the embedded server of this installation, not started; None when it uses a PostgreSQL of its own."""
    if loaded["database_url"]:
        return None
    return Cluster(data_folder=loaded.data_folder, port=loaded["database_port"], say=say)


@contextmanager
def running_database(loaded: Configuration, *, say: Callable[[str], None]) -> Iterator[None]:
    """Have the database running inside the block: the one that is, else the embedded one just for now."""
    own = cluster(loaded, say=say)
    if own is None or database_is_up(loaded):
        yield
        return
    own.start()
    try:
        yield
    finally:
        _close_connections()
        own.stop()


def database_is_up(loaded: Configuration) -> bool:
    """Say whether another process of this installation runs the embedded server."""
    return FolderLock.is_held(loaded.data_folder / "postgres.lock")


def set_up_django() -> None:
    """Load settings and all features; the first use of the database comes later."""
    import django

    django.setup()


def say(text: str) -> None:
    """Tell the person at the terminal what is going on, beside the result on stdout."""
    os.write(2, f"{text}\n".encode())


def note_listening(loaded: Configuration) -> None:
    """Write down where `up` makes our programs listen, so that `doctor` looks there whatever the flags were."""
    where = {name: loaded[name] for name in LISTENING}
    write_private(loaded.data_folder / "listening.json", json.dumps(where) + "\n")


def listening(loaded: Configuration) -> dict[str, Any]:
    """Return bind, port and hot port of the last `up`; what is configured where there was none."""
    configured = {name: loaded[name] for name in LISTENING}
    try:
        noted = json.loads((loaded.data_folder / "listening.json").read_text("utf-8"))
    except (OSError, ValueError):
        return configured
    return configured | {name: noted[name] for name in LISTENING if name in noted}


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def _looks_like_ours(folder: Path) -> bool:
    return (folder / "secret_key").exists() or (folder / "postgres.json").exists()


def _require_whole(folder: Path) -> None:
    if (folder / RESTORING).exists():
        raise CommandError(f"A restore into {folder} did not finish. Remove that folder and restore again.")


def _require_known_format(folder: Path) -> None:
    path = folder / "format.json"
    if not path.exists():
        return
    try:
        found = int(json.loads(path.read_text("utf-8"))["format"])
    except (ValueError, KeyError, OSError) as error:
        raise CommandError(f"{path} cannot be read: {error}. Restore it from a backup.") from error
    if found > DATA_FORMAT:
        raise CommandError(
            f"The data folder {folder} has format {found}, written by a newer Wracam; this one knows formats up to "
            f"{DATA_FORMAT}. Install the newer version again."
        )
