"""Connectors that are described while the process runs: APIs that a tenant added by URL.

A file of the catalog was reviewed by people; such a description was derived from a document that
nobody here wrote. Two things are wider than in the catalog: there may be several ways to paste
values (``keys``, by the slug of their template), and an address may be plain ``http`` (the egress
policy decides about those). Everything else is narrower: no text has a placeholder but those that
the gateway itself put in.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from connectors.config import Connector, ConnectorBase, ConnectorConfig, KeyConnectorConfig
from connectors.inputs import INPUT_NAME
from connectors.key_method import KeyMethod
from connectors.kinds import kind_problems
from connectors.placeholders import BASIC, PLACEHOLDER

TEMPLATE = "template"
"""The value of a connection that names its key method, where there are several."""
OPEN = "-"
"""The template of a connection that needs nothing."""
UNNAMED = "grant:"
"""The prefix of account ids that the gateway makes up, as the provider tells none."""
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*--[a-z0-9]{1,32}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""A token of RFC 9110 5.6.2."""
_TEXT = re.compile(r"[ -~]*")
_URL = re.compile(r"[!#$&-;=?-Z_a-z~%\[\]]+")
_OURS = frozenset(
    {
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Header fields that no credential stands in."""


@dataclass(frozen=True, kw_only=True)
class AddedConnector(ConnectorConfig):
    """An API of a tenant with OAuth 2, and perhaps with pasted keys.

    Without ``has_app``, its client id leads nowhere: an app of the tenant takes its place.
    ``open_key`` is the way to call it with nothing pasted, if there is one. ``finds_app``: an app
    is found or registered when somebody connects.
    """

    keys: Mapping[str, KeyMethod] = field(default_factory=dict)
    open_key: KeyMethod | None = None
    has_app: bool = False
    finds_app: bool = False

    def problems(self) -> list[str]:
        return [*_problems(self), *_oauth_problems(self)]

    @cached_property
    def key_alone(self) -> KeyConnectorConfig | None:
        key = self.key or self.open_key
        if key is None:
            return None
        shared = {each.name: getattr(self, each.name) for each in dataclasses.fields(ConnectorBase)}
        return AddedKeyConnector(**shared, key=key, keys=self.keys, open_key=self.open_key)


@dataclass(frozen=True, kw_only=True)
class AddedKeyConnector(KeyConnectorConfig):
    """An API of a tenant with pasted keys alone, or without any (``open_key``)."""

    keys: Mapping[str, KeyMethod] = field(default_factory=dict)
    open_key: KeyMethod | None = None

    def problems(self) -> list[str]:
        return list(_problems(self))


Added = AddedConnector | AddedKeyConnector


def keys_of(config: Connector) -> Mapping[str, KeyMethod]:
    """Return the ways to paste values, by the slug of their template; "" for the only one."""
    if isinstance(config, (AddedConnector, AddedKeyConnector)):
        return config.keys
    return {} if config.key is None else {"": config.key}


def key_named(config: Connector, template: str | None) -> KeyMethod | None:
    """Return the way to paste values of that template; catalog connectors have one at most."""
    if not isinstance(config, (AddedConnector, AddedKeyConnector)):
        return config.key
    return config.open_key if template == OPEN else config.keys.get(template or "")


def open_key_of(config: Connector) -> KeyMethod | None:
    """Return the way to call the API without any credential, if there is one."""
    return config.open_key if isinstance(config, (AddedConnector, AddedKeyConnector)) else None


def _problems(config: Any) -> Iterator[str]:
    yield from kind_problems(config)
    if not NAME.fullmatch(config.name) or len(config.name) > 80:
        yield f'name "{config.name}" is not a slug and a tag'
    for name in ("display_name", "description"):
        if not getattr(config, name).isprintable():
            yield f"{name} has characters that are not for people"
    yield from (f"api_base_url {problem}" for problem in _url(config.api_base_url))
    methods = [*config.keys.items(), *([("", config.open_key)] if config.open_key else [])]
    for slug, key in methods:
        yield from (f"keys.{slug} {problem}" for problem in _key_problems(key))


def _oauth_problems(config: Any) -> Iterator[str]:
    for name in ("authorization_url", "token_url", "refresh_url", "revocation_url"):
        if (url := getattr(config, name)) is not None:
            yield from (f"{name} {problem}" for problem in _url(url, with_query=True))
    for scope in config.scopes:
        if not re.fullmatch(r"[!#-\[\]-~]+", scope):
            yield "scopes has one that no scope can be (RFC 6749 3.3)"
    if not config.use_pkce:
        yield "use_pkce is False"


def _key_problems(key: KeyMethod) -> Iterator[str]:
    for name in key.inputs:
        if not INPUT_NAME.fullmatch(name) or name == TEMPLATE:
            yield f'inputs "{name}" is not a plain name in lower case'
    for name, text in key.api_headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in _OURS:
            yield f'api_headers "{name}" is no header for a credential'
        yield from _text_problems(text, key)
    for name, text in key.api_query.items():
        if not name.isprintable() or not name:
            yield "api_query has a parameter without a name"
        yield from _text_problems(text, key)
    for text in key.api_basic or ():
        yield from _text_problems(text, key)
    if key.token is not None:
        yield from (f"token.url {problem}" for problem in _url(key.token.url, with_query=False))


def _text_problems(text: str, key: KeyMethod) -> Iterator[str]:
    known = {*key.inputs, *(["access_token"] if key.token else [])}
    names = [name for each in PLACEHOLDER.findall(text) for name in _names(each)]
    if not _TEXT.fullmatch(text) or "${" in PLACEHOLDER.sub("", text) or not known >= {*names}:
        yield "has a text with characters that no header has, or with another placeholder"


def _names(placeholder: str) -> Iterator[str]:
    basic = BASIC.fullmatch(placeholder)
    yield from filter(None, basic.groups()) if basic else [placeholder]


def _url(url: str, *, with_query: bool = False) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        yield "is not a URL"
        return
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        yield "is not an https URL"
    if not _URL.fullmatch(url) or "${" in url:
        yield "has a character that no URL has"
    if "@" in parts.netloc or parts.fragment or (parts.query and not with_query):
        yield "has user information, a fragment or a query"
