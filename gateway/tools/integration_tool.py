"""A tool that is an operation of an integration: its definition is data of a tenant.

Its arguments are checked against a JSON Schema that nobody here wrote: it may not reach any other
document, and a problem names its place and rule, never a value.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import jsonschema_rs

from connectors.tool_context import ApiAnswer
from gateway.engine.canonical import plain
from gateway.engine.integration import ApiRequest, Definition, Effect
from gateway.errors import InvalidArguments, ToolAnswerUnexpected
from gateway.observe.logs import get_logger

_log = get_logger()

MOST_PROBLEMS = 20
_PLAIN = re.compile(r"[A-Za-z0-9_.$-]{1,64}")

Send = Callable[[ApiRequest], Awaitable[ApiAnswer]]
"""Sends a request below the integration's base URL, with the credential of a connection.

It returns an answer of any status, of at most ``gateway.tools.context.MAX_ANSWER`` bytes; it raises
a ``GatewayError`` where there is none.
"""


class DefinitionChanged(Exception):
    """``run`` found another definition than the one that was pinned, and sent nothing.

    ``definition`` is the new one; ``None`` if the endpoint has the operation no more, or none that
    can be used. The tool is under ``ask`` until somebody accepts the new one.
    """

    def __init__(self, definition: Definition | None) -> None:
        self.definition = definition
        super().__init__("the operation is not what was accepted")


class ScopesWanted(Exception):
    """The endpoint refused ``run`` because the grant lacks some of these scopes."""

    def __init__(self, scopes: tuple[str, ...]) -> None:
        self.scopes = scopes
        super().__init__("the endpoint wants other scopes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """The result of an operation, as JSON for its output schema."""

    result: dict[str, Any] = field(repr=False)
    truncated: bool = False


Run = Callable[[Mapping[str, Any], Mapping[str, Any], Send], Awaitable[Ran]]
"""Runs the operation of a definition's ``call`` with arguments that fit its input schema."""


class Pin(StrEnum):
    """Whether a person accepted a definition: one that is new or changed asks before each call."""

    ACCEPTED = "accepted"
    NEW = "new"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class IntegrationTool:
    """What a tool of an integration does.

    ``connection`` is ``None`` if all connections have it, else the id of the one whose tool it is;
    empty for that of callers without any credential. With
    ``is_single``, a call is one request; else the requests that change nothing precede the one that
    does. ``digest`` is that of its definition alone. ``named_path`` is the path of its request for
    usage events, without what a caller typed.
    """

    name: str
    integration: str
    connection: str | None
    effect: Effect
    call: Mapping[str, Any] = field(repr=False)
    digest: str
    pin: Pin
    is_single: bool
    named_path: str
    run: Run = field(repr=False)
    _checks: list[Any] = field(default_factory=list, repr=False)

    def check(self, schema: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        """Raise ``InvalidArguments`` unless the arguments fit the input schema.

        Raises ``ToolAnswerUnexpected`` for a schema that no arguments can be checked against.
        """
        if not self._checks:
            self._checks.append(_validator(self.name, schema))
        validator = self._checks[0]
        if validator is None:
            raise ToolAnswerUnexpected
        problems = []
        try:
            for error in validator.iter_errors(dict(given)):
                problems.append((_place(error.instance_path), f"breaks the rule {_rule(error)}"))
                if len(problems) == MOST_PROBLEMS:
                    break
        except (ValueError, TypeError, RecursionError):
            problems = [("arguments", "cannot be checked: they are nested too deeply, or no JSON")]
        if problems:
            raise InvalidArguments(tuple(problems))


def _validator(name: str, schema: Mapping[str, Any]) -> Any:
    try:
        return jsonschema_rs.Draft202012Validator(
            plain(schema),
            offline=True,  # a reference reaches no other document
            validate_formats=False,
            # In linear time: the pattern is a stranger's.
            pattern_options=jsonschema_rs.RegexOptions(size_limit=1 << 20, dfa_size_limit=1 << 20),
        )
    except Exception as error:  # the library raises several kinds; none may end a call otherwise
        _log.warning("integration_schema_unusable", tool=name, error=type(error).__name__)
        return None


def _place(path: list[str | int]) -> str:
    """Name the place of a problem, down to a name that could be a value of the caller."""
    parts: list[str] = []
    for part in path:
        if isinstance(part, str) and not _PLAIN.fullmatch(part):
            parts.append("(unknown)")
            break
        parts.append(str(part))
    return ".".join(parts) or "arguments"


def _rule(error: Any) -> str:
    rule = getattr(error.kind, "name", "")
    return rule if _PLAIN.fullmatch(rule) else "of the schema"
