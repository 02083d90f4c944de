"""Put a credential into its places: headers, query, body and address of an API call."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connectors.config import Connector
from connectors.inputs import ConnectionInput
from connectors.key_method import KeyMethod
from connectors.key_review import input_of
from connectors.placeholders import PLACEHOLDER
from connectors.secret import Secret
from gateway.errors import InvalidRequest

_HEADER_TEXT = re.compile(r"[ -~]*")
_ANY_TEXT = re.compile(r"[^\x00-\x1f\x7f]*")
_HOST_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_PATH_SEGMENT = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@-]{1,4096}")
_CREDENTIAL = "access_token"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """What is added to an API call. All but ``base_url`` may hold credentials; so may that."""

    base_url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    query: dict[str, str] = field(repr=False)
    body: dict[str, str] = field(repr=False)


def placed(
    config: Connector, key: KeyMethod, values: Mapping[str, str], token: Secret | None
) -> Placed:
    """Fill the places of ``key``. ``token`` is what the values were exchanged for, if they were.

    Raises ``InvalidRequest`` if a value is missing or does not fit its place.
    """
    filler = Filler(key.inputs, values, token)
    return Placed(
        base_url=filler.url(config.api_base_url),
        headers=filler.headers(key.api_headers, key.api_basic),
        query=filler.members(key.api_query),
        body=filler.members(key.api_body),
    )


class Filler:
    """Fills the placeholders of a ``KeyMethod``. Each method raises ``InvalidRequest``."""

    def __init__(
        self,
        inputs: Mapping[str, ConnectionInput],
        values: Mapping[str, str],
        token: Secret | None = None,
    ) -> None:
        self._inputs = inputs
        self._values = values
        self._token = token

    def headers(
        self, templates: Mapping[str, str], basic: tuple[str, str] | None
    ) -> dict[str, str]:
        """Return the header fields, HTTP Basic (RFC 7617) among them."""
        found = self.members(templates, _HEADER_TEXT)
        if basic is not None:
            user, password = (self._text(each, _ANY_TEXT) or "" for each in basic)
            if ":" in user:
                raise InvalidRequest("the user name of HTTP Basic may not hold a colon")
            found["Authorization"] = (
                f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
            )
        return found

    def members(
        self, templates: Mapping[str, str], fits: re.Pattern[str] = _ANY_TEXT
    ) -> dict[str, str]:
        """Return the filled texts. One whose optional input is empty is left out."""
        texts = {name: self._text(text, fits) for name, text in templates.items()}
        return {name: text for name, text in texts.items() if text is not None}

    def url(self, template: str) -> str:
        """Return the filled address: no value reaches beyond its host label or path segment."""
        if "${" not in template:
            return template
        parts = urlsplit(template)
        netloc = PLACEHOLDER.sub(lambda match: self._host(match[1]), parts.netloc)
        path = PLACEHOLDER.sub(lambda match: self._required(match[1], _PATH_SEGMENT), parts.path)
        if {".", ".."} & {*path.split("/")}:
            raise InvalidRequest("a value changes more of the URL than it may")
        return f"{parts.scheme}://{netloc}{path}"

    def _text(self, template: str, fits: re.Pattern[str]) -> str | None:
        values = {name: self._value(name, fits) for name in PLACEHOLDER.findall(template)}
        if any(value == "" for value in values.values()):
            return None
        return PLACEHOLDER.sub(lambda match: values[match[1]], template)

    def _host(self, placeholder: str) -> str:
        declared = self._inputs.get(input_of(placeholder)[0])
        is_closed = declared is not None and (declared.choices or declared.hosts)
        return self._required(placeholder, _HOST if is_closed else _HOST_LABEL)

    def _required(self, placeholder: str, fits: re.Pattern[str]) -> str:
        if value := self._value(placeholder, fits):
            return value
        raise InvalidRequest(f'the value "{placeholder}" is missing')

    def _value(self, placeholder: str, fits: re.Pattern[str]) -> str:
        """Return a value that fits; ``""`` only for an optional input that is empty."""
        if placeholder == _CREDENTIAL and self._token is not None:
            value: str | None = self._token.reveal()
        else:
            value = self._typed(*input_of(placeholder))
        if value is None or not fits.fullmatch(value):
            raise InvalidRequest(f'the value "{placeholder}" is missing or not valid')
        return value

    def _typed(self, name: str, dot: str, member: str) -> str | None:
        declared = self._inputs.get(name)
        if declared is None:
            return None
        value = self._values.get(name, declared.default or "")
        if not declared.accepts(value):
            return None
        return declared.choices[value].get(member) if dot else value
