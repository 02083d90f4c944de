"""Checks around the connect flow that ``weaknesses.py`` removes by name."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from types import SimpleNamespace
from typing import Any

from gateway import text
from gateway.access.login import attempts, id_token
from gateway.engine import account
from gateway.observe import logs
from gateway.outbound.egress import is_public
from gateway.server import connection_limits
from gateway.store import clock, flows, migrations, proofs, sessions
from gateway.store.mongo import Database
from gateway.webhooks import registration

# Of no type: a weakness assigns to methods and module constants.
_PROVEN: Any = proofs.Proven
_ATTEMPTS: Any = attempts.Attempts
_ATTEMPTS_MODULE: Any = attempts
_FLOWS: Any = flows.FlowStore
_SESSIONS: Any = sessions.SessionStore
_MIGRATE: Any = migrations.migrate
_PROOFS = 2
"""The number of the migration that meets rows without a proof."""
_ID_TOKEN: Any = id_token
_SERVER: Any = connection_limits
_WEBHOOKS: Any = registration
_ACCOUNT: Any = account
_CLOCK: Any = clock


def _unproven(collection: str) -> Callable[[], None]:
    """Let a row of the collection count, whoever wrote it."""

    def remove() -> None:
        holds = _PROVEN.holds
        _PROVEN.holds = lambda proven, prover, row: (
            proven.collection == collection or holds(proven, prover, row)
        )

    return remove


def _proving_migration() -> None:
    """The migration adds the proofs that are missing, with the key of the tests."""

    async def prove(database: Database) -> None:
        from tests.support.sealing import VAULT

        for proven in proofs.PROVEN:
            rows = database.collection(proven.collection)
            for row in await rows.find({proven.path: {"$exists": False}}):
                proof = proven.prove(VAULT, row)[proven.path]
                await rows.update_one({"_id": row["_id"]}, {"$set": {proven.path: proof}})

    made = {migration.number: migration for migration in migrations.MIGRATIONS}
    made[_PROOFS] = replace(made[_PROOFS], run=prove)
    _MIGRATE.__defaults__ = ((*made.values(),),)


def _hosts_may_differ() -> None:
    """A request may have several Host fields."""
    _SERVER._ONCE = ()


def _webhooks_as_written() -> None:
    """A webhook's host is an address only if it looks like one."""

    def is_on_internet(host: str) -> bool:
        try:
            return is_public(ip_address(host))
        except ValueError:
            return host != "localhost"

    _WEBHOOKS._is_on_internet = is_on_internet


def _sign_in_of_any_browser() -> None:
    """A hand-off is finished by whoever has its address."""
    any_cookie = SimpleNamespace(new=hmac.new, compare_digest=lambda *compared: True)
    _ATTEMPTS_MODULE.hmac = any_cookie


def _any_rsa_key() -> None:
    """An identity provider's RSA key has any length."""
    _ID_TOKEN.SHORTEST_RSA = 0


def _sign_ins_outlast_a_sign_out() -> None:
    """A sign-in from before a sign-out everywhere gets its session."""

    async def never(store: object, tenant: str, user: str, began: datetime) -> bool:
        return False

    async def nothing(attempts: object, *, tenant: str, user: str) -> None:
        pass

    _SESSIONS.signed_out_since, _ATTEMPTS.forget = never, nothing


def _flows_outlast_a_sign_out() -> None:
    """A connect flow from before a sign-out everywhere is finished."""

    async def nothing(store: object, tenant: str, user: str) -> None:
        pass

    _FLOWS.end_all = nothing


def _raw_text() -> None:
    """Paths and labels reach the terminal as they came."""
    names: Any = (text, logs)
    for module in names:
        module.printable = lambda shown: shown


def _raw_labels() -> None:
    """An account's label is stored as it came."""
    _ACCOUNT.clean_text = lambda label, limit: label


def _any_clock() -> None:
    """The database's clock is followed wherever it goes."""
    _CLOCK.JUMP = timedelta.max


AROUND_THE_FLOW: dict[str, Callable[[], None]] = {
    "service_key_is_proven": _unproven("service_keys"),
    "session_is_proven": _unproven("sessions"),
    "sign_in_is_proven": _unproven("logins"),
    "flow_is_proven": _unproven("oauth_state"),
    "migration_proves_nothing": _proving_migration,
    "request_has_one_host": _hosts_may_differ,
    "webhook_is_on_the_internet": _webhooks_as_written,
    "rsa_key_is_long": _any_rsa_key,
    "browser_began_the_sign_in": _sign_in_of_any_browser,
    "sign_out_ends_sign_ins": _sign_ins_outlast_a_sign_out,
    "sign_out_ends_flows": _flows_outlast_a_sign_out,
    "terminal_gets_no_controls": _raw_text,
    "label_is_cleaned": _raw_labels,
    "clock_does_not_jump": _any_clock,
}
