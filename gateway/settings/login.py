"""The settings of the login methods; part of ``gateway.settings.environment``.

``GATEWAY_LOGIN`` chooses the method; each other variable belongs to one method. A missing variable
of the chosen method is an error. So is a variable of another method, because it would have no
effect.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.settings.urls import check_url

_SCOPES = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")  # RFC 6749 3.3


class LoginMethod(StrEnum):
    """The login methods."""

    DEV = "dev"
    OIDC = "oidc"
    HANDOFF = "handoff"
    NONE = "none"


class LoginSettings(BaseSettings):
    """The settings of the login methods."""

    model_config = SettingsConfigDict(frozen=True, use_attribute_docstrings=True)

    login: LoginMethod | None = None
    """`oidc`, `handoff`, `none` (default in production) or `dev` (dev mode only, default there)."""

    oidc_issuer: str = ""
    """The issuer of the OpenID Connect provider, exactly as the provider publishes it."""

    oidc_client_id: str = ""
    """The gateway's client id at the OpenID Connect provider.

    The redirect URI to register is `<GATEWAY_PUBLIC_URL>/login/callback`.
    """

    oidc_client_secret: SecretStr = SecretStr("")
    """The client secret; empty for a public client."""

    oidc_user_claim: Annotated[str, Field(pattern=r"^[A-Za-z0-9_:./-]{1,100}$")] = "sub"
    """The claim of the ID token with the user id. `email` needs `email_verified`."""

    oidc_admin_claim: Annotated[
        str, Field(pattern=r"^([A-Za-z0-9_:./-]{1,100}=[ -~]{1,200})?$")
    ] = ""
    """`claim=value`: a person whose ID token has it, as `groups=gateway-admins`, administers."""

    oidc_scopes: str = "openid"
    """The requested scopes, separated by spaces."""

    handoff_url: str = ""
    """The host application's page to which people are sent for their sign-in."""

    @field_validator("oidc_issuer", "handoff_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        return check_url(value)

    @field_validator("oidc_issuer")
    @classmethod
    def _check_issuer(cls, value: str) -> str:
        if "?" in value:
            raise ValueError("must be an address without a query")
        return value

    @field_validator("handoff_url")
    @classmethod
    def _check_handoff(cls, value: str) -> str:
        if "login_challenge=" in value:
            raise ValueError("must not contain login_challenge: the gateway adds it")
        return value

    @field_validator("oidc_scopes")
    @classmethod
    def _check_scopes(cls, value: str) -> str:
        if not _SCOPES.fullmatch(value) or "openid" not in value.split():
            raise ValueError("must be scopes with one space between them, including openid")
        return value

    def login_method(self, *, dev: bool) -> LoginMethod:
        """Return the chosen login method, or the mode's default."""
        return self.login or (LoginMethod.DEV if dev else LoginMethod.NONE)

    def sign_in_missing(self, *, dev: bool) -> str | None:
        """Return what to set where nobody can sign in, and nobody chose that (``none``)."""
        if self.login is not None or dev:
            return None
        return (
            "nobody can sign in and connect an account. Set GATEWAY_LOGIN to oidc, with "
            "GATEWAY_OIDC_ISSUER and GATEWAY_OIDC_CLIENT_ID, or to handoff, with "
            "GATEWAY_HANDOFF_URL (docs/deploy.md); to none if that is meant"
        )

    def login_problems(self, *, dev: bool) -> list[str]:
        """Return the contradictions among the login settings, one sentence each."""
        method = self.login_method(dev=dev)
        problems = []
        if method is LoginMethod.DEV and not dev:
            problems.append("GATEWAY_LOGIN can be dev in dev mode only: it asks for no proof")
        needed = {
            LoginMethod.OIDC: ("oidc_issuer", "oidc_client_id"),
            LoginMethod.HANDOFF: ("handoff_url",),
        }
        problems += [
            f"GATEWAY_{name.upper()} must be set (GATEWAY_LOGIN is {method})"
            for name in needed.get(method, ())
            if not getattr(self, name)
        ]
        for name, field in LoginSettings.model_fields.items():
            owner = LoginMethod.OIDC if name.startswith("oidc_") else LoginMethod.HANDOFF
            if name != "login" and method is not owner and getattr(self, name) != field.default:
                problems.append(
                    f"GATEWAY_LOGIN must be {owner} where GATEWAY_{name.upper()} is set"
                )
        return problems
