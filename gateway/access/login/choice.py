"""The login method that the settings choose."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.secret import Secret
from gateway.access.login.attempts import Attempts, RemoteLogin
from gateway.access.login.dev import DevLogin
from gateway.access.login.discovery import IdentityProvider
from gateway.access.login.handoff import Handoff
from gateway.access.login.oidc import OidcLogin
from gateway.access.sessions import Sessions
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.observe.logs import get_logger
from gateway.outbound.client import Outbound
from gateway.settings.environment import Settings
from gateway.settings.login import LoginMethod
from gateway.store.flows import FlowStore
from gateway.store.logins import LoginStore
from gateway.store.oauth_grants import GrantStore

_log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Logins:
    """Sign-in and sign-out of a deployment. ``method`` is ``None`` if people cannot sign in.

    ``handoff`` exists in every deployment: it accepts only hand-offs that it began, so none if
    another method is chosen.
    """

    method: DevLogin | RemoteLogin | None
    handoff: Handoff
    sessions: Sessions
    attempts: Attempts
    flows: FlowStore
    grants: GrantStore

    async def sign_out_everywhere(self, *, tenant: str, user: str) -> int:
        """End a person's sessions, sign-ins, hand-offs and connect flows, also those under way.

        The agents that they let in lose their access, too.

        Returns:
            How many sessions ended.
        """
        await self.attempts.forget(tenant=tenant, user=user)
        await self.flows.end_all(tenant, user)
        # Noted as a sign-out first: a grant that is being made sees it, or is ended here.
        ended = await self.sessions.end_all(tenant=tenant, user=user)
        await self.grants.end_all(tenant, user)
        return ended


def log_missing_sign_in(settings: Settings) -> None:
    """Warn at a start that nobody can sign in, unless that was chosen."""
    if reason := settings.sign_in_missing(dev=settings.dev):
        _log.warning("sign_in_missing", reason=reason)


def open_logins(
    settings: Settings,
    *,
    store: LoginStore,
    flows: FlowStore,
    grants: GrantStore,
    sessions: Sessions,
    outbound: Outbound,
    clock: Clock,
    audit: Audit,
) -> Logins:
    """Create the chosen login method. The identity provider is not contacted yet."""
    attempts = Attempts(store, clock)
    handoff = Handoff(
        attempts, url=settings.handoff_url, public_url=settings.public_url, audit=audit
    )
    chosen = settings.login_method(dev=settings.dev)
    method: DevLogin | RemoteLogin | None = None
    if chosen is LoginMethod.DEV:
        method = DevLogin(settings)
    elif chosen is LoginMethod.HANDOFF:
        method = handoff
    elif chosen is LoginMethod.OIDC:
        method = OidcLogin(
            provider=IdentityProvider(outbound, settings.oidc_issuer),
            outbound=outbound,
            attempts=attempts,
            clock=clock,
            client_id=settings.oidc_client_id,
            client_secret=Secret(settings.oidc_client_secret.get_secret_value()),
            scopes=settings.oidc_scopes,
            user_claim=settings.oidc_user_claim,
            admin_claim=settings.oidc_admin_claim,
            public_url=settings.public_url,
        )
    return Logins(
        method=method,
        handoff=handoff,
        sessions=sessions,
        attempts=attempts,
        flows=flows,
        grants=grants,
    )
