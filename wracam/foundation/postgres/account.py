"""Under which account the server runs.

PostgreSQL refuses to run as root. An ordinary user runs it as themselves. For root we pick an unprivileged account
and drop to it; if that account cannot walk to the data folder or to the wheel's programs, the server keeps the one
capability that lets it look into closed folders (CAP_DAC_READ_SEARCH). We never open a folder that is not ours.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from wracam.foundation import processes
from wracam.foundation.postgres.problems import ClusterError

CANDIDATES = ("wracam", "postgres", "nobody")
CAP_DAC_READ_SEARCH = 2
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody to run the server as; `may_search` keeps the capability to walk through closed folders."""

    name: str
    uid: int
    gid: int
    may_search: bool = False

    @property
    def owner(self) -> tuple[int, int]:
        """User and group id, as `chown` wants them."""
        return self.uid, self.gid


def choose(*, cluster_folder: Path, data_folder: Path, programs: Path) -> Account | None:
    """Return the account to run as, or None to run as ourselves.

    Raises `ClusterError` naming the folder that stands in the way when root cannot help itself.
    """
    if os.geteuid() != 0:
        _require_own(cluster_folder)
        return None
    account = _existing_owner(cluster_folder) or _first_candidate()
    blocked = closed_folder([cluster_folder, programs / "postgres"], account)
    if blocked is None:
        return account
    if _has_search_capability():
        return Account(name=account.name, uid=account.uid, gid=account.gid, may_search=True)
    if blocked == data_folder:
        os.chown(data_folder, -1, account.gid, follow_symlinks=False)
        data_folder.chmod(0o710)
        blocked = closed_folder([cluster_folder, programs / "postgres"], account)
    if blocked is None:
        return account
    raise ClusterError(
        f"PostgreSQL does not run as root, and the account {account.name!r} it would run as cannot enter {blocked}. "
        "Run Wracam as an ordinary user, keep its data (and its installation) outside of that folder, "
        "or allow the capability CAP_DAC_READ_SEARCH."
    )


def closed_folder(paths: Iterable[Path], account: Account) -> Path | None:
    """Return the first folder above *paths* that *account* may not pass through."""
    for path in paths:
        for folder in reversed(path.parents):
            if folder.exists() and not _may_enter(folder, account):
                return folder
    return None


def becoming(account: Account | None, *, dying_signal: int | None = None) -> Callable[[], None]:
    """Return what a forked child does before it becomes a PostgreSQL program."""
    library = processes.libc()

    def prepare() -> None:
        os.umask(0o077)
        if account is not None:
            _drop_to(account, library)
        if dying_signal is not None:
            processes.die_with_parent(dying_signal)

    return prepare


def _require_own(cluster_folder: Path) -> None:
    if cluster_folder.exists() and cluster_folder.stat().st_uid != os.geteuid():
        owner = cluster_folder.stat().st_uid
        raise ClusterError(
            f"The database folder {cluster_folder} belongs to user {owner}, not to you (user {os.geteuid()}). "
            "Start Wracam as the user who created it, or as root."
        )


def _existing_owner(cluster_folder: Path) -> Account | None:
    """Return who owns a cluster that is already there: the only account its server accepts."""
    if not cluster_folder.exists() or cluster_folder.stat().st_uid == 0:
        return None
    found = cluster_folder.stat()
    return Account(name=_name_of(found.st_uid), uid=found.st_uid, gid=found.st_gid)


def _first_candidate() -> Account:
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise ClusterError(
        "PostgreSQL does not run as root and there is no unprivileged account to run it as. "
        "Create one with `useradd --system wracam`, or run Wracam as an ordinary user."
    )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _may_enter(folder: Path, account: Account) -> bool:
    found = folder.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _has_search_capability() -> bool:
    if not _STATUS.is_file():
        return False
    sets = dict(line.split(":\t", 1) for line in _STATUS.read_text("utf-8").splitlines() if line.startswith("Cap"))
    return all(int(sets.get(name, "0"), 16) >> CAP_DAC_READ_SEARCH & 1 for name in ("CapPrm", "CapBnd"))


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Data(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


def _drop_to(account: Account, library: ctypes.CDLL) -> None:
    """Give up root for good; with `may_search` keep that one capability, through the coming exec too."""
    if account.may_search:
        _checked(library.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(account.gid, account.gid, account.gid)
    os.setresuid(account.uid, account.uid, account.uid)
    if account.may_search:
        bit = 1 << CAP_DAC_READ_SEARCH
        header = _Header(_CAPABILITY_VERSION_3, 0)
        data = (_Data * 2)(_Data(bit, bit, bit), _Data(0, 0, 0))
        _checked(library.capset(ctypes.byref(header), ctypes.byref(data)))
        _checked(library.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0))


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "the account could not be prepared")
