"""How the server is set up: safe for production, fast for tests."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

PORT_OF_SOCKET = 5432
"""Part of the socket's file name; nothing listens on it unless a port is asked for."""
MEGABYTE = 1024 * 1024
_SHARED_BUFFERS_MB_MIN = 128
_SHARED_BUFFERS_MB_MAX = 2_048
_WAL_GB_MAX = 4
"""After a checkpoint each page is logged whole at its first change, so that checkpoints in the middle of a bulk load
or of a night multiply what is written. The room is used only by so much writing in `checkpoint_timeout`."""

_LOCKS_PER_TRANSACTION = "512"
"""Bulk loads lock what they touch one by one (`foundation.locks`); the table costs 20 MB, taken when it is used."""


def _memory_mb() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    except (ValueError, OSError):
        return 2_048


def _production_settings() -> dict[str, str]:
    memory_mb = _memory_mb()
    buffers_mb = min(max(memory_mb // 8, _SHARED_BUFFERS_MB_MIN), _SHARED_BUFFERS_MB_MAX)
    return {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "max_connections": "100",
        "max_locks_per_transaction": _LOCKS_PER_TRANSACTION,
        "shared_buffers": f"{buffers_mb}MB",
        "effective_cache_size": f"{max(memory_mb // 2, 512)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": f"{_WAL_GB_MAX}GB",
        "checkpoint_timeout": "5min",
    }


def _test_settings() -> dict[str, str]:
    return {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "60",
        "max_locks_per_transaction": _LOCKS_PER_TRANSACTION,
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Server settings, and whether the application role may create databases (only tests need that)."""

    settings: dict[str, str] = field(default_factory=_production_settings)
    may_create_databases: bool = False
    is_durable: bool = True


PRODUCTION = Profile()
FOR_TESTS = Profile(settings=_test_settings(), may_create_databases=True, is_durable=False)

COMMON = {
    "unix_socket_permissions": "0700",
    "password_encryption": "'scram-sha-256'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
    "log_line_prefix": "'%m [%p] '",
    "logging_collector": "off",
    "log_checkpoints": "off",
    "random_page_cost": "1.1",
    "jit": "off",
    "idle_in_transaction_session_timeout": "'15min'",
    "huge_pages": "try",
}


def configuration_text(*, profile: Profile, socket_folder: str, port: int) -> str:
    """Return the contents of the cluster's `wracam.conf`; a *port* of 0 means no network at all."""
    own = {
        "listen_addresses": "'127.0.0.1'" if port else "''",
        "port": str(port or PORT_OF_SOCKET),
        "unix_socket_directories": _quoted(socket_folder),
    }
    lines = [f"{name} = {value}" for name, value in {**COMMON, **profile.settings, **own}.items()]
    return "\n".join(
        ["# Written by Wracam at each start; put your own settings into local.conf beside it.", *lines, ""]
    )


def _quoted(value: str) -> str:
    """Quote *value* for a configuration file; commas separate folders there, so the value is also double-quoted."""
    inner = value.replace('"', '""') if "," in value or " " in value else value
    wrapped = f'"{inner}"' if inner is not value or "," in value or " " in value else inner
    return "'" + wrapped.replace("\\", "\\\\").replace("'", "''") + "'"
