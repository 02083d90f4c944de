"""The vocabulary of a provider's API beyond sign-in, from the provider's own side.

``connectors/sandbox/api/<connector>.py`` exports ``API``. ``gateway.sandbox`` serves it at the
provider's addresses, to whoever holds one of its tokens or keys, and is strict: parameters and body
members that no route names are refused, and so is a call without the scopes of its route. ::

    API = SimulatedApi("acme", base="api.acme.example/v1", state=seed, refuse=error)

    @API.route("GET /tasks/{id}", any_of="tasks tasks:read", query={"fields?": str})
    def get_task(call: Request) -> Any:
        return call.found(call.state["tasks"], call.path["id"])

    @API.route("POST /tasks", scopes="tasks", body={"title": str}, effect="task_created")
    def create_task(call: Request) -> Any:
        task = {"id": call.new_id("task"), **call.body}
        call.state["tasks"][task["id"]] = task
        return Answer(201, task)

Nothing here is taken from a connector or its tools: both sides follow the documentation.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NoReturn, TypeVar

from connectors.errors import ConfigError
from connectors.provider import FictionalAccount, Headers, hosts_in
from connectors.provider_keys import Refusal
from connectors.shapes import Shape, shape_problems

Kind = Literal["scope", "parameters", "body", "header", "not_found", "conflict", "rate_limited"]
"""Why a call is refused. Routes may use further words of their own."""

BodyFormat = Literal["json", "form", "raw"]
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A refused call, before it takes the provider's shape.

    ``status`` is the usual HTTP status; ``scopes`` are those that were needed, for kind ``scope``.
    """

    kind: Kind | str
    status: int
    message: str
    scopes: tuple[str, ...] = ()


class Refused(Exception):
    """Raised by a route: the call is refused; ``SimulatedApi.refuse`` gives it its shape."""

    def __init__(self, kind: Kind | str, message: str = "", status: int | None = None) -> None:
        usual = {"scope": 403, "not_found": 404, "conflict": 409, "rate_limited": 429}
        self.problem = Problem(kind=kind, message=message, status=status or usual.get(kind, 400))
        super().__init__(message or kind)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with another status than 200, with headers, or with content that is no JSON.

    ``content`` (of ``media_type``) takes the place of ``body``; neither is an empty answer.
    ``effect`` is what this call did, where one route does several things, as GraphQL's.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    media_type: str = "text/plain; charset=utf-8"
    effect: str = ""


class Elsewhere:
    """A route's answer: the call is for the provider's own file (``sandbox/<connector>.py``)."""


ELSEWHERE = Elsewhere()


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A call that is in order. ``query`` and ``body`` have the shapes of the route.

    ``path`` holds the parameters of the route's path, decoded. ``state`` is the account's data, to
    be changed by writes. ``scopes`` is ``None`` for a key, which has none. ``now`` is in UTC.
    """

    account: FictionalAccount
    tenant: str
    scopes: frozenset[str] | None
    method: str
    host: str
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    headers: Mapping[str, str]
    state: MutableMapping[str, Any]
    now: datetime

    def has(self, scope: str) -> bool:
        """Whether the token has a scope; a key may do everything."""
        return self.scopes is None or scope in self.scopes

    def new_id(self, prefix: str = "") -> str:
        """Return an id that the account has not used yet: ``prefix`` and a number from 1001 on."""
        self.state["_ids"] = number = self.state.get("_ids", 1000) + 1
        return f"{prefix}{number}"

    def found(self, things: Mapping[str, T], key: str, what: str = "object") -> T:
        """Return the thing with this key; raises ``Refused`` (``not_found``)."""
        if key not in things:
            refuse("not_found", f"Could not find {what} {key}")
        return things[key]

    def moment(self) -> str:
        """Return ``now`` as RFC 3339 writes it, in milliseconds."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def refuse(kind: Kind | str, message: str = "", status: int | None = None) -> NoReturn:
    """Raise ``Refused``."""
    raise Refused(kind, message, status)


def page_of(things: Sequence[T], cursor: str | None, size: int) -> tuple[list[T], str | None]:
    """Return one page and the cursor of the next, ``None`` at the end.

    A cursor is opaque to the caller. Raises ``Refused`` (``parameters``) for one of another kind.
    """
    start = 0
    if cursor is not None:
        try:
            word, _, number = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
            start = int(number) if word == "after" else -1
        except ValueError:
            start = -1
        if not 0 <= start <= len(things):
            refuse("parameters", "the cursor is not valid")
    end = start + size
    more = base64.urlsafe_b64encode(f"after:{end}".encode()).decode()
    return list(things[start:end]), more if end < len(things) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """One operation. ``scopes`` are all needed, of ``any_of`` one is; none for neither.

    ``effect`` is the word under which the log counts each success, such as ``page_created``.
    """

    method: str
    address: str
    answer: Callable[[Request], Any]
    scopes: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()
    query: Mapping[str, Shape] = field(default_factory=dict)
    body: Shape = None
    body_format: BodyFormat = "json"
    effect: str = ""

    @property
    def place(self) -> str:
        """Method and address, as people name the route."""
        return f"{self.method} {self.address}"


def _problem(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"error": problem.kind, "message": problem.message})


class SimulatedApi:
    """The API of a provider: its routes, its data, its refusals.

    Args:
        name: The connector's name.
        base: Host and path before each route's path, as in ``SimulatedProvider.api_base``:
            ``{tenant}`` and lists of hosts may stand in it, and ``{value}`` of a pasted key.
        state: The data of an account when nothing was changed yet.
        refuse: Gives refusals the provider's documented shape.
        headers: Headers that each call must carry, with the values that are accepted.
        same_tenant: Whether the host must be the one where the account was connected.
    """

    def __init__(
        self,
        name: str,
        *,
        base: str,
        state: Callable[[FictionalAccount], MutableMapping[str, Any]] | None = None,
        refuse: Callable[[Problem], Refusal] = _problem,
        headers: Headers | None = None,
        same_tenant: bool = True,
    ) -> None:
        self.name, self.base, self.refuse = name, base, refuse
        self.state = state or (lambda account: {})
        self.headers: Headers = headers or {}
        self.same_tenant = same_tenant
        self.routes: list[Route] = []

    def route(
        self,
        place: str,
        *,
        scopes: str = "",
        any_of: str = "",
        query: Mapping[str, Shape] | None = None,
        body: Shape = None,
        body_format: BodyFormat = "json",
        effect: str = "",
    ) -> Callable[[Callable[[Request], Any]], Callable[[Request], Any]]:
        """Answer ``place`` with the decorated function.

        It returns JSON, an ``Answer``, a ``Refusal`` or ``ELSEWHERE``.

        Args:
            place: ``GET /tasks/{id}``: a path below ``base``, or host and path. ``{id}`` is one
                segment or a part of one, ``{path*}`` several.
            scopes: All of them are needed.
            any_of: One of them is needed.
            query: Shapes of the query's parameters; without one, no query is taken.
            body: The body's shape; without one, no body is taken.
            body_format: ``raw`` gives the body's bytes to the function.
            effect: A word for what a success does, for the log.
        """
        method, _, address = place.partition(" ")
        address = self.base + address if address.startswith("/") else address

        def add(answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
            added = Route(
                method=method,
                address=address,
                answer=answer,
                scopes=frozenset(scopes.split()),
                any_of=frozenset(any_of.split()),
                query=query or {},
                body=body,
                body_format=body_format,
                effect=effect,
            )
            if problems := self._problems(added):
                message = f"the simulated API of {self.name}: {place}: " + "; ".join(problems)
                raise ConfigError(message, tuple(problems))
            self.routes.append(added)
            return answer

        return add

    def hosts(self) -> frozenset[str]:
        """Return every host; ``*`` for one label that varies."""
        return hosts_in((route.place, route.address) for route in self.routes)

    def _problems(self, route: Route) -> list[str]:
        found = [*shape_problems(route.query), *shape_problems(route.body)]
        if route.method not in METHODS:
            found.append(f"{route.method!r} is none of {', '.join(sorted(METHODS))}")
        if not re.fullmatch(r"[^/?#\s]+(/[^?#\s]*)", route.address):
            found.append(f"{route.address!r} is no host and path")
        if any(each.place == route.place for each in self.routes):
            found.append("it is there twice")
        if route.body is not None and route.method == "GET":
            found.append("a GET request has no body")
        if route.effect and not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", route.effect):
            found.append(f"the effect {route.effect!r} is not written like page_created")
        if route.method == "GET" and route.effect:
            found.append("a GET request has no effect")
        return found
