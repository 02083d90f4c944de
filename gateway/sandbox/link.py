"""How a gateway in dev mode is connected to the sandbox.

Only two things change for the gateway: which address the hosts of a simulated provider resolve to,
and that the sandbox's own certificate authority is trusted. Connectors whose two variables are set
are left alone: they go to the real provider. So a connector that shares a host with one of them is
not simulated.
"""

from __future__ import annotations

import ssl
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from connectors.environment import app_variables, variable
from gateway.errors import SettingsError
from gateway.settings.environment import HostPort, Settings


@dataclass(frozen=True, kw_only=True)
class SandboxLink:
    """``url`` is for browsers and tools; ``variables`` are the simulated apps' credentials.

    ``keyed`` are the simulated providers that have no app, as they take pasted keys alone.
    """

    url: str | None = None
    ca: str | None = None
    reroutes: Mapping[str, HostPort] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    keyed: frozenset[str] = frozenset()

    def overlay(self, env: Mapping[str, str]) -> Mapping[str, str]:
        """``env`` with the simulated apps' credentials over it."""
        return ChainMap(dict(self.variables), dict(env))

    def simulates(self, name: str) -> bool:
        """Whether the sandbox stands in for the provider of this connector."""
        return name in self.keyed or variable(name, "CLIENT_ID") in self.variables


NO_SANDBOX = SandboxLink()


async def link_sandbox(settings: Settings, env: Mapping[str, str]) -> SandboxLink:
    """Read the link from the sandbox. Raises ``SettingsError`` if the sandbox does not answer."""
    if not settings.dev or not settings.sandbox.startswith("http"):
        return NO_SANDBOX
    try:
        # Its own address is plain http on loopback: no certificate authorities are read for it.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with httpx.AsyncClient(verify=context, trust_env=False) as client:
            answer = await client.get(f"{settings.sandbox}/_sandbox/info")
            info = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        raise SettingsError(f"GATEWAY_SANDBOX: no sandbox answers at {settings.sandbox}") from None
    host, port = info["tls_address"]
    reroutes: dict[str, HostPort] = {}
    variables: dict[str, str] = {}
    simulated: dict[str, dict[str, str]] = {}
    real: set[str] = set()
    for name, provider in info["providers"].items():
        credentials = {
            variable: value
            for variable, value in app_variables(
                name, provider["client_id"], provider["client_secret"]
            ).items()
            if value  # a public client has no secret
        }
        if credentials and all(env.get(wanted, "").strip() for wanted in credentials):
            real |= {*provider["hosts"]}
        else:
            simulated[name] = credentials
    keyed = set()
    for name, credentials in simulated.items():
        hosts = info["providers"][name]["hosts"]
        if real.isdisjoint(hosts):  # a host is the real one or the sandbox, for every connector
            variables |= credentials
            reroutes |= {one: (host, port) for one in hosts}
            if not credentials:
                keyed.add(name)
                # Where people type any host, the simulated ones among them are allowed.
                variables.setdefault(variable(name, "HOSTS"), "*")
    return SandboxLink(
        url=settings.sandbox,
        ca=info["ca"],
        reroutes=reroutes,
        variables=variables,
        keyed=frozenset(keyed),
    )
