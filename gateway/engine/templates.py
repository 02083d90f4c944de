"""URLs with the placeholders ``${connection_config.x}`` and ``${metadata.x}``.

The values come from a person, a provider or the database and end up in a host name, so they are
checked twice: a typed value must match its declared pattern completely, and the finished URL must
have the template's scheme, host suffix and port, and nothing else (security H4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from connectors.account import as_text, dig
from connectors.config import ConnectorConfig
from connectors.config_types import PLACEHOLDER
from gateway.errors import InvalidRequest

NOTHING: Mapping[str, Any] = MappingProxyType({})
_HOST_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?|[a-z0-9_]")
_PATH_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]{1,255}")


def render_url(
    template: str,
    config: ConnectorConfig,
    values: Mapping[str, str],
    metadata: Mapping[str, Any] = NOTHING,
) -> str:
    """Fill the placeholders of ``template`` from the connection_config ``values`` and ``metadata``.

    Raises ``InvalidRequest`` if a value is missing, does not match its pattern, or would change
    more than its host label or path segment.
    """
    if "${" not in template:
        return template
    parts = urlsplit(template)
    fill = _Filler(config, values, metadata)
    netloc = fill(parts.netloc, _HOST_LABEL)
    path = fill(parts.path, _PATH_SEGMENT)
    url = f"{parts.scheme}://{netloc}{path}"
    again = urlsplit(url)
    if (
        (again.scheme, again.netloc, again.path, again.query, again.fragment)
        != (parts.scheme, netloc, path, "", "")
        or again.hostname != netloc.partition(":")[0]
        or "@" in netloc
    ):
        raise InvalidRequest("the connection_config changes more of the URL than it may")
    return url


@dataclass(frozen=True, slots=True)
class _Filler:
    config: ConnectorConfig
    values: Mapping[str, str]
    metadata: Mapping[str, Any]

    def __call__(self, text: str, allowed: re.Pattern[str]) -> str:
        def filled(match: re.Match[str]) -> str:
            kind, _, name = match[1].partition(".")
            value = self._typed(name) if kind == "connection_config" else self._known(name)
            if value is None or not allowed.fullmatch(value):
                missing = value is None and kind == "metadata"
                fault = "is missing" if missing else "is not valid"
                raise InvalidRequest(f'the {kind} value "{name}" {fault}')
            return value

        return PLACEHOLDER.sub(filled, text)

    def _typed(self, name: str) -> str | None:
        value, declared = self.values.get(name, ""), self.config.connection_config.get(name)
        return value if declared and declared.accepts(value) else None

    def _known(self, name: str) -> str | None:
        return as_text(dig(self.metadata, name))
