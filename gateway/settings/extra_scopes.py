"""Scopes that an operator adds to a connector's own: ``OAUTH_<NAME>_EXTRA_SCOPES``.

A connector asks for the least that is useful; what an organisation's tools need beyond that is
theirs to say, and no reason to change a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gateway.errors import SettingsError

_VARIABLE = re.compile(r"OAUTH_([A-Z0-9_]+)_EXTRA_SCOPES")
_SCOPE = re.compile(r"[!#-+\--\[\]-~]+")
"""RFC 6749 3.3, without the comma that separates."""


def read_extra_scopes(env: Mapping[str, str], names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Connector -> further scopes, separated by spaces or commas in ``env``.

    Raises ``SettingsError`` for a variable that names no connector of ``names``, or for what is no
    scope: a typo must not pass as "not set".
    """
    connectors = {name.upper().replace("-", "_"): name for name in names}
    found = {}
    for variable, text in env.items():
        match = _VARIABLE.fullmatch(variable)
        if match is None or not text.strip():
            continue
        if match[1] not in connectors:
            raise SettingsError(f"{variable}: there is no connector of that name")
        scopes = tuple(re.findall(r"[^\s,]+", text))
        if not all(_SCOPE.fullmatch(scope) for scope in scopes):
            raise SettingsError(f"{variable}: scopes are separated by spaces or commas")
        found[connectors[match[1]]] = scopes
    return found
