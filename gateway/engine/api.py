"""API calls with an access token: ``api_base_url``, ``api_hosts``, ``api_headers``."""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.config import ConnectorConfig
from connectors.inputs import is_below
from connectors.placeholders import undeclared
from connectors.secret import Secret
from gateway.engine.request import OutboundRequest
from gateway.engine.templates import NOTHING, Filler, render_url
from gateway.errors import EgressRefused, InvalidRequest

_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")


def api_headers(
    config: ConnectorConfig,
    access_token: Secret,
    connection_config: Mapping[str, str] = NOTHING,
    metadata: Mapping[str, Any] = NOTHING,
    *,
    partly: bool = False,
) -> dict[str, str]:
    """Return the headers of a call to the provider's API, including the credential.

    ``partly``: the account is not known yet, and headers that name it are left out. Else raises
    ``InvalidRequest`` if a value is missing.
    """
    filler = Filler(
        inputs=config.connection_config,
        typed=connection_config,
        metadata=metadata,
        own={"access_token": access_token.reveal(), "client_id": config.client_id},
    )
    return filler.headers(config.api_headers, partly=partly)


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
    if any(undeclared(config, url, metadata=True)):
        raise EgressRefused("the URL has an unknown placeholder")
    target = render_url(url, config, connection_config, metadata)
    if not _is_api_host(config, target, connection_config, metadata):
        raise EgressRefused("the token may not be sent to this host: api_hosts does not name it")
    own = api_headers(config, access_token, connection_config, metadata, partly=True)
    headers = {"Accept": "application/json", **own}
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
    return is_below(target.netloc, config.api_hosts)
