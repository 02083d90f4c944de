"""The connectors of a starting process: mounted, simulated, hidden or broken.

Only those are loaded that the operator configured or wrote: a process of a hundred connectors is
ready as fast as one of ten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.catalog import Catalog
from connectors.environment import app_variables, variable
from connectors.errors import ConfigError, MissingVariable
from gateway.observe.logs import get_logger
from gateway.sandbox.link import SandboxLink

_log = get_logger()


@dataclass(kw_only=True)
class MountedConnectors:
    """Names by their state.

    ``half`` are simulated although one of their two variables is set: name and missing variable.
    ``hidden`` and ``broken`` have the reason. ``others`` counts those that no variable names; they
    are loaded when they are used.
    """

    mounted: list[str] = field(default_factory=list)
    simulated: list[str] = field(default_factory=list)
    half: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    others: int = 0


def mounted_connectors(
    catalog: Catalog, env: Mapping[str, str], sandbox: SandboxLink
) -> MountedConnectors:
    """Return the state of each connector with these variables and this sandbox."""
    found = MountedConnectors()
    for name in catalog.names():
        variables = [*app_variables(name, "", "")]
        missing = [one for one in variables if not env.get(one, "").strip()]
        if sandbox.simulates(name):
            found.simulated.append(name)
            if len(missing) == 1 and name not in sandbox.keyed:
                found.half[name] = missing[0]
        elif catalog.is_outside(name) or missing != variables or env.get(variable(name, "HOSTS")):
            try:
                found.mounted.append(catalog.get(name).name)
            except MissingVariable as error:
                found.hidden[name] = f"{error.variable} is not set"
                if catalog.is_keyed(name):
                    found.hidden[name] += ": its key alone is taken"
            except ConfigError as error:
                found.broken[name] = str(error)
        else:
            found.others += 1
    return found


def log_connectors(catalog: Catalog, env: Mapping[str, str], sandbox: SandboxLink) -> None:
    """Log one line with the mounted and hidden connectors, and one for each that is broken.

    In dev mode a connector with one of its two variables is simulated; a warning says so.
    """
    found = mounted_connectors(catalog, env, sandbox)
    for name, missing in found.half.items():
        _log.warning("connector_simulated", connector=name, not_set=missing)
    for name, reason in found.broken.items():
        _log.error("connector_broken", connector=name, reason=reason)
    _log.info(
        "connectors_mounted",
        mounted=found.mounted,
        simulated=len(found.simulated),
        hidden=found.hidden | dict.fromkeys(found.broken, "broken"),
        others=found.others,
    )
