"""The `wracam` command: finds the verbs in `wracam.config.commands` and runs one.

A verb is a module with `HELP`, `arguments(parser)` and `run(arguments) -> int`. Exit codes: 0 done, 1 it could not be
done (one sentence on stderr), 2 the command line is wrong, 130 interrupted. Flags become the topmost layer of the
configuration, for this process and for those it starts.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from wracam.config.errors import CommandError
from wracam.foundation import processes
from wracam.foundation.configuration import FLAGS_VARIABLE, ConfigurationError
from wracam.foundation.postgres import ClusterError

DESCRIPTION = "Wracam: loyalty, promotions and customer care for online shops, on your own machine."
SETTING_PREFIX = "setting_"
"""Arguments whose name starts so are settings."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line *argv* and return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wracam.config.settings")
    everywhere, words = _everywhere().parse_known_args(argv)
    arguments = _parser().parse_args(words)
    _remember_flags(vars(everywhere) | vars(arguments))
    processes.die_with_supervisor()
    signal.signal(signal.SIGTERM, _end)
    try:
        return int(arguments.run(arguments))
    except (CommandError, ConfigurationError, ClusterError) as error:
        print(f"wracam: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _end(number: int, frame: FrameType | None) -> None:
    """Leave through all `finally` blocks: what this verb started is stopped, its scratch files are removed."""
    del frame
    sys.exit(128 + number)


def _everywhere() -> argparse.ArgumentParser:
    """What may stand at any place of the command line."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data-folder", dest="setting_data_folder", metavar="FOLDER", help="where everything lives")
    return parser


def _parser() -> argparse.ArgumentParser:
    epilog = "Every verb takes --data-folder FOLDER, and --help. Exit codes: 0 done, 1 not done, 2 wrong call."
    parser = argparse.ArgumentParser(prog="wracam", description=DESCRIPTION, epilog=epilog)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for name, command in commands().items():
        verb = verbs.add_parser(name, help=command.HELP, description=command.__doc__)
        command.arguments(verb)
        verb.set_defaults(run=command.run)
    return parser


def commands() -> dict[str, ModuleType]:
    """Return the verbs by name, in alphabetical order."""
    package = importlib.import_module("wracam.config.commands")
    return {
        module.name.strip("_").replace("_", "-"): importlib.import_module(f"{package.__name__}.{module.name}")
        for module in pkgutil.iter_modules(package.__path__)
    }


def _remember_flags(arguments: Mapping[str, Any]) -> None:
    flags = {
        name.removeprefix(SETTING_PREFIX): value
        for name, value in arguments.items()
        if name.startswith(SETTING_PREFIX) and value is not None
    }
    if "data_folder" in flags:
        flags["data_folder"] = str(Path(flags["data_folder"]).expanduser().absolute())
    if flags:
        os.environ[FLAGS_VARIABLE] = json.dumps(json.loads(os.environ.get(FLAGS_VARIABLE, "{}")) | flags)


if __name__ == "__main__":
    sys.exit(main())
