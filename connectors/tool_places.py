"""Where the arguments of an ``HttpTool`` go: the path, the query, a header, the body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

_NAMED = re.compile(r"\{([^{}]*)\}")
_STEP = re.compile(r"([^.\s\[\]]+)|\[(\d{1,2})\]")
_NO_BODY = ("GET", "HEAD", "DELETE")
Place = Literal["path", "query", "header", "body"]


@dataclass(frozen=True, slots=True)
class In:
    """Where an argument goes: ``Annotated[str, In("body", "variables.input.title")]``.

    ``name`` is the provider's name, the argument's own if it is empty. In a body it is a path:
    ``children[0].text`` makes the objects and lists on the way. Without an ``In``, an argument that
    the path template names goes there, another one into the query of GET, HEAD and DELETE, and
    into the body otherwise. ``join`` puts a list into one value; without it a list in a query is
    repeated.
    """

    place: Place
    name: str = ""
    join: str | None = None


def template_names(path: str) -> list[str]:
    """Return the names in a path template: ``/pages/{page_id}``."""
    return _NAMED.findall(path)


def places_of(tool: Any) -> dict[str, In]:
    """Return the place of each argument, an ``In`` with its name."""
    named = template_names(tool.path)
    rest: Place = "query" if tool.method in _NO_BODY else "body"
    found: dict[str, In] = {}
    for name, each in tool.args.model_fields.items():
        said = next((mark for mark in each.metadata if isinstance(mark, In)), None)
        if said is None:
            said = In("path") if name in named else In(rest)
        found[name] = In(said.place, said.name or name, said.join)
    return found


def body_steps(path: str) -> list[str | int]:
    """Return the steps of a path in a body: names of members, places in lists."""
    return [name if name else int(place) for name, place in _STEP.findall(path)]
