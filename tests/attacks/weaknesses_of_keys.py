"""Checks of pasted keys that ``weaknesses.py`` removes by name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from connectors.secret import Secret
from gateway.access.sessions import SessionCaller
from gateway.encryption import tokens, vault
from gateway.encryption.places import Place
from gateway.engine import key_requests
from gateway.services import connections, key_connections, key_provider
from gateway.settings.limits import LimitName
from gateway.store.connection import read_row
from gateway.store.connections import ConnectionStore, Target
from gateway.web import key_form

# Of no type: a weakness assigns to methods and module functions.
_SERVICE: Any = connections.ConnectionService
_STORE: Any = ConnectionStore
_FORM: Any = key_form
_SESSION: Any = SessionCaller
_PROVIDER: Any = key_provider
_KEYS: Any = key_connections
_REQUESTS: Any = key_requests
_VAULT: Any = vault.Vault
_TOKENS: Any = tokens


def _anyone() -> None:
    """A connection of the tenant is within reach of every person."""

    async def get(service: Any, bounds: Any, connection_id: str) -> Any:
        return await service._store.get(bounds.tenant, connection_id)

    _SERVICE.get = get


def _any_tenant() -> None:
    """A connection that is replaced is found in every tenant."""

    async def get(store: Any, tenant: str, connection_id: str) -> Any:
        return read_row(await store._rows.find_one({"_id": connection_id}))

    async def target_of(store: Any, new: Any, connection_id: str) -> Target:
        old = await get(store, "", connection_id)
        return Target(new=new, row=old.id, generation=old.generation + 1, replaces=old)

    _STORE.get, _STORE.target_of = get, target_of


def _any_site() -> None:
    """A key may come from another site."""
    _FORM.check_origin = lambda request: None


def _any_page() -> None:
    """A key may come from a page of another session."""
    _SESSION.check_csrf = lambda session, given: None


def _unverified() -> None:
    """A key counts as right whatever the provider says."""
    _PROVIDER.verdict = lambda verify, answer: key_requests.Verdict.VALID


def _unlimited() -> None:
    """A person may try any number of keys."""
    from gateway.access.limits import Limits

    limits: Any = Limits
    spend = limits.spend

    async def spend_others(given: Any, name: LimitName, subject: str) -> Any:
        return None if name is LimitName.USER_STARTS else await spend(given, name, subject)

    limits.spend = spend_others


def _any_account() -> None:
    """A key of any account replaces another."""
    _KEYS._is_another = lambda account, old: False


def _echoes() -> None:
    """What a provider says of an account is stored, whatever it repeats."""
    _PROVIDER.holds_secret = lambda text, secrets: False


def _any_host() -> None:
    """A key goes wherever a connector's code sends it."""
    _REQUESTS._is_api_host = lambda config, base_url, target: True


def _in_clear() -> None:
    """Secrets are stored as they are."""
    _VAULT.seal = lambda sealing, secret, place: secret.reveal().encode()
    _VAULT.open = lambda opening, sealed, place: Secret(sealed.decode())
    _VAULT.opens = lambda opening, sealed, place: True


def _plain_hash() -> None:
    """A key's identity is a plain hash."""
    _VAULT.fingerprints = lambda prover, statement: [hashlib.sha256(statement).hexdigest()[:32]]


def _tenantless_hash() -> None:
    """A key has one identity in all tenants."""
    keyed = _VAULT.fingerprints
    _VAULT.fingerprints = lambda prover, statement: keyed(prover, statement.split(b"\0", 1)[1])


def _any_row() -> None:
    """A sealed key opens in every row."""
    anywhere = Place(collection="anywhere", row="", field="")
    _TOKENS.token_place = lambda *given, **more: anywhere
    _TOKENS.stored_token_place = lambda *given: anywhere


OF_KEYS: dict[str, Callable[[], None]] = {
    "key_is_replaced_by_its_person": _anyone,
    "key_is_replaced_in_its_tenant": _any_tenant,
    "key_comes_from_the_own_site": _any_site,
    "key_comes_from_the_own_page": _any_page,
    "key_is_verified": _unverified,
    "key_is_not_guessed": _unlimited,
    "key_is_of_the_same_account": _any_account,
    "key_is_not_repeated": _echoes,
    "key_goes_to_declared_hosts": _any_host,
    "key_is_sealed": _in_clear,
    "key_has_a_keyed_identity": _plain_hash,
    "key_identity_is_the_tenants": _tenantless_hash,
    "key_opens_in_its_row": _any_row,
}
