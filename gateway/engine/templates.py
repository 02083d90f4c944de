"""Fill the placeholders of a description: ``${connection_config.x}``, ``${metadata.x}`` and others.

The values come from a person, a provider or the database, so each is checked twice: a typed value
must be right for its input, and every value must fit the place it goes to. A finished URL has the
template's scheme, host suffix, port and number of path segments, and nothing else (security H4). A
placeholder that nothing fills raises; it is never sent as text.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from connectors.account import as_text, dig
from connectors.config import ConnectorConfig
from connectors.inputs import ConnectionInput, is_below
from connectors.placeholders import BASIC, PLACEHOLDER
from gateway.errors import InvalidRequest

NOTHING: Mapping[str, Any] = MappingProxyType({})
_HOST_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?|[a-z0-9_]")
_ORIGIN = re.compile(r"\$\{metadata\.([^}]+)\}")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_PATH_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]{1,255}")
_PASTED_SEGMENT = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@-]{1,4096}")
"""All characters of a path segment (RFC 3986 3.3) that need no encoding: keys have colons."""
_PATH = re.compile(r"[A-Za-z0-9._~/-]+")
_PARAMETER = re.compile(r"[^\ud800-\udfff]{1,4096}")
"""Any text: a query and a body are encoded."""
_HEADER_VALUE = re.compile(r"[!-~](?:[ -~]{0,4094}[!-~])?")

_FILLED = (
    "extra_authorize_params",
    "extra_token_params",
    "extra_refresh_params",
    "token_query",
    "refresh_query",
    "token_headers",
)
"""The fields whose constants may hold typed values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """The values that placeholders stand for.

    ``typed`` are the values of ``inputs``; ``own`` those that the gateway itself names, such as
    ``access_token``. ``pasted`` says that they belong to a ``KeyMethod``, where ``${x}`` is the
    value of the input ``x``.
    """

    inputs: Mapping[str, ConnectionInput]
    typed: Mapping[str, str] = field(repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    own: Mapping[str, str] = field(default_factory=dict, repr=False)
    pasted: bool = False

    def text(
        self,
        template: str,
        place: re.Pattern[str] = _PARAMETER,
        *,
        wide: re.Pattern[str] | None = None,
        encode: bool = False,
    ) -> str:
        """Return ``template`` with its values; raises ``InvalidRequest`` if one does not fit.

        ``place`` is what a value may be; ``wide`` is what one may be that was reviewed as a whole:
        a choice, or a typed host. ``encode`` is for the query of an address.
        """

        def filled(match: re.Match[str]) -> str:
            name = match[1]
            value, allowed = self.value(name), (wide if self._is_wide(name) else None) or place
            own = name in self.own or BASIC.fullmatch(name)
            if not value or not (own or allowed.fullmatch(value)):
                kind, dot, key = name.partition(".")
                missing = value is None and kind == "metadata"
                fault = "is missing" if missing else "is not valid"
                named = f'{kind} value "{key}"' if dot and not self.pasted else f'value "{name}"'
                raise InvalidRequest(f"the {named} {fault}")
            return quote(value, safe="") if encode else value

        return PLACEHOLDER.sub(filled, template)

    def parameters(self, templates: Mapping[str, str], *, partly: bool = False) -> dict[str, str]:
        """Return parameters with their values, without optional ones that were left empty.

        ``partly``: those with metadata that is not known yet are left out, too.
        """
        return self._members(templates, _PARAMETER, partly=partly)

    def headers(self, templates: Mapping[str, str], *, partly: bool = False) -> dict[str, str]:
        """Do the same for headers."""
        return self._members(templates, _HEADER_VALUE, partly=partly)

    def _members(
        self, templates: Mapping[str, str], place: re.Pattern[str], *, partly: bool
    ) -> dict[str, str]:
        return {
            name: self.text(template, place)
            for name, template in templates.items()
            if "${" not in template or not self._is_left_out(template, partly)
        }

    def url(self, template: str) -> str:
        """Return an address: no value reaches beyond its host label, path segment or query value.

        Raises ``InvalidRequest`` if a value does not fit.
        """
        if "${" not in template:
            return template
        parts = urlsplit(template)
        netloc = self.text(parts.netloc, _HOST_LABEL, wide=_HOST)
        return self.joined(parts, netloc)

    def joined(self, parts: SplitResult, netloc: str) -> str:
        """Return the address with this host and the filled path and query of ``parts``."""
        segment = _PASTED_SEGMENT if self.pasted else _PATH_SEGMENT
        path = self.text(parts.path, segment, wide=_PATH)
        query = self.text(parts.query, encode=True)
        url = f"{parts.scheme}://{netloc}{path}{'?' if query else ''}{query}"
        again = urlsplit(url)
        if (
            (again.scheme, again.netloc, again.path, again.query, again.fragment)
            != (parts.scheme, netloc, path, query, "")
            or again.hostname != netloc.partition(":")[0]
            or "@" in netloc
            or not {".", ".."}.isdisjoint(path.split("/"))
        ):
            raise InvalidRequest("the connection_config changes more of the URL than it may")
        return url

    def basic(self, user: str, password: str) -> str:
        """Return the credentials of HTTP Basic (RFC 7617) from two templates."""
        filled = self.parameters({"user": user, "password": password})
        if (value := _basic(filled.get("user", ""), filled.get("password", ""))) is None:
            raise InvalidRequest("the user name of HTTP Basic may not hold a colon")
        return f"Basic {value}"

    def value(self, placeholder: str) -> str | None:
        """Return the value of a placeholder, ``None`` if it has none."""
        if basic := BASIC.fullmatch(placeholder):
            user, password = (self.value(name) if name else "" for name in basic.groups())
            return None if user is None or password is None else _basic(user, password)
        if (named := self._named(placeholder)) is not None:
            return self._typed(*named)
        kind, _, name = placeholder.partition(".")
        return (
            as_text(dig(self.metadata, name)) if kind == "metadata" else self.own.get(placeholder)
        )

    def _named(self, placeholder: str) -> tuple[str, str] | None:
        """Return the name of an input, and of the value of its choice; ``None`` for all others."""
        kind, _, name = placeholder.partition(".")
        if kind == "connection_config":
            input_name, _, part = name.partition(".")
            return input_name, part
        return (kind, name) if self.pasted and kind in self.inputs else None

    def _typed(self, name: str, part: str) -> str | None:
        declared = self.inputs.get(name)
        if declared is None:
            return None
        value = self.typed.get(name, declared.default or "")
        if not declared.accepts(value):
            return None
        return declared.choices.get(value, NOTHING).get(part) if part else value

    def _is_wide(self, placeholder: str) -> bool:
        named = self._named(placeholder)
        wanted = self.inputs.get(named[0]) if named else None
        return wanted is not None and bool(wanted.choices or wanted.hosts)

    def _is_left_out(self, template: str, partly: bool) -> bool:
        if not (self.inputs or partly):
            return False
        for placeholder in PLACEHOLDER.findall(template):
            named = self._named(placeholder)
            wanted = self.inputs.get(named[0]) if named else None
            if named and wanted and wanted.default == "" and not self.typed.get(named[0]):
                return True
            if partly and placeholder.startswith("metadata.") and self.value(placeholder) is None:
                return True
        return False


def _basic(user: str, password: str) -> str | None:
    """Return user and password as HTTP Basic sends them; ``None`` if the user has a colon."""
    pair = f"{user}:{password}".encode()
    return None if ":" in user else base64.b64encode(pair).decode()


def render_url(
    template: str,
    config: ConnectorConfig,
    values: Mapping[str, str],
    metadata: Mapping[str, Any] = NOTHING,
    own: Mapping[str, str] = NOTHING,
) -> str:
    """Fill the placeholders of ``template`` from the connection_config ``values`` and ``metadata``.

    ``own`` are values that the gateway itself names; each is one path segment at most. Raises
    ``InvalidRequest`` if a value is missing, is not right for its input, or would change more than
    its host label, path segment or query value.
    """
    if "${" not in template:
        return template
    parts = urlsplit(template)
    named = {name: quote(value, safe="") for name, value in own.items()}
    filler = Filler(inputs=config.connection_config, typed=values, metadata=metadata, own=named)
    if origin := _ORIGIN.fullmatch(parts.netloc):
        return filler.joined(parts, _host_of(origin[1], config, metadata))
    return filler.url(template)


def _host_of(name: str, config: ConnectorConfig, metadata: Mapping[str, Any]) -> str:
    """Return the host that an answer names as a host or an https origin; ``api_hosts`` covers it.

    Raises ``InvalidRequest`` for any other, and for a port, user information or a path.
    """
    value = as_text(dig(metadata, name))
    if value is None:
        raise InvalidRequest(f'the metadata value "{name}" is missing')
    host = value.removeprefix("https://").removesuffix("/").lower()
    if not _HOST.fullmatch(host) or not is_below(host, config.api_hosts):
        raise InvalidRequest(f'the metadata value "{name}" is no host of api_hosts')
    return host


def sample_url(template: str, config: ConnectorConfig) -> str:
    """Return ``template`` with a right value for each input."""
    samples = {name: wanted.sample for name, wanted in config.connection_config.items()}
    return render_url(template, config, samples)


def filled(
    config: ConnectorConfig, values: Mapping[str, str], metadata: Mapping[str, Any] | None = None
) -> ConnectorConfig:
    """Return ``config`` with the values of a connection in the constants of its requests.

    Without ``metadata``, which is before the callback, constants that need it are left out.
    """
    changed = [name for name in _FILLED if any("${" in v for v in getattr(config, name).values())]
    if not changed:
        return config
    partly = metadata is None
    filler = Filler(inputs=config.connection_config, typed=values, metadata=metadata or NOTHING)
    other = copy(config)  # not replace(): the description has been reviewed, and stays so
    for name in changed:
        fill = filler.headers if name == "token_headers" else filler.parameters
        object.__setattr__(
            other, name, MappingProxyType(fill(getattr(config, name), partly=partly))
        )
    return other
