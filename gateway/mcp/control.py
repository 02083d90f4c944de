"""Tools of the gateway itself, beside those of connectors: discovery, and links for people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from connectors.tooling import Effect
from gateway.mcp.principal import Principal

Problem = dict[str, Any]
"""The members of a problem document (RFC 9457), with the facts of its error."""
Describe = Callable[[BaseException, Principal], Problem]
"""Describes an error to a principal; links in it are for that person alone."""
May = Callable[[Principal], Awaitable[bool]]
"""Says whether a principal has a tool."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """A tool of the gateway. ``run`` returns a value of ``output`` as JSON, or raises.

    For a principal whom ``may`` denies it, it does not exist.
    """

    name: str
    title: str
    description: str
    args: type[BaseModel]
    output: Mapping[str, Any]
    run: Callable[[Principal, Any], Awaitable[dict[str, Any]]]
    effect: Effect = "read"
    may: May | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Surface:
    """The parts that the web layer adds: descriptions of errors, and the controls."""

    describe: Describe
    controls: Sequence[Control]
