"""Checks of the authorization server for agents that ``weaknesses.py`` removes by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.access.sessions import SessionCaller
from gateway.authorization import grants, registration, request, server
from gateway.settings.limits import LimitName
from gateway.store.oauth_grants import GrantStore
from gateway.web import agents, oauth

# Of no type: a weakness assigns to methods and module functions.
_GRANTS: Any = grants
_STORE: Any = GrantStore
_REQUEST: Any = request
_SERVER: Any = server
_AGENTS: Any = agents
_OAUTH: Any = oauth
_SESSION: Any = SessionCaller
_REGISTRATION: Any = registration


def _any_redirect() -> None:
    """The answer goes wherever the request says."""
    _REQUEST.is_one_of = lambda given, registered: True


def _any_verifier() -> None:
    """A code works with any verifier."""
    _GRANTS.create_s256_code_challenge = lambda verifier: None
    compare = _GRANTS.hmac.compare_digest

    class Careless:
        @staticmethod
        def compare_digest(one: Any, other: Any) -> bool:
            return one is None or bool(compare(one, other))

    _GRANTS.hmac = Careless


def _code_again() -> None:
    """A code may be used a second time."""

    async def use_code(store: Any, grant: Any, now: Any, expires_at: Any) -> bool:
        query = {"_id": grant.id, "tenant": grant.tenant}
        used = {"code_used_at": now, "expires_at": expires_at, "serial": 1}
        return bool(await store._rows.update_one(query, {"$set": used}))

    _STORE.use_code = use_code


def _refresh_again() -> None:
    """A refresh token may be used a second time."""

    async def use_refresh_token(
        store: Any, grant: Any, serial: int, now: Any, expires_at: Any
    ) -> bool:
        return True

    _STORE.use_refresh_token = use_refresh_token


def _reuse_ends_nothing() -> None:
    """A second use is refused, and the tokens of the first live on."""

    async def end(granted: Any, grant: Any, why: str = "ok") -> None:
        return None

    _GRANTS.Grants._end = end


def _any_resource() -> None:
    """A token may be asked for another resource."""
    _REQUEST.check_resource = _GRANTS.check_resource = lambda given, resource: None


def _any_site() -> None:
    """Consent may come from another site."""
    _AGENTS.check_origin = lambda request: None


def _any_page() -> None:
    """Consent may come from a page of another session."""
    _SESSION.check_csrf = lambda session, given: None


def _prefetch() -> None:
    """A prefetch is answered as a visit."""
    _AGENTS.is_prefetch = lambda request: False


def _any_name() -> None:
    """A client's name is shown as it came."""
    from gateway.authorization import clients

    names: Any = clients
    names.clean_text = lambda text, limit: text


def _no_limit() -> None:
    """Registrations are not counted."""
    from gateway.access.limits import Limits

    limits: Any = Limits
    spend = limits.spend

    async def careless(given: Any, limited: LimitName, subject: str) -> None:
        if limited is not LimitName.CLIENT_REGISTRATIONS:
            await spend(given, limited, subject)

    limits.spend = careless


OF_AGENTS: dict[str, Callable[[], None]] = {
    "agent_redirect_is_its_own": _any_redirect,
    "agent_code_has_a_verifier": _any_verifier,
    "agent_code_works_once": _code_again,
    "agent_refresh_token_works_once": _refresh_again,
    "agent_reuse_ends_the_grant": _reuse_ends_nothing,
    "agent_resource_is_ours": _any_resource,
    "agent_consent_is_of_our_page": _any_site,
    "agent_consent_is_of_this_session": _any_page,
    "agent_prefetch_is_ignored": _prefetch,
    "agent_name_is_cleaned": _any_name,
    "agent_registrations_are_limited": _no_limit,
}
