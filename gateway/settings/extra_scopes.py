"""Extra scopes that an operator adds to a connector's: ``OAUTH_<NAME>_EXTRA_SCOPES``.

A connector requests the least useful set of scopes. An organisation whose tools need more sets this
variable and changes no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gateway.errors import SettingsError

_VARIABLE = re.compile(r"OAUTH_([A-Z0-9_]+)_EXTRA_SCOPES")
_SCOPE = re.compile(r"[!#-+\--\[\]-~]+")
"""A scope of RFC 6749 3.3, without the comma, which separates scopes here."""


def read_extra_scopes(env: Mapping[str, str], names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the extra scopes of each connector; ``env`` separates them by spaces or commas.

    Raises ``SettingsError`` if an entry is not a scope, or if a variable names no connector of
    ``names``: a typo must not pass as "not set".
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
