"""API calls with an access token: ``api_base_url``, ``api_hosts``, ``api_headers``."""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.config import ConnectorConfig
from connectors.config_types import PLACEHOLDER
from connectors.secret import Secret
from gateway.engine.request import OutboundRequest
from gateway.engine.templates import NOTHING, render_url
from gateway.errors import EgressRefused, InvalidRequest

_KINDS = {"connection_config", "metadata"}
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")


def api_headers(config: ConnectorConfig, access_token: Secret) -> dict[str, str]:
    """Return the headers of a call to the provider's API, including the credential."""
    return {
        name: value.replace("${access_token}", access_token.reveal())
        for name, value in config.api_headers.items()
    }


def api_request(
    config: ConnectorConfig,
    url: str,
    *,
    connection_config: Mapping[str, str],
    access_token: Secret,
    metadata: Mapping[str, Any] = NOTHING,
    method: str = "GET",
    json: Any = None,
) -> OutboundRequest:
    """Prepare an API call; raises ``EgressRefused`` if ``api_hosts`` does not name the host.

    ``metadata`` is what is known of the account so far.
    """
    if any(name.partition(".")[0] not in _KINDS for name in PLACEHOLDER.findall(url)):
        raise EgressRefused("the URL has an unknown placeholder")
    target = render_url(url, config, connection_config, metadata)
    if not _is_api_host(config, target, connection_config, metadata):
        raise EgressRefused("the token may not be sent to this host: api_hosts does not name it")
    headers = {"Accept": "application/json", **api_headers(config, access_token)}
    content = b""
    if json is not None:
        headers["Content-Type"] = "application/json"
        content = jsonlib.dumps(json).encode()
    return OutboundRequest(method=method, url=target, headers=headers, content=content)


def _is_api_host(
    config: ConnectorConfig, url: str, values: Mapping[str, str], metadata: Mapping[str, Any]
) -> bool:
    try:
        target = urlsplit(url)
    except ValueError:
        return False
    if not url.isprintable():
        return False  # urlsplit drops line ends and tabs, and would check another URL
    parts = urlsplit(config.api_base_url)
    try:
        # Only the origin: the path may need metadata, which is unknown while the account is read.
        base = render_url(f"{parts.scheme}://{parts.netloc}", config, values, metadata)
    except InvalidRequest:
        base = None  # the host is not known yet: only api_hosts counts
    if f"{target.scheme}://{target.netloc}" == base:
        return True
    # No user information, no port, and nothing that two parsers could read as different hosts.
    if target.scheme != "https" or not _HOST.fullmatch(target.netloc):
        return False
    return any(
        target.netloc == host or (host.startswith("*.") and target.netloc.endswith(host[1:]))
        for host in config.api_hosts
    )
