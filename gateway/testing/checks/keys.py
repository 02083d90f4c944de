"""The checks on connectors with pasted keys."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
from structlog.testing import capture_logs

from gateway.engine.pasted import read_pasted
from gateway.errors import (
    AccountMismatch,
    GatewayError,
    InvalidRequest,
    KeyNotChecked,
    KeyRefused,
    ProviderError,
    ReauthorizationRequired,
)
from gateway.services.key_connections import FINGERPRINT
from gateway.services.tokens import IssuedToken
from gateway.store.connection import NOT_CHECKED, Status
from gateway.testing.checks.check import Check, Checks
from gateway.testing.header import header_problems
from gateway.testing.key_subject import KeySubject, other_character
from gateway.testing.subject import expect, expect_error
from gateway.testing.wire import LOST
from gateway.testing.workbench import KeyWorkbench, open_key_workbench

DESCRIPTION, JOURNEY, REFUSALS = Checks("description"), Checks("journey"), Checks("refusals")
LATER = 3600  # seconds; longer than any pause between two checks of a key
OUTAGES = {
    "a 500": httpx.Response(500, json={"error": "server_error"}),
    "a 503": httpx.Response(503, json={}),
    "too many requests": httpx.Response(429, json={}, headers={"Retry-After": "7"}),
    "HTML": httpx.Response(200, html="<h1>We will be right back</h1>"),
    "HTML and 502": httpx.Response(502, html="<h1>Bad gateway</h1>"),
    "a redirect": httpx.Response(307, headers={"location": "https://elsewhere.example/"}),
    "no answer": LOST,
}
"""Answers that say nothing about a key."""


@DESCRIPTION.of_subject("its header is complete, and each secret says where it is found")
async def _header(subject: KeySubject) -> None:
    found = header_problems(subject.header, subject.config)
    expect(not found, "; ".join(found))
    expect(subject.config.description, "description is empty")
    expect(subject.config.name == subject.name, f'its config is named "{subject.config.name}"')
    for name, wanted in subject.key.inputs.items():
        expect(wanted.where or not wanted.secret, f"inputs.{name} does not say where it is found")


@DESCRIPTION.of_subject("a wrong key can be told from a right one")
async def _verified(subject: KeySubject) -> None:
    known = subject.key.verify or subject.key.token
    expect(known, "it has neither verify nor token: no key would ever be checked")


@DESCRIPTION.of_subject("every key that the provider issues may be pasted, and no other kind")
async def _inputs(subject: KeySubject) -> None:
    for person in subject.people:
        read_pasted(subject.key.inputs, person.typed)
    typed = subject.people[0].typed
    said = subject.expectations
    unknown = {*said.accepted_inputs, *said.refused_inputs} - {*subject.key.inputs}
    expect(not unknown, f"the contract has values for {', '.join(unknown)}, which is no input")
    for name, accepted in said.accepted_inputs.items():
        for value, meant in accepted.items():
            found = read_pasted(subject.key.inputs, {**typed, name: value})[name]
            expect(found == meant, f"{name}: {value!r} is understood as {found!r}, not {meant!r}")
    for name, refused in said.refused_inputs.items():
        for value in refused:
            try:
                read_pasted(subject.key.inputs, {**typed, name: value})
            except InvalidRequest:
                continue
            expect(False, f"{value!r} may be pasted as {name}")


@DESCRIPTION.of_subject("its key goes to the provider's API and nowhere else")
async def _hosts(subject: KeySubject) -> None:
    extra = {*subject.config.api_hosts} - subject.provider.api_hosts
    expect(not extra, f"{', '.join(sorted(extra))} is not a host of the provider's API")
    plain = {host for host in subject.provider.api_hosts if "{" not in host}
    own = subject.config.api_base_url.removeprefix("https://").partition("/")[0]
    missing = plain - {*subject.config.api_hosts, own}
    expect(not missing, f"the key may not go to {', '.join(sorted(missing))}")


@JOURNEY.of_workbench("a right key connects")
async def _connect(bench: KeyWorkbench) -> None:
    connection = await bench.connect()
    expect(connection.status is Status.ACTIVE, f"the connection is {connection.status}")
    why = connection.status_reason
    expect(why is None, f"it is {why}{bench.refusal()}")
    named = bench.subject.expectations.account
    found = (connection.external_account_id, connection.account_label)
    if named is None:
        unnamed = found[0].startswith(FINGERPRINT)
        expect(unnamed, f"the account is {found}: say account = {found}")
        return
    expect(found == named, f"the account is read as {found}, expected {named}")


@JOURNEY.of_workbench("each account's key opens the API, in the places that tools are told")
async def _use(bench: KeyWorkbench) -> None:
    for person in bench.subject.everybody:
        async with open_key_workbench(bench.subject, bench.database) as other:
            _works(other, await other.token(await other.connect(person)))


@JOURNEY.of_workbench("every request goes to an endpoint of the provider")
async def _addresses(bench: KeyWorkbench) -> None:
    await bench.token(await bench.connect(), force=True)
    for seen in bench.transport.seen:
        place = f"{seen.incoming.method} {seen.incoming.address}"
        there = f"the sandbox file has {bench.simulation.places()}"
        known = seen.endpoint in {"api", "exchange"}
        expect(known, f"the provider has nothing at {place}; {there}")


@JOURNEY.of_workbench("two people are two accounts, and each of them is one")
async def _accounts(bench: KeyWorkbench) -> None:
    first, second = bench.subject.people
    one, again = await bench.connect(first), await bench.connect(first)
    expect(one.id == again.id, "the same key is linked twice")
    if bench.subject.config.supports_multiple_accounts:
        await bench.connect(second)
        expect(len(await bench.connections()) == 2, "both accounts should be linked")
        return
    otherwise = "a second account is linked, although only one is supported"
    await expect_error(bench.connect(second), AccountMismatch, otherwise)


@JOURNEY.of_workbench("a token is renewed when it is time, and again after that")
async def _renew(bench: KeyWorkbench) -> None:
    exchange = bench.subject.rules.exchange
    expect((exchange is None) == (bench.subject.key.token is None), "one side exchanges no values")
    if exchange is None:
        return
    connection = await bench.connect()
    token = await bench.token(connection)
    grant = next(iter(bench.keys().ledger.access_tokens.values()))
    known = token.connection.tokens.expires_at
    expect((grant.expires_at is None) == (known is None), f"it ends at {grant.expires_at}")
    if grant.expires_at is not None and known is not None:
        expect(abs(known.timestamp() - grant.expires_at) < 5, "its stored end is not its end")
    for round in (1, 2):
        requests = len(bench.transport.requests_to("exchange"))
        bench.clock.advance(seconds=(exchange.seconds or 0) + 60)
        newer = await bench.token(connection, force=exchange.seconds is None)
        expect(newer.access_token != token.access_token, f"renewal {round} brings no new token")
        asked = len(bench.transport.requests_to("exchange")) - requests
        expect(asked == 1, f"renewal {round} takes {asked} requests")
        _works(bench, newer)
        token = newer


@JOURNEY.of_workbench("a key that stops working asks for the person, and can be replaced")
async def _ended(bench: KeyWorkbench) -> None:
    first, second = bench.subject.people
    connection = await bench.connect(first)
    bench.simulation.ledger.end_grants(bench.subject.name)
    bench.clock.advance(seconds=LATER)
    checking = bench.token(connection, force=True)
    await expect_error(checking, ReauthorizationRequired, "a refused key is handed out")
    noted = (await bench.connections())[0].status
    expect(noted is Status.NEEDS_REAUTH, f"it is {noted} then")
    if connection.external_account_id.startswith(FINGERPRINT):
        again = await bench.connect(second, replaces=connection.id)
        expect((again.id, again.status) == (connection.id, Status.ACTIVE), "it is not replaced")
        _works(bench, await bench.token(again))


@JOURNEY.of_workbench("replacing keeps the old key until the new one is accepted")
async def _replace(bench: KeyWorkbench) -> None:
    first, second = bench.subject.people
    connection = await bench.connect(first)
    before = bench.call(await bench.token(connection))
    name, wrong = next(_secrets(bench.subject)), next(_mutations(bench.subject))[1]
    refused = bench.connect(changed=wrong, replaces=connection.id)
    await expect_error(
        refused, (KeyRefused, InvalidRequest), f"a wrong {name} replaces the old one"
    )
    _fail(bench, OUTAGES["a 503"])
    unclear = bench.connect(second, replaces=connection.id)
    await expect_error(unclear, KeyNotChecked, "an unchecked key replaces the old one")
    bench.transport.replaced.clear()
    expect(bench.call(await bench.token(connection)) == before, "the old key is lost")
    replacing = bench.connect(second, replaces=connection.id)
    if not connection.external_account_id.startswith(FINGERPRINT):
        await expect_error(replacing, AccountMismatch, "it becomes another account")
        return
    replaced = await replacing
    expect(replaced.id == connection.id, "the key becomes another connection")
    _works(bench, await bench.token(replaced))


@REFUSALS.of_workbench("each changed character makes a key wrong")
async def _changed(bench: KeyWorkbench) -> None:
    told: set[str] = set()
    for name, wrong in _mutations(bench.subject):
        try:
            connection = await bench.connect(changed=wrong)
        except KeyRefused:
            told.add(name)
        except InvalidRequest:
            pass
        else:
            how = connection.status_reason or "accepted"
            expect(False, f"a wrong {name} is {how}{bench.refusal()}")
    never = {*_secrets(bench.subject)} - told
    expect(not never, f"the provider never refuses a wrong {', '.join(sorted(never))}")
    expect(not await bench.connections(), "a refused key is stored")


@REFUSALS.of_workbench("documented answers refuse a key or leave it unchecked")
async def _documented(bench: KeyWorkbench) -> None:
    said = bench.subject.expectations
    for is_refusal, samples in ((True, said.refusals), (False, said.unclear)):
        for status, body in samples:
            _fail(bench, httpx.Response(status, json=dict(body)))
            try:
                found = (await bench.connect()).status_reason
            except KeyRefused:
                found = "refused"
            wanted = "refused" if is_refusal else NOT_CHECKED
            expect(found == wanted, f"after {status} {dict(body)} it is {found}, not {wanted}")


@REFUSALS.of_workbench("an outage leaves a key unchecked, and a later check decides")
async def _outages(bench: KeyWorkbench) -> None:
    for what, answer in OUTAGES.items():
        async with open_key_workbench(bench.subject, bench.database) as other:
            _fail(other, answer)
            try:
                connection = await other.connect()
            except KeyRefused:
                expect(False, f"{what} is taken for a refusal of the key")
            found = (connection.status, connection.status_reason)
            expect(found == (Status.ACTIVE, NOT_CHECKED), f"after {what} it is {found}")
            other.transport.replaced.clear()
            other.clock.advance(seconds=LATER)
            checked = (await other.token(connection, force=True)).connection
            found = (checked.status, checked.status_reason)
            expect(found == (Status.ACTIVE, None), f"after {what} and a check it is {found}")


@REFUSALS.of_workbench("an outage at a later check keeps the key")
async def _later_outage(bench: KeyWorkbench) -> None:
    connection = await bench.connect()
    bench.clock.advance(seconds=LATER)
    _fail(bench, OUTAGES["a 503"])
    await expect_error(bench.token(connection, force=True), ProviderError, "it is checked")
    status = (await bench.connections())[0].status
    expect(status is Status.ACTIVE, f"after an outage it is {status}")


@REFUSALS.of_workbench("no key is in a log, a label, an error or the database")
async def _silent(bench: KeyWorkbench) -> None:
    told: list[object] = []
    with capture_logs() as logs:
        connection = await bench.connect()
        token = await bench.token(connection)
        told += [repr(connection), connection.account_label, connection.external_account_id]
        told += [connection.metadata, repr(token)]
        for name, wrong in [*_mutations(bench.subject)][:3]:
            try:
                await bench.connect(changed=wrong)
            except GatewayError as error:
                told += [name, str(error), repr(error), vars(error)]
        _fail(bench, OUTAGES["a 500"])
        told.append(repr(await bench.connect(bench.subject.people[1])))
    told += [logs, bench.simulation.ledger.log, *await _stored(bench)]
    text = "\n".join(map(str, told))
    for person in bench.subject.people:
        for name in _secrets(bench.subject):
            before, leaked, _ = text.partition(person.typed[name])
            expect(not leaked, f"{name} is told: {before[-60:]}")


async def _stored(bench: KeyWorkbench) -> list[str]:
    return [
        str(found)
        for name in ("connections", "audit")
        for found in await bench.database.collection(name).find({"tenant": bench.tenant})
    ]


def _fail(bench: KeyWorkbench, answer: httpx.Response) -> None:
    for endpoint in ("api", "exchange"):
        bench.transport.replace(endpoint, answer)


def _works(bench: KeyWorkbench, token: IssuedToken) -> None:
    outcome = bench.call(token)
    expect(not outcome.refused, f"the API answers {outcome.status}{bench.refusal()}")


def _secrets(subject: KeySubject) -> Iterator[str]:
    """The names of the secrets that the first person pastes."""
    typed = subject.people[0].typed
    return (name for name, each in subject.key.inputs.items() if each.secret and typed.get(name))


def _mutations(subject: KeySubject) -> Iterator[tuple[str, dict[str, str]]]:
    """Each secret of the first person with one other character, and without its last one."""
    for name in _secrets(subject):
        value = subject.people[0].typed[name]
        for place, character in enumerate(value):
            yield name, {name: value[:place] + other_character(character) + value[place + 1 :]}
        yield name, {name: value[:-1]}


KEYS: tuple[Check, ...] = (*DESCRIPTION, *JOURNEY, *REFUSALS)
