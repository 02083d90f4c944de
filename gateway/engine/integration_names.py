"""The names of integrations: unique over all tenants, and short inside of one. No I/O.

An integration is the connector ``<slug>--<tag>``. The tag stands for the tenant. Catalog names and
slugs have no ``--``, so a name says whether it is an integration, and whose.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gateway.digest import sha256_hex

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 40
LONGEST_NAME = 80
"""Characters of a connector's name: a slug, the two hyphens and a tag fit."""
LONGEST_TOOL = 64
"""Characters of a tool's name, with the slug."""
_SEPARATOR = "--"
_PLAIN_TENANT = re.compile(r"[a-z0-9]{1,32}")
_HASH = re.compile(r"[0-9a-f]{12}")


@lru_cache(maxsize=10_000)
def tenant_tag(tenant: str) -> str:
    """Return what stands for a tenant in names: its id, or a hash where that is no plain word."""
    if _PLAIN_TENANT.fullmatch(tenant) and not _HASH.fullmatch(tenant):
        return tenant
    return sha256_hex(tenant)[:12]


def connector_name(tenant: str, slug: str) -> str:
    """Return the name of an integration's connector."""
    return f"{slug}{_SEPARATOR}{tenant_tag(tenant)}"


def is_integration(connector: str) -> bool:
    """Whether a connector's name is that of an integration, of any tenant."""
    return _SEPARATOR in connector


def slug_of(connector: str) -> str:
    """Return the slug in the name of an integration's connector; another name is itself."""
    return connector.partition(_SEPARATOR)[0]


def tag_of(connector: str) -> str:
    """Return the tag in the name of an integration's connector."""
    return connector.partition(_SEPARATOR)[2]


def is_foreign(tenant: str, connector: str) -> bool:
    """Whether a connector's name is that of another tenant's integration."""
    return is_integration(connector) and tag_of(connector) != tenant_tag(tenant)


def tool_name(slug: str, definition: str) -> str:
    """Return the name of the tool of a definition."""
    return f"{slug.replace('-', '_')}_{definition}"
