"""What a connector does on the wire, in a form that two runs can be compared by.

A field whose default would make no difference here is dead: it says something that nobody can see.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from connectors.config import ConnectorConfig
from connectors.errors import ConfigError, ConnectorError
from connectors.secret import Secret
from gateway.errors import GatewayError
from gateway.sandbox.wire import Incoming
from gateway.store.mongo import Database
from gateway.testing.subject import ContractViolation, Subject, expect
from gateway.testing.wire import LOST, incoming_of
from gateway.testing.workbench import Workbench, open_workbench

NOT_ON_THE_WIRE = {"alias"}
"""Fields with a default that are not for the provider."""

_RANDOM = {"state", "code_challenge", "code_verifier"}
_OF_THE_CLIENT = {"host", "connection", "content-length", "user-agent", "accept-encoding"}
_FAILURES = (GatewayError, ConnectorError, ContractViolation)

Observation = list[Any]


async def dead_fields(subject: Subject, database: Database) -> list[str]:
    """The names of declared fields that could as well have been left out.

    Raises ``ContractViolation`` if two runs of the same connector differ: then nothing can be told.
    """
    expected = await observe(subject, database)
    again = await observe(subject, database)
    expect(
        again == expected, "two runs of the same connector differ: its provider answers at random"
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
        if await observe(replace(subject, config=without), database) == expected:
            dead.append(field.name)
    return dead


def default_of(field: Field[Any]) -> Any:
    """The value that a field has when nobody gives it; ``MISSING`` if it must be given."""
    return field.default_factory() if field.default_factory is not MISSING else field.default


async def observe(subject: Subject, database: Database) -> Observation:
    """Everything that the provider and a tool see of a connection's life, and of how it can fail."""
    return [
        await _life(subject, database),
        await _narrowed(subject, database),
        await _dead_grant(subject, database),
        await _lost_answer(subject, database),
        await _wrong_secret(subject, database),
        await _changed_callback(subject, database),
    ]


async def _life(subject: Subject, database: Database) -> Observation:
    seen: Observation = []
    async with open_workbench(subject, database) as bench:
        try:
            for person in subject.expectations.people:
                started = await bench.start(person)
                request = httpx.Request("GET", started.authorization_url)
                seen.append(_request(bench, incoming_of(request)))
                params = bench.approve(bench.consent(started), person)
                connection = (await bench.finish(started, params)).connection
                seen.append(
                    (
                        connection.external_account_id,
                        connection.account_label,
                        dict(connection.metadata),
                        dict(connection.connection_config),
                        connection.requested_scopes,
                        connection.granted_scopes,
                        connection.status,
                        connection.tokens.expires_at is None,
                        connection.tokens.refresh_token is None,
                    )
                )
                for force in (False, True):
                    token = await bench.token(connection, force=force)
                    seen.append((token.connection.status, token.connection.granted_scopes))
                    seen.append((token.api_base_url, _masked(bench, token.api_headers)))
                    answer = bench.call(token)
                    seen.append((answer.status, _masked(bench, answer.body)))
                seen.append(len(await bench.connections()))
            seen.append(await bench.disconnect(connection))
        except _FAILURES as error:
            seen.append(f"{type(error).__name__}: {error}")
        seen += [_request(bench, request.incoming) for request in bench.transport.seen]
    return seen


async def _narrowed(subject: Subject, database: Database) -> Observation:
    """What becomes of a connection for which the person refused one of the scopes."""
    seen: Observation = []
    person = subject.expectations.people[0]
    for refused in subject.config.scopes:
        async with open_workbench(subject, database) as bench:
            try:
                started = await bench.start(person)
                consent = bench.consent(started)
                left = tuple(scope for scope in consent.scopes if scope != refused)
                params = bench.approve(replace(consent, scopes=left), person)
                connection = (await bench.finish(started, params)).connection
                seen.append((connection.status, connection.granted_scopes))
            except _FAILURES as error:
                seen.append(type(error).__name__)
    return seen


async def _dead_grant(subject: Subject, database: Database) -> Observation:
    async with open_workbench(subject, database) as bench:
        try:
            connection = await bench.connect()
            for grant in bench.simulation.ledger.grants.values():
                bench.simulation.ledger.revoke(grant, whole_account=False)
            await bench.token(connection, force=True)
        except _FAILURES as error:
            return [type(error).__name__]
    return []


async def _lost_answer(subject: Subject, database: Database) -> Observation:
    async with open_workbench(subject, database) as bench:
        seen: Observation = []
        try:
            connection = await bench.connect()
            bench.transport.replace("token", LOST)
            await bench.token(connection, force=True)
        except _FAILURES as error:
            seen.append(type(error).__name__)
        return [*seen, bench.token_requests]


async def _wrong_secret(subject: Subject, database: Database) -> Observation:
    async with open_workbench(subject, database) as bench:
        try:
            wrong = replace(subject.config, client_secret=Secret("another-secret"))
            await bench.exchange(*bench.code(), config=wrong)
        except _FAILURES as error:
            return [type(error).__name__]
    return []


async def _changed_callback(subject: Subject, database: Database) -> Observation:
    seen: Observation = []
    person = subject.expectations.people[0]
    for added, removed in (
        ({"unknown": "1"}, ""),
        ({"iss": "https://issuer.example"}, ""),
        ({}, "iss"),
    ):
        async with open_workbench(subject, database) as bench:
            try:
                started = await bench.start(person)
                params = bench.approve(bench.consent(started), person) | added
                params.pop(removed, None)
                await bench.finish(started, params)
                seen.append("finished")
            except _FAILURES as error:
                seen.append(type(error).__name__)
    return seen


def _request(bench: Workbench, incoming: Incoming) -> Any:
    headers = {k: v for k, v in incoming.headers.items() if k not in _OF_THE_CLIENT}
    body: Any = incoming.body.decode(errors="replace")
    if "json" in headers.get("content-type", ""):
        body = json.loads(body)
    elif "form" in headers.get("content-type", ""):
        body = dict(parse_qsl(body, keep_blank_values=True))
    query = dict(parse_qsl(urlsplit(f"?{incoming.query}").query, keep_blank_values=True))
    return (
        incoming.method,
        incoming.address,
        _masked(bench, query),
        _masked(bench, headers),
        _masked(bench, body),
    )


def _masked(bench: Workbench, value: Any) -> Any:
    """``value`` with random parts replaced by what they are."""
    if isinstance(value, Mapping):
        return {
            key: f"<{key}>" if key in _RANDOM else _masked(bench, item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_masked(bench, item) for item in value]
    if isinstance(value, str):
        ledger = bench.simulation.ledger
        for kind in ("codes", "access_tokens", "refresh_tokens"):
            for secret in getattr(ledger, kind):
                value = value.replace(secret, f"<{kind}>")
    return value
