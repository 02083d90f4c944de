"""Log the connectors of a starting process: mounted, simulated, hidden or broken."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.catalog import Catalog
from connectors.environment import app_variables
from connectors.errors import ConfigError, MissingVariable
from gateway.observe.logs import get_logger
from gateway.sandbox.link import SandboxLink

_log = get_logger()


def log_connectors(catalog: Catalog, env: Mapping[str, str], sandbox: SandboxLink) -> None:
    """Log one line with the mounted and hidden connectors, and one for each that is broken.

    In dev mode a connector with one of its two variables is simulated; a warning says so.
    """
    mounted, hidden = [], {}
    for name in catalog.names():
        try:
            mounted.append(catalog.get(name).name)
        except MissingVariable as error:
            hidden[name] = f"{error.variable} is not set"
            if catalog.described(name).key is not None:
                hidden[name] += ": its key alone is taken"
        except ConfigError as error:
            hidden[name] = "broken"
            _log.error("connector_broken", connector=name, reason=str(error))
    simulated = []
    for name in mounted:
        if sandbox.simulates(name):
            simulated.append(name)
            variables = app_variables(name, "", "")
            missing = [variable for variable in variables if not env.get(variable, "").strip()]
            if len(missing) == 1 and name not in sandbox.keyed:
                _log.warning("connector_simulated", connector=name, not_set=missing[0])
    _log.info("connectors_mounted", mounted=mounted, simulated=simulated, hidden=hidden)
