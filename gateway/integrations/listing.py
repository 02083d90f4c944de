"""The list that people see: added integrations, connectors of the catalog, the gateway itself.

All have one shape. No row holds a credential.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from connectors.config import Connector, ConnectorConfig
from connectors.key_method import KeyMethod
from gateway.engine.integration import AuthMethod, Carrier, OAuth, Placement
from gateway.observe.logs import get_logger
from gateway.store.integrations import Integration

_log = get_logger()

CATALOG = "catalog"
BUILT_IN = "built-in"
GATEWAY = "gateway"
OWN_TOOLS = 8
"""The gateway's own tools over MCP (``gateway.web.mcp_controls``), which a test counts."""
_INPUT = re.compile(r"\$\{([a-z0-9_]+)\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An integration as it is shown.

    ``kind`` is a kind of ``gateway.engine.integration``, ``catalog`` or ``built-in``. ``connector``
    is what calls of the API name, empty for the gateway itself. ``tools`` counts those that exist,
    ``waiting`` those whose definition nobody has accepted. ``added`` is the row, if it was added.
    """

    slug: str
    name: str
    description: str
    kind: str
    can_remove: bool
    can_refresh: bool
    methods: tuple[AuthMethod, ...]
    display_url: str
    connector: str
    tools: int
    waiting: int = 0
    added: Integration | None = None


def added_row(row: Integration, *, tools: int, waiting: int, can_remove: bool = True) -> Listed:
    """Return what is shown of an integration that somebody added."""
    return Listed(
        slug=row.slug,
        name=row.name,
        description=row.description,
        kind=str(row.kind),
        can_remove=can_remove,
        can_refresh=can_refresh(row),
        methods=row.methods,
        display_url=row.display_url,
        connector=row.id,
        tools=tools,
        waiting=waiting,
        added=row,
    )


def can_refresh(row: Integration) -> bool:
    """Whether its operations can be read again: from its URL, or with each connection."""
    return bool(row.endpoint) or row.per_connection


def catalog_row(connector: Connector, *, tools: int) -> Listed:
    """Return what is shown of a connector of the catalog."""
    return Listed(
        slug=connector.name,
        name=connector.display_name,
        description=connector.description,
        kind=CATALOG,
        can_remove=False,
        can_refresh=False,
        methods=_methods_of(connector),
        display_url=display_url(connector.docs_url),
        connector=connector.name,
        tools=tools,
    )


def gateway_row(public_url: str) -> Listed:
    """Return what is shown of the gateway itself."""
    return Listed(
        slug=GATEWAY,
        name="Connector gateway",
        description=(
            "The gateway's own tools: find tools, list and connect accounts, add integrations."
        ),
        kind=BUILT_IN,
        can_remove=False,
        can_refresh=False,
        methods=(AuthMethod(slug="none", kind="none", title="Nothing to connect"),),
        display_url=public_url,
        connector="",
        tools=OWN_TOOLS,
    )


def display_url(url: str) -> str:
    """Return the part of a URL that holds no secret: without query, fragment and user name."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def tool_counts(connectors: Iterable[Iterable[str]]) -> Mapping[str, int]:
    """Count tools by connector, from the connectors that each tool needs."""
    found: dict[str, int] = {}
    for names in connectors:
        for name in set(names):
            found[name] = found.get(name, 0) + 1
    return found


def _methods_of(connector: Connector) -> tuple[AuthMethod, ...]:
    """Return the ways to connect, as templates; a description that cannot be read gives none."""
    try:
        oauth = _oauth_of(connector) if isinstance(connector, ConnectorConfig) else ()
        key = _key_of(connector.key) if connector.key is not None else ()
    except (AttributeError, TypeError, ValueError) as error:
        # The list is worth more than one row of it.
        _log.warning("methods_unreadable", connector=connector.name, error=type(error).__name__)
        return ()
    return (*oauth, *key)


def _oauth_of(config: ConnectorConfig) -> tuple[AuthMethod, ...]:
    return (
        AuthMethod(
            slug="oauth2",
            kind="oauth",
            title="Sign in",
            oauth=OAuth(
                authorization_url=config.authorization_url,
                token_url=config.token_url,
                refresh_url=config.refresh_url,
                scopes=dict.fromkeys(config.scopes, ""),
            ),
        ),
    )


def _key_of(key: KeyMethod) -> tuple[AuthMethod, ...]:
    if key.token is not None:
        oauth = OAuth(flow="client_credentials", token_url=key.token.url)
        return (
            AuthMethod(slug="client_credentials", kind="oauth", title="Credentials", oauth=oauth),
        )
    placements = [
        *(_placement("header", name, text) for name, text in key.api_headers.items()),
        *(_placement("query", name, text) for name, text in key.api_query.items()),
    ]
    return (
        AuthMethod(
            slug="api_key",
            kind="apikey",
            title="Paste a key",
            placements=tuple(placements),
            basic=key.api_basic is not None,
        ),
    )


def _placement(carrier: Carrier, name: str, text: str) -> Placement:
    """Return the placement of a text such as ``Bearer ${api_key}``; without an input, a literal."""
    found = _INPUT.search(text)
    if found is None:
        return Placement(carrier=carrier, name=name, literal=text)
    return Placement(carrier=carrier, name=name, prefix=text[: found.start()], variable=found[1])
