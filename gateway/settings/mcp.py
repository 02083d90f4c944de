"""The settings of the MCP endpoint; part of ``gateway.settings.environment``.

Clients of ``/mcp`` get their tokens from one authorization server: the operator's own, which
``GATEWAY_MCP_ISSUER`` names, or the gateway's (``GATEWAY_AUTHORIZATION_SERVER``). Without either,
only service keys open the endpoint.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.settings.urls import check_url

_CLAIM = r"^[A-Za-z0-9_:./-]{1,100}$"
_OF_ISSUER = ("mcp_jwks_url", "mcp_user_claim", "mcp_tenant_claim", "mcp_audience")


class McpSettings(BaseSettings):
    """The settings of ``/mcp`` and of the authorization server that its clients use."""

    model_config = SettingsConfigDict(frozen=True, use_attribute_docstrings=True)

    mcp: bool | None = None
    """`on` or `off`: whether `/mcp` serves the tools to agents. Default `off`, in dev mode `on`."""

    authorization_server: bool | None = None
    """`on` or `off`: whether the gateway itself is the authorization server for `/mcp`.

    Default `off`; in dev mode `on`, unless `GATEWAY_MCP_ISSUER` names another.
    """

    mcp_issuer: str = ""
    """The issuer of your own authorization server, exactly as its tokens name it (`iss`)."""

    mcp_jwks_url: str = ""
    """The URL of the keys that your authorization server signs with (`jwks_uri`)."""

    mcp_audience: Annotated[str, Field(pattern=r"^[!-~]{0,500}$")] = ""
    """The audience of your tokens (`aud`). Default: `<GATEWAY_PUBLIC_URL>/mcp`."""

    mcp_user_claim: Annotated[str, Field(pattern=_CLAIM)] = "sub"
    """The claim of your tokens with the user id. `email` needs `email_verified`."""

    mcp_tenant_claim: Annotated[str, Field(pattern=f"({_CLAIM})|^$")] = ""
    """The claim of your tokens with the tenant. If empty, everybody belongs to `default`."""

    @field_validator("mcp_issuer", "mcp_jwks_url")
    @classmethod
    def _check_mcp_url(cls, value: str) -> str:
        return check_url(value)

    def serves_mcp(self, *, dev: bool) -> bool:
        """Whether ``/mcp`` is there."""
        return dev if self.mcp is None else self.mcp

    def is_authorization_server(self, *, dev: bool, signs_in: bool) -> bool:
        """Whether the gateway is the authorization server. ``signs_in``: people can sign in."""
        if self.authorization_server is not None:
            return self.authorization_server
        return dev and signs_in and self.serves_mcp(dev=dev) and not self.mcp_issuer

    def mcp_problems(self, *, dev: bool, signs_in: bool) -> list[str]:
        """Return the contradictions among these settings, one sentence each."""
        if not self.serves_mcp(dev=dev):
            given = [name for name in ("mcp_issuer", *_OF_ISSUER) if self._is_given(name)]
            if self.authorization_server:
                given.insert(0, "authorization_server")
            return [f"GATEWAY_MCP must be on where GATEWAY_{name.upper()} is set" for name in given]
        problems = []
        if self.mcp_issuer and not self.mcp_jwks_url:
            problems.append("GATEWAY_MCP_JWKS_URL must be set where GATEWAY_MCP_ISSUER is set")
        if not self.mcp_issuer:
            problems += [
                f"GATEWAY_MCP_ISSUER must be set where GATEWAY_{name.upper()} is set"
                for name in _OF_ISSUER
                if self._is_given(name)
            ]
        if self.authorization_server and self.mcp_issuer:
            problems.append(
                "GATEWAY_AUTHORIZATION_SERVER cannot be on together with GATEWAY_MCP_ISSUER: "
                "tokens come from one authorization server"
            )
        if self.authorization_server and not signs_in:
            problems.append(
                "GATEWAY_LOGIN must be a method by which people sign in where "
                "GATEWAY_AUTHORIZATION_SERVER is on"
            )
        return problems

    def _is_given(self, name: str) -> bool:
        return bool(getattr(self, name) != McpSettings.model_fields[name].default)
