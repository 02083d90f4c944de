"""Observe a connector on the wire, in a form in which two runs can be compared.

A field whose default would make no difference here is dead: it has no visible effect.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import MISSING, Field, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import httpx

from connectors.config import ConnectorConfig
from connectors.errors import ConfigError, ConnectorError
from connectors.secret import Secret
from gateway.engine.scopes import scopes_to_ask
from gateway.errors import GatewayError
from gateway.sandbox.wire import Incoming
from gateway.store.connection import Connection
from gateway.store.mongo import Database
from gateway.testing.expectations import Person
from gateway.testing.strictness import provider_side
from gateway.testing.subject import ContractViolation, Subject, expect
from gateway.testing.wire import LOST, incoming_of
from gateway.testing.workbench import Workbench, open_workbench

LINE = 88
"""Characters of a line in a record, without its name."""
_SETS = "with each set of scopes"
PROVIDER = "the provider"
"""The part of a record that shows how the simulated provider reads requests."""
NOT_ON_THE_WIRE = {
    "alias",
    "api_hosts",
    "approval_codes",
    "description",
    "key",
    "repeat_unauthorized",
    "unread_answers",
}
"""Fields with a default that change words for people alone, and those that no flow uses.

``api_hosts`` may name hosts that no call of the contract reaches; the description's checks compare
them with the provider's own.
"""

_RANDOM = {"state", "code_challenge", "code_verifier"}
_OF_THE_CLIENT = {"host", "connection", "content-length", "user-agent", "accept-encoding"}
_FAILURES = (GatewayError, ConnectorError, ContractViolation)

_CALLBACKS: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("an unknown parameter", {"unknown": "1"}, ""),
    ("another issuer", {"iss": "https://issuer.example"}, ""),
    ("no issuer", {}, "iss"),
)
"""Changes of a callback in words, with an added and a removed parameter."""

Observation = dict[str, Any]
"""The observed values by names for people, as JSON."""

Run = Callable[[Workbench], Awaitable[Any]]
Part = Callable[[], Awaitable[Any]]


async def dead_fields(subject: Subject, database: Database) -> list[str]:
    """The names of declared fields that could as well have been left out.

    Raises ``ContractViolation`` if two runs of the same connector differ: then nothing can be told.
    """
    expected = await observe(subject, database)
    expect(
        await _observes(subject, database, expected),
        "two runs of the same connector differ: its provider answers at random",
    )
    dead = []
    for field in dataclasses.fields(ConnectorConfig):
        default = default_of(field)
        if field.name in NOT_ON_THE_WIRE:
            continue
        if default is MISSING or getattr(subject.config, field.name) == default:
            continue
        try:
            without = replace(subject.config, **{field.name: default})
        except ConfigError:
            continue  # another field needs it
        if await _observes(replace(subject, config=without), database, expected):
            dead.append(field.name)
    return dead


def default_of(field: Field[Any]) -> Any:
    """The default of a field; ``MISSING`` for a required one."""
    return field.default_factory() if field.default_factory is not MISSING else field.default


async def observe(subject: Subject, database: Database) -> Observation:
    """Everything that the provider and a tool see of a connection's life and of its failures.

    The checks of one contract share what was observed of its subject.
    """
    if _latest.get("subject") is not subject:
        seen = {name: await part() for name, part in _parts(subject, database).items()}
        _latest.update(subject=subject, seen=seen)
    return dict(_latest["seen"])


_latest: dict[str, Any] = {}
"""The subject that was observed last, and what was seen."""


async def _observes(subject: Subject, database: Database, expected: Observation) -> bool:
    """Whether ``observe`` would see what is expected. The first part that differs is the last."""
    parts = _parts(subject, database)
    # Few fields show in the sets of scopes alone, and there may be dozens of them.
    for name in sorted(parts, key=lambda name: name == _SETS):
        if await parts[name]() != expected[name]:
            return False
    return True


def _parts(subject: Subject, database: Database) -> Mapping[str, Part]:
    """What is observed, in the order of the record."""
    attempt = partial(_attempt, subject, database)

    async def each(runs: Mapping[str, Run]) -> Observation:
        return {name: await attempt(run) for name, run in runs.items()}

    scopes = {scope: partial(_narrowed, refused=scope) for scope in subject.config.scopes}
    sets = {name: partial(_with_set, name=name) for name in subject.config.scope_sets}
    changed = {
        what: partial(_changed_callback, added=added, removed=removed)
        for what, added, removed in _CALLBACKS
    }
    lives = {
        _life_of(number): partial(_life, subject, database, person)
        for number, person in enumerate(subject.people)
    }
    return {
        **lives,
        "both people": partial(_both, subject, database),
        "without a scope": partial(each, scopes),
        _SETS: partial(each, sets),
        "with every scope": partial(_attempt, subject.with_every_scope(), database, _added),
        "after the provider ended the grant": partial(attempt, _dead_grant),
        "after a refresh whose answer was lost": partial(_lost_answer, subject, database),
        "after the documented refusals": partial(_documented_refusals, subject, database),
        "with a wrong client secret": partial(attempt, _wrong_secret),
        "with a changed callback": partial(each, changed),
    }


def _life_of(number: int) -> str:
    return f"the life of person {number}"


async def record(subject: Subject, database: Database) -> str:
    """The observation as JSON for a file that people review, with the first person's life only."""
    observed = await recorded_wire(subject, database)
    return as_text({**observed, PROVIDER: await provider_side(subject, database)}) + "\n"


async def recorded_wire(subject: Subject, database: Database) -> Observation:
    """The part of the record that shows the connector."""
    seen = await observe(subject, database)
    first, *_ = [seen.pop(_life_of(number)) for number in range(len(subject.people))]
    return {name: part for name, part in {**first, **seen}.items() if part or name != _SETS}


def as_text(value: Any, indent: str = "") -> str:
    """``value`` as JSON: what fits into a line is on one line."""
    line = json.dumps(value, ensure_ascii=False, default=list)
    if len(indent) + len(line) <= LINE or not value or not isinstance(value, (dict, list, tuple)):
        return line
    inner = f"{indent}  "
    if isinstance(value, dict):
        items = [f"{json.dumps(name)}: {as_text(item, inner)}" for name, item in value.items()]
        return "{\n" + ",\n".join(inner + item for item in items) + f"\n{indent}}}"
    items = [inner + as_text(item, inner) for item in value]
    return "[\n" + ",\n".join(items) + f"\n{indent}]"


async def _life(subject: Subject, database: Database, person: Person) -> Observation:
    """A person connects, a tool gets two tokens and calls the API, the person disconnects."""
    seen: Observation = {}
    async with open_workbench(subject, database) as bench:
        try:
            started = await bench.start(person)
            request = httpx.Request("GET", started.authorization_url)
            seen["authorization"] = _request(bench, incoming_of(request))
            params = bench.approve(bench.consent(started), person)
            connection = (await bench.finish(started, params)).connection
            seen["connection"] = _connection(connection)
            for name, force in (("token", False), ("renewed token", subject.refreshes)):
                token = await bench.token(connection, force=force)
                seen[name] = {
                    "status": token.connection.status,
                    "scopes": token.connection.granted_scopes,
                    "api_base_url": token.api_base_url,
                    "api_headers": _masked(bench, token.api_headers),
                    "the API answers": bench.call(token).status,
                }
            seen["revoked"] = await bench.disconnect(connection)
        except _FAILURES as error:
            seen["error"] = f"{type(error).__name__}: {error}"
        seen["requests"] = [_request(bench, request.incoming) for request in bench.transport.seen]
    return seen


def _connection(connection: Connection) -> Observation:
    return {
        "account": connection.external_account_id,
        "label": connection.account_label,
        "metadata": dict(connection.metadata),
        "connection_config": dict(connection.connection_config),
        "requested": connection.requested_scopes,
        "granted": connection.granted_scopes,
        "status": connection.status,
        "expires": connection.tokens.expires_at is not None,
        "refresh_token": connection.tokens.refresh_token is not None,
    }


async def _attempt(subject: Subject, database: Database, run: Run) -> Any:
    """The result of ``run`` on a workbench of its own; the name of the error if it fails."""
    async with open_workbench(subject, database) as bench:
        try:
            return await run(bench)
        except _FAILURES as error:
            return type(error).__name__


async def _both(subject: Subject, database: Database) -> Observation:
    """Two people connect one after the other, in the same browser."""
    seen: Observation = {}
    async with open_workbench(subject, database) as bench:
        try:
            for person in subject.people:
                await bench.connect(person)
        except _FAILURES as error:
            seen["error"] = type(error).__name__
        return {**seen, "connections": len(await bench.connections())}


async def _narrowed(bench: Workbench, *, refused: str) -> Observation:
    """Connect while the person refuses one of the scopes."""
    started = await bench.start()
    consent = bench.consent(started)
    left = tuple(scope for scope in consent.scopes if scope != refused)
    params = bench.approve(replace(consent, scopes=left))
    connection = (await bench.finish(started, params)).connection
    return {"status": connection.status, "granted": connection.granted_scopes}


async def _with_set(bench: Workbench, *, name: str) -> Observation:
    """Connect, asking for a set of scopes in addition."""
    config = bench.subject.config
    started = await bench.start(scopes=scopes_to_ask(config, config.scope_sets[name].scopes))
    consent = bench.consent(started)
    connection = (await bench.finish(started, bench.approve(consent))).connection
    return {"asked": consent.scopes, "granted": connection.granted_scopes}


async def _added(bench: Workbench) -> Observation:
    connection = await bench.connect()
    return {"status": connection.status, "granted": connection.granted_scopes}


async def _dead_grant(bench: Workbench) -> str:
    connection = await bench.connect()
    for grant in bench.simulation.ledger.grants.values():
        bench.simulation.ledger.revoke(grant, whole_account=False)
    await bench.token(connection, force=True)
    return "a token"


async def _lost_answer(subject: Subject, database: Database) -> Observation:
    seen: Observation = {}
    async with open_workbench(subject, database) as bench:
        try:
            connection = await bench.connect()
            bench.transport.replace("token", LOST)
            await bench.token(connection, force=True)
        except _FAILURES as error:
            seen["error"] = type(error).__name__
        return {**seen, "token requests": bench.token_requests}


async def _documented_refusals(subject: Subject, database: Database) -> list[str]:
    """Ask for tokens while the token endpoint answers with each documented refusal."""
    seen = []
    async with open_workbench(subject, database) as bench:
        for sample in subject.expectations.refusals:
            bench.transport.replace("token", httpx.Response(sample.status, json=dict(sample.body)))
            try:
                if sample.on_refresh:
                    await bench.refresh(Secret("refused"))
                else:
                    await bench.exchange(Secret("refused"), Secret("x" * 43))
                outcome = "tokens"
            except _FAILURES as error:
                outcome = type(error).__name__
            where = "a refresh" if sample.on_refresh else "a code"
            seen.append(f"{where}, {sample.status}: {outcome}")
    return seen


async def _wrong_secret(bench: Workbench) -> str:
    wrong = replace(bench.subject.config, client_secret=Secret("another-secret"))
    await bench.exchange(*bench.code(), config=wrong)
    return "a token"


async def _changed_callback(bench: Workbench, *, added: Mapping[str, str], removed: str) -> str:
    started = await bench.start()
    params = {**bench.approve(bench.consent(started)), **added}
    params.pop(removed, None)
    await bench.finish(started, params)
    return "connected"


def _request(bench: Workbench, incoming: Incoming) -> Observation:
    place, *parts = request_parts(incoming).items()
    return dict([place, *((name, _masked(bench, part)) for name, part in parts)])


def request_parts(incoming: Incoming) -> Observation:
    """A request with its query, headers and body, as far as the description decides them."""
    headers = {k: v for k, v in incoming.headers.items() if k not in _OF_THE_CLIENT}
    body: Any = incoming.body.decode(errors="replace")
    if "json" in headers.get("content-type", ""):
        body = json.loads(body)
    elif "form" in headers.get("content-type", ""):
        body = dict(parse_qsl(body, keep_blank_values=True))
    query = dict(parse_qsl(incoming.query, keep_blank_values=True))
    parts = {"query": query, "headers": headers, "body": body}
    place = {"request": f"{incoming.method} https://{incoming.address}"}
    return place | {name: part for name, part in parts.items() if part}


def _masked(bench: Workbench, value: Any) -> Any:
    """``value`` with the parts that are random or secret replaced by their names."""
    if isinstance(value, Mapping):
        return {
            key: f"<{key}>" if key in _RANDOM else _masked(bench, item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_masked(bench, item) for item in value]
    if isinstance(value, str):
        for secret, name in _secrets(bench):
            value = value.replace(secret, f"<{name}>")
    return value


def _secrets(bench: Workbench) -> Iterator[tuple[str, str]]:
    app, ledger = bench.subject.provider, bench.simulation.ledger
    for encoded in (quote_plus, str):  # as RFC 6749 2.3.1 says, and raw
        pair = f"{encoded(app.client_id)}:{encoded(app.client_secret)}"
        yield base64.b64encode(pair.encode()).decode(), "client_id:client_secret"
    if app.client_secret:
        yield app.client_secret, "client_secret"
    for name in ("code", "access_token", "refresh_token"):
        yield from ((secret, name) for secret in getattr(ledger, f"{name}s"))
