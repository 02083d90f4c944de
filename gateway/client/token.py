"""A working access token and how to use it. Printing, logging or pickling one shows no secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

from gateway.client.connection import Connection, read_connection
from gateway.client.fields import Fields

MASK = "***"

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2: token
_HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


class SecretValues(Mapping[str, str]):
    """A read-only mapping with masked values in the repr. ``dict(…)`` of it has plain values."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{name!r}: {MASK}" for name in self._values) + "}"

    def __reduce__(self) -> NoReturn:
        _refuse_to_serialise(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """How to call the provider: what each request carries, the credential included.

    ``headers`` is complete. ``query`` are parameters of the address, and ``body`` members of the
    JSON body; both are empty unless the provider wants its credential there.
    """

    base_url: str | None
    headers: SecretValues = field(hash=False)
    query: SecretValues = field(hash=False)
    body: SecretValues = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token that works now.

    ``expires_at`` is aware and in UTC; None means unknown or never. Do not keep a token: ask the
    gateway each time, it answers from its store.
    """

    access_token: str
    token_type: str
    expires_at: datetime | None
    scopes: tuple[str, ...]
    api: Api
    connection: Connection

    @property
    def authorization(self) -> str:
        """The value of an ``Authorization`` header.

        The scheme is Bearer (RFC 6750) even if a provider calls its token type something else, as
        Slack does (``bot``). A few providers want another header: prefer ``api.headers``.
        """
        return f"Bearer {self.access_token}"

    def __repr__(self) -> str:
        return (
            f"Token(access_token={MASK}, token_type={self.token_type!r}, "
            f"expires_at={self.expires_at!r}, scopes={self.scopes!r}, api={self.api!r}, "
            f"connection={self.connection!r})"
        )

    def __reduce__(self) -> NoReturn:
        _refuse_to_serialise(self)


def _refuse_to_serialise(secret: object) -> NoReturn:
    # Caches, task queues and deepcopy would write the secret in plain text.
    raise TypeError(
        f"{type(secret).__name__} holds a secret and cannot be pickled or copied: "
        "pass the user's id on and ask the gateway again"
    )


def read_token(fields: Fields) -> Token:
    """Read the answer of ``/token`` and ``/refresh``, or raise ``WrongShape``."""
    api = fields.record("api")
    headers = api.mapping("headers")
    for name, value in headers.items():
        # A line break in a name or value would start another header.
        valid = isinstance(value, str) and _HEADER_VALUE.fullmatch(value)
        if not valid or not _HEADER_NAME.fullmatch(name):
            raise api.wrong("headers", "a set of HTTP headers")
    return Token(
        access_token=fields.header_text("access_token"),
        token_type=fields.header_text("token_type"),
        expires_at=fields.optional("expires_at", fields.moment),
        scopes=fields.texts("scopes"),
        api=Api(
            base_url=api.optional("base_url", api.text),
            headers=SecretValues(headers),
            query=SecretValues(api.text_mapping("query")),
            body=SecretValues(api.text_mapping("body")),
        ),
        connection=read_connection(fields.record("connection")),
    )
