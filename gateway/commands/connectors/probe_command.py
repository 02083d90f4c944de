"""Run ``connectors probe`` with the guards of the gateway's own requests."""

from __future__ import annotations

import argparse
import asyncio

from connectors.config import Connector
from gateway.commands.connectors.known import Known
from gateway.commands.connectors.probe import NOTHING, Report, probe
from gateway.commands.output import print_json, print_lines
from gateway.commands.progress import long_step
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.text import say


def probe_connector(known: Known, name: str, arguments: argparse.Namespace) -> int:
    """Print what differs; returns 0 for nothing, 1 for a difference, 2 without a document."""
    entry = known.entry(name)
    if entry.config is None:
        say(f"gateway: {entry.reason}", error=True)
        if arguments.json:
            print_json({"connector": name, "problem": entry.reason})
        return NOTHING
    with long_step(f"reading what the provider of {name} publishes"):
        report = asyncio.run(_probed(known, entry.config))
    print_json(report.data()) if arguments.json else print_lines(report.lines())
    return report.code


async def _probed(known: Known, config: Connector) -> Report:
    allow = known.settings.egress_allow if known.settings else frozenset()
    async with open_outbound(
        EgressPolicy(allow=allow), Bulkhead(Metrics([config.name]))
    ) as outbound:
        return await probe(outbound, config, known.provider(config.name))
