"""Settings, encryption keys as they are written, redirect URIs, sign-in, and agents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from gateway.commands.connectors.known import Known
from gateway.commands.doctor.findings import Finding, State
from gateway.encryption.key_check import check_vault
from gateway.encryption.keyring import is_open_to_others, open_vault
from gateway.settings.environment import ENV_FILE, PREFIX, Settings
from gateway.settings.login import LoginMethod
from gateway.wiring.process import redirect_uri

SIGN_IN = "openid-connect"
"""Stands for the sign-in among the names of connectors."""


def examine_settings(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    """What is set, and what a production deployment usually sets."""
    given = sum(name.startswith(PREFIX) for name in env)
    where = f"the environment and {ENV_FILE}" if Path(ENV_FILE).is_file() else "the environment"
    yield Finding("settings", State.OK, f"{given} variables {PREFIX}… in {where}, all valid")
    if Path(ENV_FILE).is_file() and is_open_to_others(Path(ENV_FILE)):
        text = f"other users of this machine can read {ENV_FILE}: chmod 600 {ENV_FILE}"
        yield Finding("settings", State.WARNING, text)
    if settings.dev:
        text = "dev mode: people sign in without proof, and providers may be simulated"
        yield Finding("settings", State.NOTE, text)
        return
    if not settings.proxy_hops:
        text = "GATEWAY_PROXY_HOPS is 0: behind a proxy, all callers share one limit per address"
        yield Finding("settings", State.NOTE, text)
    if settings.metrics_address is None:
        yield Finding("settings", State.NOTE, "GATEWAY_METRICS is not set: nothing can be watched")


def examine_keys(settings: Settings) -> Iterator[Finding]:
    """Whether the encryption keys are readable and work; the database says if they are right."""
    vault = open_vault(settings)
    check_vault(vault)
    others = ", ".join(vault.key_ids[1:])
    text = f"{vault.current} seals new rows" + (f"; {others} only open rows" if others else "")
    yield Finding("encryption keys", State.OK, text)
    file = settings.encryption_keys_file
    if file is not None and is_open_to_others(file):
        text = "other users of this machine can read GATEWAY_ENCRYPTION_KEYS_FILE: chmod 400"
        yield Finding("encryption keys", State.WARNING, text)


def examine_sign_in(settings: Settings) -> Iterator[Finding]:
    """How people sign in."""
    method = settings.login_method(dev=settings.dev)
    if missing := settings.sign_in_missing(dev=settings.dev):
        yield Finding("sign-in", State.WARNING, missing)
    elif method is LoginMethod.NONE:
        text = "GATEWAY_LOGIN is none: nobody can sign in and connect an account"
        yield Finding("sign-in", State.NOTE, text)
    elif method is LoginMethod.OIDC:
        yield Finding("sign-in", State.OK, f"OpenID Connect with {settings.oidc_issuer}")
    else:
        yield Finding("sign-in", State.OK, f"{method}")


def redirect_uris(settings: Settings, known: Known) -> dict[str, str]:
    """The redirect URIs to register, by connector, and that of the sign-in."""
    uris = {
        entry.name: known.redirect_uri(entry.name)
        for entry in known.entries()
        if entry.reason is None and not entry.simulated and entry.variables
    }
    if settings.login_method(dev=settings.dev) is LoginMethod.OIDC:
        uris[SIGN_IN] = f"{settings.public_url}/login/callback"
    return uris


def examine_redirect_uris(settings: Settings, uris: Mapping[str, str]) -> Iterator[Finding]:
    """Where providers send browsers back to: one pattern, and who must know it."""
    if SIGN_IN in uris:
        text = f"{uris[SIGN_IN]} at the OpenID Connect provider"
        yield Finding("redirect URIs", State.OK, text)
    if names := [name for name in uris if name != SIGN_IN]:
        pattern = redirect_uri(settings, "<name>")
        yield Finding("redirect URIs", State.OK, f"{pattern} for {', '.join(names)}")
    else:
        yield Finding("redirect URIs", State.NOTE, "no OAuth app is configured")


def examine_agents(settings: Settings) -> Iterator[Finding]:
    """The tools over MCP, and who issues the tokens of its clients."""
    if not settings.mcp_on:
        yield Finding("MCP", State.NOTE, "off (GATEWAY_MCP)")
        return
    yield Finding("MCP", State.OK, f"served at {settings.mcp_url}")
    if settings.authorization_server_on:
        yield Finding("MCP", State.OK, "the gateway is the authorization server of its clients")
    elif settings.mcp_issuer:
        audience = settings.mcp_audience or settings.mcp_url
        text = f"access tokens of {settings.mcp_issuer} for {audience}"
        yield Finding("MCP", State.OK, text)
    else:
        text = "no authorization server is set: only service keys open it"
        yield Finding("MCP", State.NOTE, text)
