"""Log the connectors of a starting process: mounted, simulated, hidden or broken.

Only those are loaded that the operator configured or wrote: a process of a hundred connectors is
ready as fast as one of ten.
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.catalog import Catalog
from connectors.environment import app_variables, variable
from connectors.errors import ConfigError, MissingVariable
from gateway.observe.logs import get_logger
from gateway.sandbox.link import SandboxLink

_log = get_logger()


def log_connectors(catalog: Catalog, env: Mapping[str, str], sandbox: SandboxLink) -> None:
    """Log one line with the mounted and hidden connectors, and one for each that is broken.

    ``others`` counts those that no variable names; they are loaded when they are used. In dev mode
    a connector with one of its two variables is simulated; a warning says so.
    """
    mounted, simulated, hidden, others = [], [], {}, 0
    for name in catalog.names():
        variables = [*app_variables(name, "", "")]
        missing = [one for one in variables if not env.get(one, "").strip()]
        if sandbox.simulates(name):
            simulated.append(name)
            if len(missing) == 1 and name not in sandbox.keyed:
                _log.warning("connector_simulated", connector=name, not_set=missing[0])
        elif catalog.is_outside(name) or missing != variables or env.get(variable(name, "HOSTS")):
            try:
                mounted.append(catalog.get(name).name)
            except MissingVariable as error:
                hidden[name] = f"{error.variable} is not set"
                if catalog.is_keyed(name):
                    hidden[name] += ": its key alone is taken"
            except ConfigError as error:
                hidden[name] = "broken"
                _log.error("connector_broken", connector=name, reason=str(error))
        else:
            others += 1
    _log.info(
        "connectors_mounted", mounted=mounted, simulated=simulated, hidden=hidden, others=others
    )
