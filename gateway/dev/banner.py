"""What ``make dev`` prints when everything runs: addresses, and which connectors are real."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.dev import data
from gateway.settings.environment import Settings
from gateway.wiring.mounted import MountedConnectors


def banner(
    settings: Settings, sandbox: str | None, worker_metrics: str, connectors: MountedConnectors
) -> Iterator[str]:
    """Yield the lines. ``sandbox`` is its address, ``worker_metrics`` an address or ``off``."""
    key_file = settings.data_dir / data.SERVICE_KEY
    yield f"\n  Dashboard    {settings.public_url}/dashboard/connectors"
    if sandbox:
        yield f"  Sandbox      {sandbox}/   (providers without credentials are simulated there)"
    yield f"  Service key  {key_file}   (for tools: GATEWAY_API_KEY=$(cat {key_file}))"
    if worker_metrics != "off":
        web = f"localhost:{settings.port}" if settings.metrics_on_web else settings.metrics
        shown = [f"http://{web}/metrics"] if web else []
        shown.append(f"http://{worker_metrics}/metrics (worker)")
        yield f"  Metrics      {' and '.join(shown)}"
    yield from connector_lines(connectors)
    yield "  Stop         Ctrl-C\n"


def connector_lines(found: MountedConnectors) -> Iterator[str]:
    """Say which connectors are real and which simulated, and why those are not that could be."""
    real = ", ".join(found.mounted)
    counts = [f"real: {real}" if real else "none is real: no credentials are set"]
    counts += [f"{len(found.simulated)} simulated"] if found.simulated else []
    yield f"  Connectors   {'; '.join(counts)}"
    for name, missing in found.half.items():
        yield f"               {name} is simulated: {missing} is not set"
    for name, reason in found.hidden.items():
        yield f"               {name} is hidden: {reason}"
    for reason in found.broken.values():
        yield f"               broken: {reason}"
