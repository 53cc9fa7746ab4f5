"""What can go wrong with the embedded server, in sentences a person can act on."""

from __future__ import annotations

import re
from pathlib import Path

_LINES_SHOWN = 6


class ClusterError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""


class InUseError(ClusterError):
    """Another process already runs on this data folder."""


RETRIED = ('lock file "postmaster.pid" already exists', "pre-existing shared memory block", "is another postmaster")
"""Seen while the processes of a killed server are still vanishing; a later start works."""

_CAUSES: tuple[tuple[str, str], ...] = (
    (
        r"No space left on device",
        "The disk is full, so PostgreSQL cannot start on {folder}. Free some space and start again; nothing is lost.",
    ),
    (
        r"could not bind IPv4|Address already in use",
        "Another program already listens on the database port. Set WRACAM_DATABASE_PORT to a free one, or to 0.",
    ),
    (
        r"could not (?:map|create|resize) (?:anonymous )?shared memory",
        "The system has too little shared memory for PostgreSQL. In a container give it --shm-size=256m; "
        "else lower shared_buffers in {folder}/local.conf.",
    ),
    (
        r"database files are incompatible with server",
        "The database in {folder} was written by another version of PostgreSQL. Start the version of Wracam that "
        "wrote it, run `wracam backup` there and `wracam restore` here.",
    ),
    (
        r"data directory .* has (?:wrong ownership|invalid permissions)",
        "The database folder {folder} must belong to the account that runs PostgreSQL and be closed to others "
        "(chmod 700).",
    ),
    (
        r"Read-only file system",
        "The file system of {folder} is read-only, so PostgreSQL cannot start. Mount it for writing.",
    ),
    (
        r"Permission denied",
        "PostgreSQL may not read or write something it needs under {folder}; its own words follow.",
    ),
    (
        r"could not locate a valid checkpoint record|invalid checkpoint record|could not find the database system",
        "The database in {folder} is damaged. Keep a copy of the folder and restore the last backup with "
        "`wracam restore`.",
    ),
    (
        r"unrecognized configuration parameter|invalid value for parameter|configuration file .* contains errors",
        "A setting in {folder}/local.conf is wrong; PostgreSQL's own words follow.",
    ),
)


def is_passing(log: str) -> bool:
    """Say whether *log* shows a trouble that ends by itself within seconds."""
    return any(sign in log for sign in RETRIED)


def start_error(*, log: str, folder: Path, log_file: Path) -> ClusterError:
    """Turn what the server wrote before it gave up into an error for people."""
    words = _telling_lines(log)
    for pattern, sentence in _CAUSES:
        if re.search(pattern, log):
            return ClusterError(f"{sentence.format(folder=folder)}\n{words}".strip())
    return ClusterError(f"PostgreSQL did not start; see {log_file}. Its last words:\n{words}".strip())


def _telling_lines(log: str) -> str:
    lines = [line for line in log.splitlines() if re.search(r"FATAL|PANIC|ERROR|HINT|DETAIL|error:", line)]
    return "\n".join((lines or log.splitlines())[-_LINES_SHOWN:])
