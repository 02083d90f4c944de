"""Times, hooks and costly parts that tests change and production leaves alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.catalog import Catalog
from gateway.outbound.client import TOTAL_SECONDS
from gateway.sandbox.link import SandboxLink
from gateway.services.flow_ends import CALLBACK_SECONDS
from gateway.services.hook_run import HOOK_SECONDS
from gateway.services.refresh_attempt import Checkpoint, no_checkpoint
from gateway.settings.environment import Settings
from gateway.store.migrations import prepare
from gateway.store.mongo import Database
from gateway.store.refresh_leases import LEASE_SECONDS
from gateway.tools.registry import Registry
from gateway.wiring.catalog import open_catalog


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """Times, a hook between the steps of a refresh, and what is read once for each process.

    ``checkpoint`` is told each step that was just taken. ``lease_seconds`` must be longer than two
    answers of a provider may take (``provider_seconds`` each), and a holder is watched for
    ``takeover_seconds`` before its lease is taken over. A callback that takes longer than
    ``callback_seconds`` is answered by a page that waits. ``prepare`` migrates the database and
    creates its indexes. ``catalog`` and ``registry`` open the connectors and the tools.
    """

    checkpoint: Checkpoint = no_checkpoint
    lease_seconds: int = LEASE_SECONDS
    takeover_seconds: float = LEASE_SECONDS
    provider_seconds: float = TOTAL_SECONDS
    hook_seconds: float = HOOK_SECONDS
    callback_seconds: float = CALLBACK_SECONDS
    prepare: Callable[[Database], Awaitable[None]] = prepare
    catalog: Callable[[Settings, Mapping[str, str], SandboxLink], Catalog] = open_catalog
    registry: Callable[[Catalog, Path | None], Registry] = Registry


PRODUCTION = Knobs()
