"""The hosts of a simulated provider whose tenants have hosts of their own."""

from __future__ import annotations

import re

HOST_LIST = re.compile(r"\{([a-z0-9*_.=|-]*[.=][a-z0-9*_.=|-]*)\}")
"""The hosts of several tenants in an address: ``{eu=a.example|us=b.example}``."""


def tenants_of(host: str) -> list[tuple[str, str]]:
    """Return ``(tenant, host)`` of a list of hosts; the tenant is empty where it is the host."""
    match = HOST_LIST.fullmatch(host)
    parts = [each.rpartition("=") for each in match[1].split("|")] if match else []
    return [(tenant, one) for tenant, _, one in parts]


def hosts_of(host: str) -> frozenset[str]:
    """Return the hosts that an address's host stands for; ``*`` for one label that varies."""
    listed = frozenset(one for _, one in tenants_of(host))
    return listed or frozenset({host.replace("{tenant}", "*")})
