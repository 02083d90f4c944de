"""The connectors: which can be used, and why others cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.commands.connectors.known import Known
from gateway.commands.doctor.findings import Finding, State
from gateway.services.platform import read_platform
from gateway.settings.environment import Settings
from gateway.tools.registry import Registry
from gateway.wiring.catalog import open_catalog, open_prices

AREA = "connectors"


def examine_connectors(
    settings: Settings, env: Mapping[str, str], known: Known
) -> Iterator[Finding]:
    """What a start reads: connectors, extra scopes, prices, credentials of the platform, tools."""
    ready, simulated, unset = [], [], 0
    for entry in known.entries():
        if entry.simulated:
            simulated.append(entry.name)
        elif entry.reason is None:
            ready.append(entry.name)
        elif entry.config is not None and not any(entry.variables.values()):
            unset += 1
        else:
            text = f"{entry.name} is hidden: {entry.reason}"
            yield Finding(AREA, State.WARNING, text)
    counted = f"{len(ready)} can be used, {len(simulated)} are simulated"
    yield Finding(AREA, State.OK, f"{counted}, {unset} are not configured")

    catalog = open_catalog(settings, env)
    open_prices(settings, catalog)
    if platform := read_platform(env, catalog):
        yield Finding(AREA, State.OK, f"credentials of the platform for {', '.join(platform)}")
    for file, reason in sorted(Registry(catalog, settings.connectors_path).problems().items()):
        text = " ".join(f"the tools of {file} are not offered: {reason}".split())
        yield Finding(AREA, State.WARNING, text)
