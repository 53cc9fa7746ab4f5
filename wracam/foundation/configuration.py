"""Configuration in layers: defaults < `wracam.toml` < `WRACAM_*` environment < flags, each value with its origin.

Every `WRACAM_X` may also come from a file named by `WRACAM_X_FILE`, for secrets. No Django is needed here.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "wracam.toml"
FLAGS_VARIABLE = "WRACAM_FLAGS"
"""How the `wracam` command hands its flags (as JSON) to Django and to the processes it starts."""
MASK = "••••••"


class ConfigurationError(ValueError):
    """A setting cannot be used; the message names it, its origin and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that can be configured. `kind` is str, int, bool or list (comma-separated in the environment)."""

    name: str
    default: Any
    about: str
    kind: type = str
    is_secret: bool = False


SETTINGS = (
    Setting(name="data_folder", default="wracam-data", about="where everything lives: database, keys, files"),
    Setting(name="url", default="", about="the public address; empty means the address we bind"),
    Setting(name="bind", default="127.0.0.1", about="the network address to listen on"),
    Setting(name="port", default=8800, kind=int, about="the port of console, member pages and API"),
    Setting(name="hot_port", default=8801, kind=int, about="the port of the hot process (carts, intake, balances)"),
    Setting(name="web_workers", default=2, kind=int, about="web processes, one thread each"),
    Setting(name="hot_workers", default=1, kind=int, about="hot processes"),
    Setting(name="worker_lanes", default=2, kind=int, about="worker processes for events and jobs"),
    Setting(name="database_url", default="", about="your own PostgreSQL; empty: the embedded one", is_secret=True),
    Setting(name="database_port", default=0, kind=int, about="a loopback port for the embedded database; 0: none"),
    Setting(name="secret_key", default="", about="signs and encrypts; made by `wracam init`", is_secret=True),
    Setting(name="debug", default=False, kind=bool, about="show errors in the browser; never in production"),
    Setting(name="language", default="pl", about="the language of new staff and of the first shop: pl or en"),
    Setting(name="time_zone", default="Europe/Warsaw", about="the time zone of new shops"),
    Setting(name="allowed_hosts", default=[], kind=list, about="host names we answer to, beside that of `url`"),
    Setting(name="trusted_proxies", default=[], kind=list, about="addresses whose X-Forwarded-* headers we believe"),
    Setting(name="email_url", default="", about="smtp://user:password@host:port; empty: caught", is_secret=True),
    Setting(name="outgoing_allow", default=[], kind=list, about="private hosts that webhooks and connectors may call"),
    Setting(name="require_second_factor", default=False, kind=bool, about="owners must have an app code or a passkey"),
    Setting(name="log_level", default="INFO", about="DEBUG, INFO, WARNING or ERROR"),
)  # fmt: skip
_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A setting's value and where it came from."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """All settings, resolved. `configuration["port"]` gives the value."""

    values: Mapping[str, Value] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name].value

    @property
    def data_folder(self) -> Path:
        """The data folder as an absolute path."""
        return Path(self["data_folder"]).expanduser().absolute()

    def shown(self) -> list[tuple[str, str, str, str]]:
        """Return (name, value with secrets masked, origin, what it is) for every setting."""
        return [
            (
                setting.name,
                MASK if setting.is_secret and self[setting.name] else str(self[setting.name]),
                self.values[setting.name].origin,
                setting.about,
            )
            for setting in SETTINGS
        ]


def load(
    *,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
    folder: Path | None = None,
) -> Configuration:
    """Resolve all settings; raises `ConfigurationError` for an unknown or unusable one.

    `wracam.toml` is read from `WRACAM_CONFIG`, else from *folder* (the working folder by default).
    """
    env = os.environ if environment is None else environment
    path = file_path(environment=env, folder=folder)
    values = {setting.name: Value(value=setting.default, origin="default") for setting in SETTINGS}
    values |= _from_file(path)
    values |= _from_environment(env)
    for name, value in (json.loads(env.get(FLAGS_VARIABLE, "{}")) | dict(flags or {})).items():
        if value is not None:
            values[name] = Value(value=_typed(name, value, "flag"), origin="flag")
    return Configuration(values)


def file_path(*, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Path:
    """Return where `wracam.toml` is, or would be."""
    env = os.environ if environment is None else environment
    return Path(env.get("WRACAM_CONFIG") or (folder or Path.cwd()) / FILE_NAME)


def _from_file(path: Path) -> dict[str, Value]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    return {name: Value(value=_typed(name, value, str(path)), origin=str(path)) for name, value in content.items()}


def _from_environment(env: Mapping[str, str]) -> dict[str, Value]:
    found = {}
    if env.get("DATABASE_URL"):
        found["database_url"] = Value(value=env["DATABASE_URL"], origin="DATABASE_URL")
    for name in _BY_NAME:
        variable = f"WRACAM_{name.upper()}"
        if f"{variable}_FILE" in env:
            text = _file_text(Path(env[f"{variable}_FILE"]), f"{variable}_FILE")
            found[name] = Value(value=_typed(name, text, f"{variable}_FILE"), origin=f"{variable}_FILE")
        if variable in env:
            found[name] = Value(value=_typed(name, env[variable], variable), origin=variable)
    return found


def _file_text(path: Path, variable: str) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{variable} names {path}, which cannot be read: {error}") from error


def _typed(name: str, value: Any, origin: str) -> Any:
    setting = _BY_NAME.get(name)
    if setting is None:
        raise ConfigurationError(f"{origin} sets {name!r}, which is no setting; known: {', '.join(sorted(_BY_NAME))}")
    if setting.kind is list:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else list(value)
    if setting.kind is bool and isinstance(value, str):
        if value.lower() in {"1", "true", "yes", "on"}:
            return True
        if value.lower() in {"0", "false", "no", "off", ""}:
            return False
        raise ConfigurationError(f"{origin}: {name} is {value!r}; write true or false")
    try:
        return setting.kind(value)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{origin}: {name} is {value!r}, not a {setting.kind.__name__}") from error
