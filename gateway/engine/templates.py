"""URLs with ``${connection_config.x}`` in them.

The values come from a person or from storage and end up in a host name, so they are checked twice:
the value must match its declared pattern completely, and the finished URL must still have the
template's scheme, host suffix, port and nothing else (security H4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from connectors.config import PLACEHOLDER, ConnectorConfig
from gateway.errors import InvalidRequest

_HOST_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?|[a-z0-9_]")
_PATH_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]{1,255}")


def read_connection_config(config: ConnectorConfig, typed: Mapping[str, str]) -> dict[str, str]:
    """What a person typed, normalised and checked against the connector's inputs.

    Raises ``InvalidRequest`` with one message per input that is missing, unknown or does not match.
    """
    errors = {
        name: "is not an input of this connector"
        for name in typed.keys() - config.connection_config.keys()
    }
    values = {}
    for name, wanted in config.connection_config.items():
        value = wanted.normalise(typed.get(name, ""))
        if not value:
            errors[name] = f"Please fill in: {wanted.title}."
        elif not re.fullmatch(wanted.pattern, value):
            errors[name] = f"This does not look right. Example: {wanted.example}{wanted.suffix}"
        values[name] = value
    if errors:
        raise InvalidRequest("the connection_config is not valid", errors)
    return values


def render_url(template: str, config: ConnectorConfig, values: Mapping[str, str]) -> str:
    """``template`` with its placeholders filled in from ``values``.

    Raises ``InvalidRequest`` if a value does not match its pattern, or would change anything but
    the host label or path segment it stands for.
    """
    if "${" not in template:
        return template
    parts = urlsplit(template)
    netloc = _substitute(parts.netloc, config, values, _HOST_LABEL)
    path = _substitute(parts.path, config, values, _PATH_SEGMENT)
    url = f"{parts.scheme}://{netloc}{path}"
    again = urlsplit(url)
    if (again.scheme, again.netloc, again.path, again.query, again.fragment) != (
        parts.scheme, netloc, path, "", "",
    ) or again.hostname != netloc.partition(":")[0] or "@" in netloc:  # fmt: skip
        raise InvalidRequest("the connection_config changes more of the URL than it may")
    return url


def _substitute(
    text: str, config: ConnectorConfig, values: Mapping[str, str], allowed: re.Pattern[str]
) -> str:
    def value_of(match: re.Match[str]) -> str:
        name = match[1].removeprefix("connection_config.")
        value = values.get(name, "")
        if not re.fullmatch(config.connection_config[name].pattern, value) or not allowed.fullmatch(
            value
        ):
            raise InvalidRequest(f'the connection_config value "{name}" is not valid')
        return value

    return PLACEHOLDER.sub(value_of, text)
