"""All checks, in the order in which they depend on each other."""

from __future__ import annotations

from wracam.config import installation
from wracam.config.checks import database, machine, services
from wracam.config.checks.contracts import Check, State
from wracam.config.errors import CommandError
from wracam.foundation.configuration import Configuration
from wracam.foundation.postgres import ClusterError


def look(loaded: Configuration) -> list[Check]:
    """Run every check that can be run; those that need the database come after it was reached."""
    checks = [*machine.data_folder(loaded), machine.disk(loaded), machine.account(), *machine.settings(loaded)]
    if any(check.state is State.PROBLEM and check.name == "data folder" for check in checks):
        return checks
    checks += [machine.backups(loaded), machine.engine()]
    try:
        with installation.running_database(loaded, say=installation.say):
            checks += database.look(loaded)
            checks += services.look(loaded)
    except (ClusterError, CommandError) as error:
        checks.append(
            Check(name="database", state=State.PROBLEM, finding=str(error), fix="Do what the sentence above says.")
        )
    return checks
