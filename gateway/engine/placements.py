"""Put a credential into its places: headers, query, body and address of an API call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.config import Connector
from connectors.key_method import KeyMethod
from connectors.secret import Secret
from gateway.engine.templates import Filler


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """What is added to an API call: any part may hold a credential, ``base_url`` too.

    ``constant_headers`` are the lower-case names of headers that hold no value of the connection.
    """

    base_url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    query: dict[str, str] = field(repr=False)
    body: dict[str, str] = field(repr=False)
    constant_headers: frozenset[bytes] = frozenset()


def placed(
    config: Connector, key: KeyMethod, values: Mapping[str, str], token: Secret | None
) -> Placed:
    """Fill the places of ``key``. ``token`` is what the values were exchanged for, if they were.

    Raises ``InvalidRequest`` if a value is missing or does not fit its place.
    """
    filler = filler_of(key, values, token)
    return Placed(
        base_url=filler.url(config.api_base_url),
        headers=headers_of(filler, key.api_headers, key.api_basic),
        query=filler.parameters(key.api_query),
        body=filler.parameters(key.api_body),
        constant_headers=constants_in(key.api_headers),
    )


def constants_in(templates: Mapping[str, str]) -> frozenset[bytes]:
    """Return the lower-case names of the headers without a placeholder."""
    return frozenset(name.lower().encode() for name, text in templates.items() if "${" not in text)


def filler_of(key: KeyMethod, values: Mapping[str, str], token: Secret | None = None) -> Filler:
    """Return the filler for the texts of ``key``."""
    own = {} if token is None else {"access_token": token.reveal()}
    return Filler(inputs=key.inputs, typed=values, own=own, pasted=True)


def headers_of(
    filler: Filler, templates: Mapping[str, str], basic: tuple[str, str] | None
) -> dict[str, str]:
    """Return the header fields, HTTP Basic among them."""
    found = filler.headers(templates)
    return found if basic is None else found | {"Authorization": filler.basic(*basic)}
