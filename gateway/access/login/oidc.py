"""OpenID Connect: people sign in at an identity provider (authorization code flow, Core 3.1).

Authlib prepares the requests, ``gateway.outbound.client`` sends them (docs/decisions/0001), and the
ID token decides (``id_token.py``). An attempt (``attempts.py``) binds the sign-in to one browser:
the ``state`` finds the row, and *nonce* and *PKCE verifier* are derived from the browser's cookie.
So a reader of the database has neither, and a code that is planted in another browser fails three
times: at the cookie, at the provider's PKCE check, and at the nonce.

The redirect URI is made from ``GATEWAY_PUBLIC_URL`` alone. The provider's ``error_description`` is
never shown or logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import KeySet

from connectors.account import dig
from connectors.secret import Secret
from gateway.access.identity import DEFAULT_TENANT, Identity, is_user_id
from gateway.access.login.attempts import (
    Arrival,
    Attempts,
    CookieOf,
    Departure,
    derive,
    login_cookie_name,
)
from gateway.access.login.discovery import OIDC_BULKHEAD, IdentityProvider, ProviderMetadata
from gateway.access.login.id_token import UnknownSigningKey, read_id_token
from gateway.clock import Clock
from gateway.engine.callback import read_callback
from gateway.engine.client_auth import Client, ClientAuthMethod
from gateway.engine.strict_json import read_object
from gateway.errors import (
    CallbackWithoutState,
    LoginDeclined,
    LoginUnavailable,
    LoginUnknown,
    LoginUnreadable,
    ProviderError,
    safe_code,
)
from gateway.outbound.client import Outbound
from gateway.store.logins import LoginKind

RETURN_PATH = "/login/callback"
_NONCE, _VERIFIER = "oidc nonce", "oidc code verifier"


class OidcLogin:
    """Signs people in at ``provider``. They belong to the tenant ``default``."""

    return_path = RETURN_PATH

    def __init__(
        self,
        *,
        provider: IdentityProvider,
        outbound: Outbound,
        attempts: Attempts,
        clock: Clock,
        client_id: str,
        client_secret: Secret,
        scopes: str,
        user_claim: str,
        admin_claim: str,
        public_url: str,
    ) -> None:
        self._provider = provider
        self._outbound = outbound
        self._attempts = attempts
        self._clock = clock
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = scopes
        self._user_claim = user_claim
        self._admin_claim = admin_claim
        self._redirect_uri = public_url + RETURN_PATH

    @property
    def host(self) -> str:
        """The provider's host name."""
        return urlsplit(self._provider.issuer).hostname or ""

    @property
    def sign_out_url(self) -> str | None:
        """The provider's sign-out URL, if it publishes one (RP-Initiated Logout 1.0)."""
        known = self._provider.known
        if known is None or known.end_session_endpoint is None:
            return None
        joint = "&" if "?" in known.end_session_endpoint else "?"
        return f"{known.end_session_endpoint}{joint}{urlencode({'client_id': self._client_id})}"

    async def begin(self, return_to: str) -> Departure:
        """Begin an attempt; return the provider's URL for it."""
        metadata = await self._provider.metadata()
        attempt = await self._attempts.begin(LoginKind.OIDC, return_to)
        url = prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=self._client_id,
            response_type="code",
            redirect_uri=self._redirect_uri,
            scope=self._scopes,
            state=attempt.ticket,
            nonce=derive(attempt.cookie, _NONCE),
            code_challenge=create_s256_code_challenge(derive(attempt.cookie, _VERIFIER)),
            code_challenge_method="S256",
        )
        return attempt.departure(url)

    async def finish(self, query: bytes, cookie_of: CookieOf) -> Arrival:
        """Return the person whom the provider has authenticated.

        Raises:
            CallbackInvalid, LoginUnknown: nothing was sent to the provider.
            LoginDeclined, LoginUnavailable, LoginUnreadable: the provider's part failed.
        """
        try:
            response = read_callback(query)
        except CallbackWithoutState:
            raise LoginUnknown from None
        login, cookie = await self._attempts.take(LoginKind.OIDC, response.state, cookie_of)
        metadata = await self._provider.metadata()
        self._check_issuer(metadata, response.params.get("iss"))
        if response.code is None:
            raise LoginDeclined(response.error)
        verifier = Secret(derive(cookie, _VERIFIER))
        tokens = await self._exchange(metadata, response.code, verifier)
        claims = await self._claims(tokens, nonce=derive(cookie, _NONCE))
        identity = Identity(
            tenant=DEFAULT_TENANT, user=self._user(claims), admin=self._is_admin(claims)
        )
        return Arrival(
            identity=identity,
            began=login.created_at,
            return_to=login.return_to,
            cookie_name=login_cookie_name(response.state),
        )

    def _check_issuer(self, metadata: ProviderMetadata, given: str | None) -> None:
        """Check the response's ``iss`` (RFC 9207), in errors as well."""
        promised = metadata.authorization_response_iss_parameter_supported
        if (given is not None or promised) and given != self._provider.issuer:
            raise LoginUnreadable("the answer does not come from the configured issuer")

    async def _exchange(
        self, metadata: ProviderMetadata, code: Secret, verifier: Secret
    ) -> Mapping[str, Any]:
        body = prepare_token_request(
            "authorization_code",
            code=code.reveal(),
            redirect_uri=self._redirect_uri,
            code_verifier=verifier.reveal(),
        )
        request = self._client(metadata).request(metadata.token_endpoint, parse_qsl(body))
        try:
            answer = await self._outbound.send(
                request, connector=OIDC_BULKHEAD, endpoint="exchange"
            )
            content = read_object(answer.content)
        except ProviderError as error:
            raise LoginUnavailable(f"the identity provider cannot be used: {error}") from None
        if answer.status != 200:
            code_of = safe_code(content.get("error")) or "an error"
            raise LoginUnreadable(
                f"the identity provider refused the code: {answer.status}, {code_of}"
            )
        return content

    def _client(self, metadata: ProviderMetadata) -> Client:
        offered = metadata.token_endpoint_auth_methods_supported
        method: ClientAuthMethod
        if not self._client_secret.reveal():
            method = "none"
        elif "client_secret_basic" in offered:
            method = "client_secret_basic"
        elif "client_secret_post" in offered:
            method = "client_secret_post"
        else:
            raise LoginUnreadable("the identity provider accepts no client secret")
        return Client(id=self._client_id, secret=self._client_secret, method=method)

    async def _claims(self, tokens: Mapping[str, Any], *, nonce: str) -> Mapping[str, Any]:
        text, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(text, str):
            raise LoginUnreadable("the identity provider's answer has no ID token")

        def read(keys: KeySet) -> Mapping[str, Any]:
            return read_id_token(
                text,
                keys=keys,
                issuer=self._provider.issuer,
                client_id=self._client_id,
                nonce=nonce,
                access_token=access_token if isinstance(access_token, str) else None,
                now=self._clock(),
            )

        try:
            return read(await self._provider.keys())
        except UnknownSigningKey:
            if (newer := await self._provider.newer_keys()) is None:
                raise
            return read(newer)

    def _user(self, claims: Mapping[str, Any]) -> str:
        """Return the user id. An e-mail address counts only if the provider has verified it."""
        value = claims.get(self._user_claim)
        if not isinstance(value, str) or not is_user_id(value):
            raise LoginUnreadable(f"the ID token has no usable claim {self._user_claim!r}")
        if self._user_claim == "email" and claims.get("email_verified") is not True:
            raise LoginUnreadable("the provider does not say that the e-mail address is verified")
        return value

    def _is_admin(self, claims: Mapping[str, Any]) -> bool:
        """Whether the claim of ``GATEWAY_OIDC_ADMIN_CLAIM`` is, or lists, the value there."""
        name, _, wanted = self._admin_claim.partition("=")
        found = claims[name] if name in claims else dig(claims, name)
        if isinstance(found, bool):
            found = str(found).lower()
        return bool(wanted) and (wanted in found if isinstance(found, list) else wanted == found)
