"""The arguments of tools that are functions, and the answers and errors that they meet."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class ToolFailed(Exception):
    """The tool could not do what was asked. ``code`` is for programs, ``message`` for people.

    Neither may hold a secret: the caller of the tool gets both. ``status`` is the provider's.
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        self.code = code
        self.message = message
        self.status = status
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiAnswer:
    """A provider's answer. ``headers`` have lower-case names."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """The body as JSON. Raises ``ToolFailed`` (``answer_not_json``)."""
        try:
            return jsonlib.loads(self.content)
        except (ValueError, RecursionError):
            raise ToolFailed("answer_not_json", "the provider's answer is not JSON") from None


class ToolContext(Protocol):
    """What a tool's function may do, for one call."""

    @property
    def user(self) -> str: ...

    @property
    def tenant(self) -> str: ...

    @property
    def project(self) -> str | None:
        """A name that the caller gave to what the call belongs to."""
        ...

    @property
    def owner(self) -> str | None:
        """Whose connection is used: ``user``, ``org`` or ``platform``; ``None``: the first."""
        ...

    async def fetch(
        self,
        connector: str,
        method: str,
        path: str,
        *,
        host: str | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        content_type: str = "",
        reads: bool = False,
    ) -> ApiAnswer:
        """Call the API of a connector that the tool needs; the gateway adds the credential.

        ``path`` is below the connector's ``api_base_url``; what is put into it must be quoted with
        ``urllib.parse.quote(value, safe="")``. ``content`` is a body of another kind than JSON and
        form, of the ``content_type``. ``reads`` marks a POST that changes nothing. Returns
        an answer of 2xx; raises ``ToolFailed`` for another one.
        """
        ...

    async def get_connector_token(self, connector: str) -> str:
        """Return an access token or key; the audit says so."""
        ...

    def audit(self, action: str, details: Mapping[str, str | int | bool]) -> None:
        """Add to the call's audit line. ``details`` must hold nothing that the user typed."""
        ...

    def progress(self, done: float, total: float | None = None, message: str = "") -> None:
        """Tell how far the call is, to whoever listens."""
        ...
