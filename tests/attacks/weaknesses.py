"""Ways to weaken the product, by name: each removes one check of connecting, or around it.

A process that starts with one of these names in ``WEAKENED_CHECK`` runs without that check.
The product knows nothing of it: ``weakened.py`` puts a ``sitecustomize`` on the path that calls
``weaken``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from itertools import chain
from typing import Any

from connectors.config import ConnectorConfig
from connectors.secret import Secret
from gateway.engine.templates import render_url
from gateway.services import callback_checks, connect
from gateway.services.provider import Grant, Provider
from gateway.store import flows
from gateway.store.flows import Flow, FlowStore, flow_id
from tests.attacks.weaknesses_around import AROUND_THE_FLOW
from tests.attacks.weaknesses_of_agents import OF_AGENTS
from tests.attacks.weaknesses_of_integrations import OF_INTEGRATIONS
from tests.attacks.weaknesses_of_keys import OF_KEYS
from tests.attacks.weaknesses_of_the_proxy import OF_THE_PROXY
from tests.attacks.weaknesses_of_tools import OF_TOOLS

# Of no type: a weakness assigns to methods and module functions.
_FLOWS: Any = FlowStore
_PROVIDER: Any = Provider
_CONNECT: Any = connect
_LISTS = callback_checks.BEFORE_CLAIM, callback_checks.CHECKS


def _without(check: Callable[[callback_checks.Callback], None]) -> Callable[[], None]:
    def remove() -> None:
        (checks,) = (checks for checks in _LISTS if check in checks)
        checks.remove(check)

    return remove


def _claim_again() -> None:
    """A state may be claimed a second time, and its verifier stays in the row."""

    async def claim(store: FlowStore, state: str, now: datetime) -> Flow | None:
        row = await store._rows.find_one_and_update(
            {"_id": flow_id(state), "expires_at": {"$gt": now}},
            {"$set": {"used_at": now}},
            after=False,
        )
        return None if row is None else flows._read(row)

    _FLOWS.claim = claim


def _claim_late() -> None:
    """A state may be claimed although its time is over."""

    async def claim(store: FlowStore, state: str, now: datetime) -> Flow | None:
        row = await store._rows.find_one_and_update(
            {"_id": flow_id(state), "used_at": None},
            {"$set": {"used_at": now, "verifier": b""}},
            after=False,
        )
        return None if row is None else flows._read(row)

    _FLOWS.claim = claim


def _endpoint_of_today() -> None:
    """The code goes to the token endpoint that the connector names now."""
    claimed, exchange = FlowStore.claim, Provider.exchange
    flow_of: ContextVar[Flow] = ContextVar("flow")

    async def claim(store: FlowStore, state: str, now: datetime) -> Flow | None:
        flow = await claimed(store, state, now)
        if flow is not None:
            flow_of.set(flow)
        return flow

    async def exchange_now(
        provider: Provider, config: ConnectorConfig, *, token_url: str, **rest: Any
    ) -> Grant:
        url = render_url(config.token_url, config, flow_of.get().connection_config)
        return await exchange(provider, config, token_url=url, **rest)

    _FLOWS.claim = claim
    _PROVIDER.exchange = exchange_now


def _one_verifier() -> None:
    """Each flow has the same PKCE verifier."""
    _CONNECT.new_code_verifier = lambda: Secret("v" * 43)


OF_THE_FLOW: dict[str, Callable[[], None]] = {
    check.__name__: _without(check)
    for check in chain(*_LISTS)
    if check is not callback_checks.authorization_was_granted  # without a code nothing is sent
} | {
    "state_is_unused": _claim_again,
    "state_is_unexpired": _claim_late,
    "endpoint_is_of_the_start": _endpoint_of_today,
    "verifier_is_of_the_flow": _one_verifier,
}
WEAKNESSES = (
    OF_THE_FLOW | AROUND_THE_FLOW | OF_KEYS | OF_THE_PROXY | OF_AGENTS | OF_TOOLS | OF_INTEGRATIONS
)
"""The name of each check, and how a process loses it."""


def weaken(name: str) -> None:
    """Remove the check ``name`` from this process; raise ``KeyError`` for an unknown one."""
    WEAKNESSES[name]()
