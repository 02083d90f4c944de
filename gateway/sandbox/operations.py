"""The operations of a provider's API beyond sign-in: ``connectors/sandbox/api/<name>.py``, run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from connectors.provider import ApiRules, FictionalAccount
from connectors.provider_keys import Refusal
from connectors.shapes import read, wrong
from connectors.simulated_api import Answer, Elsewhere, Problem, Request, Route, SimulatedApi
from connectors.simulated_api import Refused as CallRefused
from gateway.sandbox.functions import FunctionFailed
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.wire import Incoming, Outcome, Refused, address_regex, check_headers, matches

_FORM = "application/x-www-form-urlencoded"
_PARAMETER = re.compile(r"\{([a-z_]+)(\*?)\}")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls. ``scopes`` are ``None`` for a key; ``credential`` are the parameters it is in."""

    account: FictionalAccount
    tenant: str
    scopes: frozenset[str] | None
    credential: frozenset[str] = frozenset()


class Operations:
    """Runs one ``SimulatedApi`` on a ledger, which holds the data of each account.

    ``own`` are the addresses of the provider's own file.
    """

    def __init__(self, api: SimulatedApi, ledger: Ledger, own: Sequence[ApiRules] = ()) -> None:
        self.rules = api
        self._own = [each for each in own if not each.address.endswith("*")]
        self.ledger = ledger
        # The route with the fewest open parts, and the most text, is the one that is meant.
        self._routes = sorted(
            api.routes,
            key=lambda route: (len(_PARAMETER.findall(_path(route))), -len(_path(route))),
        )

    def hosts(self) -> frozenset[str]:
        """Every host of the API; ``*`` for one label that varies."""
        return self.rules.hosts()

    def knows(self, incoming: Incoming) -> bool:
        """Whether the API has something at the address, for this method or another."""
        found = [route for route, _ in self._found(incoming)]
        if not found:
            return False
        is_own = any(
            each.method == incoming.method and matches(each.address, incoming.address)
            for each in self._own
        )
        # "/meta/whoami" of the provider's own file is no "/{base}/{table}", and a method that only
        # the own file has is for it.
        is_open = _PARAMETER.search(found[0].address.removeprefix(self.rules.base)) is not None
        has_method = any(route.method == incoming.method for route in found)
        return not (is_own and (is_open or not has_method))

    def pattern(self, incoming: Incoming) -> str:
        """The address that the credential is for: host (with its tenant) and base path."""
        route, _ = next(self._found(incoming))
        host = route.address.partition("/")[0] if self.rules.same_tenant else incoming.host
        is_below = route.address.startswith(f"{self.rules.base}/")
        return f"{self.rules.base if is_below and self.rules.same_tenant else host}/*"

    def answer(self, incoming: Incoming, authenticate: Callable[[], Caller]) -> Outcome | None:
        """Answer a call, ``None`` if that is for the provider's own file.

        Raises ``Refused`` if the credential is wrong, as ``authenticate`` does.
        """
        found = [each for each in self._found(incoming) if each[0].method == incoming.method]
        name = self.rules.name
        if not found:
            authenticate()
            return self._refused(
                None, Problem(kind="not_found", status=404, message="no such method")
            )
        route, path = found[0]
        caller = authenticate()
        try:
            answer = self._answered(route, self._request(route, path, incoming, caller))
        except CallRefused as refused:
            return self._refused(route, refused.problem)
        if isinstance(answer, Elsewhere):
            return None
        if isinstance(answer, Refusal):
            self.ledger.note(name, "api", f"refused ({answer.status})", route=route.place)
            return Outcome(status=answer.status, body=answer.body, refused=True)
        answer = answer if isinstance(answer, Answer) else Answer(body=answer)
        done = answer.effect or route.effect
        effect = {"effect": done} if done and answer.status < 400 else {}
        self.ledger.note(name, "api", "answered", route=route.place, **effect)
        content = answer.content
        if content is None and answer.body is None:
            content = b""
        return Outcome(
            status=answer.status,
            body={} if answer.body is None else answer.body,
            headers=answer.headers,
            content=content,
            media_type=answer.media_type if content else None,
            refused=answer.status >= 400,
        )

    def _found(self, incoming: Incoming) -> Iterator[tuple[Route, dict[str, str]]]:
        for route in self._routes:
            match = _regex(route.address).fullmatch(incoming.host + incoming.sent_path)
            if match is not None:
                named = match.groupdict().items()
                yield route, {k: unquote(v) for k, v in named if k != "tenant" and v is not None}

    def _request(
        self, route: Route, path: Mapping[str, str], incoming: Incoming, caller: Caller
    ) -> Request:
        try:
            check_headers(incoming, self.rules.headers)
        except Refused as refused:
            raise CallRefused("header", refused.description) from None
        self._check_scopes(route, caller)
        query = parse_qsl(incoming.query, keep_blank_values=True)
        given = read(route.query, [each for each in query if each[0] not in caller.credential])
        if isinstance(given, str):
            raise CallRefused("parameters", given)
        return Request(
            account=caller.account,
            tenant=caller.tenant,
            scopes=caller.scopes,
            method=incoming.method,
            host=incoming.host,
            path=path,
            query=given,
            body=_body(route, incoming, caller.credential),
            headers=incoming.headers,
            state=self._state(caller),
            now=datetime.fromtimestamp(self.ledger.now(), UTC),
        )

    def _check_scopes(self, route: Route, caller: Caller) -> None:
        if caller.scopes is None:
            return
        lacking = route.scopes - caller.scopes
        if not lacking and route.any_of and not route.any_of & caller.scopes:
            lacking = route.any_of
        if lacking:
            error = CallRefused("scope", f"the call needs {', '.join(sorted(lacking))}")
            needed = tuple(sorted(lacking))
            error.problem = Problem(
                kind="scope", status=403, message=error.problem.message, scopes=needed
            )
            raise error

    def _state(self, caller: Caller) -> Any:
        place = (self.rules.name, caller.tenant, caller.account.key)
        if place not in self.ledger.data:
            self.ledger.data[place] = self._called(self.rules.state, "state", caller.account)
        return self.ledger.data[place]

    def _answered(self, route: Route, request: Request) -> Any:
        return self._called(route.answer, route.place, request)

    def _called(self, function: Callable[..., Any], what: str, *args: Any) -> Any:
        try:
            return function(*args)
        except CallRefused:
            raise
        except Exception as error:
            # The simulation cannot go on, and its author needs the place.
            text = f"{what} of sandbox/api/{self.rules.name}.py raises {type(error).__name__}"
            raise FunctionFailed(f"{text}: {error}") from error

    def _refused(self, route: Route | None, problem: Problem) -> Outcome:
        place = {} if route is None else {"route": route.place}
        self.ledger.note(
            self.rules.name,
            "api",
            f"refused ({problem.kind})",
            reason=problem.kind,
            description=problem.message,
            **place,
        )
        answer = self.rules.refuse(problem)
        return Outcome(status=answer.status, body=answer.body, refused=True)


def _body(route: Route, incoming: Incoming, credential: frozenset[str]) -> Any:
    """The body in the route's shape; raises ``CallRefused``."""
    if route.body_format == "raw" and route.body is not None:
        return incoming.body
    if route.body is None:
        if incoming.body.strip() not in {b"", b"{}"}:
            raise CallRefused("body", "this call has no body")
        return None
    media_type = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
    if route.body_format == "form":
        return _form(route, incoming, media_type, credential)
    if media_type != "application/json" and not media_type.endswith("+json"):
        if not incoming.body and wrong(route.body, {}) is None:
            return {}
        raise CallRefused("body", "the body must be application/json")
    try:
        found = json.loads(incoming.body)
    except ValueError:
        raise CallRefused("body", "the body is not JSON") from None
    if isinstance(found, dict):
        found = {name: value for name, value in found.items() if name not in credential}
    if problem := wrong(route.body, found):
        raise CallRefused("body", problem)
    return found


def _form(route: Route, incoming: Incoming, media_type: str, credential: frozenset[str]) -> Any:
    if incoming.body and media_type != _FORM:
        raise CallRefused("body", f"the body must be {_FORM}")
    try:
        pairs = parse_qsl(incoming.body.decode(), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        pairs = [("", "")] if incoming.body else []
    found = read(route.body, [pair for pair in pairs if pair[0] not in credential])
    if isinstance(found, str):
        raise CallRefused("body", found)
    return found


@lru_cache(maxsize=4096)
def _regex(address: str) -> re.Pattern[str]:
    """A pattern for host and path as they are sent, with a group for each parameter."""
    host, _, path = address.partition("/")
    start = address_regex(f"{host}/").removesuffix("/")
    parts, end = [], 0
    for found in _PARAMETER.finditer(path):
        parts.append(re.escape(path[end : found.start()]))
        parts.append(f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})")
        end = found.end()
    return re.compile(f"{start}/{''.join(parts)}{re.escape(path[end:])}")


def _path(route: Route) -> str:
    return route.address.partition("/")[2]
