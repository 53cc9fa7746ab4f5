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
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

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
    arguments = _parser().parse_args(argv)
    _remember_flags(arguments)
    processes.die_with_supervisor()
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wracam", description=DESCRIPTION)
    parser.add_argument("--data-folder", dest="setting_data_folder", metavar="FOLDER", help="where everything lives")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for name, command in commands().items():
        verb = verbs.add_parser(name, help=command.HELP, description=command.__doc__)
        verb.add_argument(
            "--data-folder", dest="setting_data_folder", default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
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


def _remember_flags(arguments: argparse.Namespace) -> None:
    flags = {
        name.removeprefix(SETTING_PREFIX): value
        for name, value in vars(arguments).items()
        if name.startswith(SETTING_PREFIX) and value is not None
    }
    if "data_folder" in flags:
        flags["data_folder"] = str(Path(flags["data_folder"]).expanduser().absolute())
    if flags:
        os.environ[FLAGS_VARIABLE] = json.dumps(json.loads(os.environ.get(FLAGS_VARIABLE, "{}")) | flags)


if __name__ == "__main__":
    sys.exit(main())
