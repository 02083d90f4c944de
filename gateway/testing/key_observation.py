"""Observe a connector with a pasted key on the wire, in a form in which two runs can be compared.

The record shows each request with the provider's answer, and how strictly the provider reads it.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

from gateway.errors import GatewayError
from gateway.sandbox.wire import Incoming, Outcome
from gateway.services.key_connections import FINGERPRINT
from gateway.services.tokens import IssuedToken
from gateway.store.connection import Connection
from gateway.store.mongo import Database
from gateway.testing.key_subject import KeySubject, other_character
from gateway.testing.observation import Observation, as_text, request_parts
from gateway.testing.strictness import alterations, without_moments
from gateway.testing.subject import ContractViolation
from gateway.testing.workbench import KeyWorkbench, open_key_workbench

_FAILURES = (GatewayError, ContractViolation)
_BASIC = "Basic "
LATER = 3600
"""Seconds; longer than any pause between two checks of a key."""


async def key_record(subject: KeySubject, database: Database) -> str:
    """The observation as JSON for a file that people review."""
    return as_text(await recorded_keys(subject, database)) + "\n"


async def recorded_keys(subject: KeySubject, database: Database) -> Observation:
    """The requests and answers for right keys, for a wrong one and for one that was ended."""
    runs: Mapping[str, Callable[[KeyWorkbench, Observation], Awaitable[None]]] = {
        "a right key": _right,
        "the other account's key": _other,
        "a wrong key": _wrong,
        "a key that stopped working": _ended,
    }
    found = {}
    for name, run in runs.items():
        seen: Observation = {}
        async with open_key_workbench(subject, database) as bench:
            note = _strictly if run is _right else _briefly
            noted: list[Any] = []
            bench.transport.watch = partial(_note, bench, noted, note)
            try:
                await run(bench, seen)
            except _FAILURES as error:
                seen["error"] = type(error).__name__
        found[name] = {**seen, "requests": noted}
    return found


def _note(
    bench: KeyWorkbench,
    noted: list[Any],
    how: Callable[[KeyWorkbench, Incoming], Any],
    incoming: Incoming,
) -> None:
    seen = how(bench, incoming)
    if seen not in noted:  # a later check is the same request
        noted.append(seen)


async def _right(bench: KeyWorkbench, seen: Observation) -> None:
    """A person pastes a key, a tool uses it, and later it is checked or renewed."""
    connection = await bench.connect()
    seen["connection"] = _connection(connection)
    token = await bench.token(connection)
    seen["a tool is told"] = _told(bench, token)
    seen["its call"] = _strictly(bench, bench.request(token))
    bench.clock.advance(seconds=LATER)
    seen["a tool is told later"] = _told(bench, await bench.token(connection, force=True))


async def _other(bench: KeyWorkbench, seen: Observation) -> None:
    connection = await bench.connect(bench.subject.people[1])
    seen["connection"] = _connection(connection)
    call = bench.request(await bench.token(connection))
    seen["the API answers"] = _answer(bench, _ask(bench, call))


async def _wrong(bench: KeyWorkbench, seen: Observation) -> None:
    typed = bench.subject.people[0].typed
    secret = [name for name, each in bench.subject.key.inputs.items() if each.secret]
    wrong = {name: typed[name][:-1] + other_character(typed[name][-1]) for name in secret}
    seen["connection"] = _connection(await bench.connect(changed=wrong))


async def _ended(bench: KeyWorkbench, seen: Observation) -> None:
    connection = await bench.connect()
    bench.simulation.ledger.end_grants(bench.subject.name)
    bench.clock.advance(seconds=LATER)
    seen["a tool is told"] = _told(bench, await bench.token(connection, force=True))


def _connection(connection: Connection) -> Observation:
    is_named = not connection.external_account_id.startswith(FINGERPRINT)
    return {
        "account": connection.external_account_id if is_named else "a fingerprint of the key",
        "label": connection.account_label,
        "connection_config": dict(connection.connection_config),
        "status": connection.status,
        "reason": connection.status_reason,
        "expires": connection.tokens.expires_at is not None,
    }


def _told(bench: KeyWorkbench, token: IssuedToken) -> Observation:
    parts = ("api_base_url", "api_headers", "api_query", "api_body")
    return {name: _masked(bench, getattr(token, name)) for name in parts if getattr(token, name)}


def _strictly(bench: KeyWorkbench, incoming: Incoming) -> Observation:
    """A request, the answer to it, and the alterations of it that the provider takes."""
    outcomes: dict[str, list[str]] = defaultdict(list)
    refusals: list[Any] = []
    for how, part, altered in (*alterations(incoming), *_with_listed(bench, incoming)):
        outcome = _ask(bench, altered)
        taken = outcome is not None and not outcome.refused
        outcomes[f"{'takes' if taken else 'refuses'} {how}"].append(part)
        if not taken and (refusal := _answer(bench, outcome)) not in refusals:
            refusals.append(refusal)
    request = _masked(bench, request_parts(incoming))
    said = {what: ", ".join(parts) for what, parts in sorted(outcomes.items())}
    answer = _answer(bench, _ask(bench, incoming))
    return {**request, "answer": answer, **said, "refusals": refusals}


def _with_listed(bench: KeyWorkbench, incoming: Incoming) -> Iterator[tuple[str, str, Incoming]]:
    """The request with each value of the headers for which the API lists values."""
    listed = {
        (name, value)
        for api in bench.subject.provider.api
        for name, values in api.required_headers.items()
        for value in values
    }
    for name, value in sorted(listed):
        headers = {**incoming.headers, name.removesuffix("?"): value}
        yield "with", f"{name} {value}", replace(incoming, headers=headers)


def _briefly(bench: KeyWorkbench, incoming: Incoming) -> Any:
    place = _masked(bench, f"{incoming.method} https://{incoming.address}")
    return [place, _answer(bench, _ask(bench, incoming))]


def _ask(bench: KeyWorkbench, incoming: Incoming) -> Outcome | None:
    endpoint = bench.simulation.endpoint(incoming)
    return None if endpoint is None else getattr(bench.simulation, endpoint)(incoming)


def _answer(bench: KeyWorkbench, outcome: Outcome | None) -> Any:
    if outcome is None:
        return "not found"
    text = json.dumps([outcome.status, outcome.body], default=dict)
    return _masked(bench, json.loads(without_moments(text, bench.clock().timestamp())))


def _masked(bench: KeyWorkbench, value: Any) -> Any:
    """``value`` with the secrets in it replaced by their names."""
    if isinstance(value, Mapping):
        return {key: _masked(bench, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(bench, item) for item in value]
    if not isinstance(value, str):
        return value
    if value.startswith(_BASIC):
        return _BASIC + _masked(bench, base64.b64decode(value.removeprefix(_BASIC)).decode())
    for secret, name in _secrets(bench):
        value = value.replace(secret, f"<{name}>")
    return value


def _secrets(bench: KeyWorkbench) -> Iterator[tuple[str, str]]:
    for token in bench.simulation.ledger.access_tokens:
        yield token, "access_token"
    for person in bench.subject.people:
        for name, each in bench.subject.key.inputs.items():
            if each.secret and (value := person.typed.get(name)):
                yield value, name
                yield quote(value, safe=""), name
