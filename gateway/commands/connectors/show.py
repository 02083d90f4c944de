"""``connectors show``: everything that registering an app for a connector needs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from connectors.config import Connector, ConnectorConfig
from connectors.errors import ConfigError
from connectors.key_method import KeyMethod
from gateway.commands.connectors.known import Entry, Known
from gateway.testing.header import read_header

_TEXT_WIDTH = 80
_AUTHENTICATION = {
    "body": "client id and secret in the body",
    "header": "client id and secret as HTTP Basic",
    "header_raw": "client id and secret as HTTP Basic, not form-encoded",
    "secret_key": "the secret alone",
    "none": "the client id alone: a public client",
}
_ENDPOINTS = {
    "authorization_url": "Authorization",
    "token_url": "Token",
    "refresh_url": "Refresh",
    "revocation_url": "Revocation",
    "introspection_url": "Introspection",
}


def facts(known: Known, entry: Entry) -> dict[str, Any]:
    """Describe a connector without variables' values; raises ``ConfigError`` if that fails."""
    config = entry.config
    if config is None:
        raise ConfigError(f"{entry.name}: {entry.reason}")
    if not isinstance(config, ConnectorConfig):
        return _common(known, entry, config)
    header = read_header(known.header(entry.name) or "")
    return {
        **_common(known, entry, config),
        "redirect_uri": known.redirect_uri(entry.name),
        "variables": dict(entry.variables),
        "endpoints": {name: getattr(config, name) for name in _ENDPOINTS},
        "scopes": [*config.scopes],
        "scopes_why": header.scopes,
        "authentication": config.authorization_method,
        "body_format": config.body_format,
        "use_pkce": config.use_pkce,
        "supports_refresh": config.supports_refresh,
        "revocation": _revocation(config),
        "inputs": {
            key: {"title": part.title, "description": part.description, "example": part.example}
            for key, part in config.connection_config.items()
        },
    }


def _common(known: Known, entry: Entry, config: Connector) -> dict[str, Any]:
    """What is known of every connector."""
    header = read_header(known.header(entry.name) or "")
    return {
        "name": entry.name,
        "display_name": config.display_name,
        "description": config.description,
        "alias": config.alias,
        "category": config.category,
        "from": entry.origin,
        "location": entry.location,
        "ready": entry.reason is None,
        "reason": entry.reason,
        "docs_url": config.docs_url,
        "console_url": config.console_url,
        "checked_on": config.checked_on.isoformat(),
        "api_base_url": config.api_base_url,
        "api_hosts": [*config.api_hosts],
        "supports_multiple_accounts": config.supports_multiple_accounts,
        "key": None if config.key is None else _key(config.key),
        "quirks": [*header.quirks],
        "notes": [*header.notes],
        "unconfirmed": [*header.unconfirmed],
    }


def _key(key: KeyMethod) -> dict[str, Any]:
    """What is pasted, where it goes, and what checks it."""
    basic = {} if key.api_basic is None else {"basic": ":".join(key.api_basic)}
    return {
        "inputs": {name: part.title for name, part in key.inputs.items()},
        "sent_as": {**key.api_headers, **key.api_query, **key.api_body, **basic},
        "checked_by": None if key.verify is None else key.verify.url,
        "exchanged_at": None if key.token is None else key.token.url,
    }


def shown(known: Known, entry: Entry) -> Iterator[str]:
    """The same for people, line by line. Raises ``ConfigError``."""
    found = facts(known, entry)
    yield f"{found['display_name']} ({entry.name})"
    yield ""
    for title, texts in _paragraphs(found, entry):
        lines = [line for text in texts for line in _wrapped(text)]
        for number, line in enumerate(lines):
            yield f"{'' if number else title:<16}  {line}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)


def _revocation(config: ConnectorConfig) -> dict[str, Any] | None:
    if config.revocation_url is None:
        return None
    shape = config.revocation
    return {"method": shape.method, "authentication": shape.auth, "token": shape.token}


def _paragraphs(found: dict[str, Any], entry: Entry) -> Iterator[tuple[str, list[str]]]:
    if found["description"]:
        yield "For", [found["description"]]
    yield "State", [entry.state]
    yield "From", [f"{entry.origin}, {entry.location}"]
    if found["alias"]:
        yield "Alias", [found["alias"]]
    yield "Category", [found["category"]]
    yield "Docs", [found["docs_url"]]
    if found["key"] is not None:
        yield from _key_paragraphs(found["key"])
    if "endpoints" not in found:
        yield "Find a key", [found["console_url"]]
        yield "API", [found["api_base_url"], *found["api_hosts"]]
        yield from _last_paragraphs(found)
        return
    yield "Register an app", [found["console_url"]]
    yield "Redirect URI", [found["redirect_uri"]]
    yield (
        "Variables",
        [
            f"{name}  {'set' if is_set else 'not set'}"
            for name, is_set in found["variables"].items()
        ],
    )
    for name, title in _ENDPOINTS.items():
        if found["endpoints"][name]:
            yield title, [found["endpoints"][name]]
    yield "API", [found["api_base_url"], *found["api_hosts"]]
    yield "Scopes", [*(found["scopes"] or ["none"]), *filter(None, [found["scopes_why"]])]
    yield (
        "Authentication",
        [f"{_AUTHENTICATION[found['authentication']]}; the body is {found['body_format']}"],
    )
    yield "PKCE", ["S256" if found["use_pkce"] else "not used"]
    yield "Refresh tokens", ["yes" if found["supports_refresh"] else "no"]
    yield "Several accounts", ["yes" if found["supports_multiple_accounts"] else "no"]
    yield "Disconnecting", [_revocation_words(found["revocation"])]
    yield (
        "Inputs",
        [f"{key}: {part['title']}, e.g. {part['example']}" for key, part in found["inputs"].items()]
        or ["none"],
    )
    yield from _last_paragraphs(found)


def _key_paragraphs(key: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    yield "Pasted", [f"{name}: {title}" for name, title in key["inputs"].items()]
    yield "Sent as", [f"{name}: {text}" for name, text in key["sent_as"].items()]
    for title in ("checked_by", "exchanged_at"):
        if key[title] is not None:
            yield title.replace("_", " ").capitalize(), [key[title]]


def _last_paragraphs(found: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    yield "Checked on", [found["checked_on"]]
    yield "Quirks", [f"{n}. {quirk}" for n, quirk in enumerate(found["quirks"], 1)] or ["none"]
    if found["notes"]:
        yield "Notes", found["notes"]
    if found["unconfirmed"]:
        yield "Unconfirmed", found["unconfirmed"]


def _revocation_words(shape: dict[str, Any] | None) -> str:
    if shape is None:
        return "the provider has none; disconnecting forgets the tokens here"
    token = f"sends the {shape['token']}" if shape["token"] else "sends no token in the body"
    return f"{shape['method']}, {token}, authenticated by {shape['authentication']}"
