"""Checks on the wire of what goes well: connect, use, refresh, reconnect, disconnect."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from connectors.errors import AccountUnfit
from connectors.provider import SimulatedProvider
from gateway.engine.scopes import missing_scopes, named_scopes, scopes_to_ask
from gateway.errors import AccountMismatch, ProviderDeclined, ProviderError, ReauthorizationRequired
from gateway.services.disconnect import Revoked
from gateway.services.tokens import IssuedToken
from gateway.store.connection import Status
from gateway.testing.checks.check import Checks
from gateway.testing.subject import ContractViolation, expect, expect_error
from gateway.testing.workbench import GATEWAY_URL, Workbench, open_workbench

JOURNEY = Checks("journey")
MONTH = 30 * 86400  # seconds

_STANDARD_HEADERS = {
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
}


@JOURNEY.of_workbench("the authorization request says what is expected")
async def _authorize(bench: Workbench) -> None:
    subject, started = bench.subject, await bench.start()
    sent = parse_qs(urlsplit(started.authorization_url).query, keep_blank_values=True)
    found, expected = bench.consent(started).scopes, subject.expectations.scopes
    expect(found == expected, f"the provider reads the scopes {found}, expected {expected}")
    pkce = {"code_challenge", "code_challenge_method"} <= sent.keys()
    expect(pkce == subject.sends_pkce, "PKCE is sent" if pkce else "PKCE is not sent")
    redirect_uri = f"{GATEWAY_URL}/v1/connectors/{subject.name}/callback"
    expect(sent["redirect_uri"] == [redirect_uri], "the redirect URI is not the engine's")


@JOURNEY.of_workbench("each choice leads to a page of the provider")
async def _choices(bench: Workbench) -> None:
    person = bench.subject.people[0]
    for name, wanted in bench.subject.config.connection_config.items():
        for choice in wanted.choices:
            typed = {**person.typed, name: choice}
            bench.consent(await bench.start(replace(person, typed=typed)))


@JOURNEY.of_workbench("a person connects")
async def _connect(bench: Workbench) -> None:
    connection = await bench.connect()
    scopes = bench.subject.expectations.scopes
    failure = connection.hook_failure
    expect(failure is None, f"the hook fails: {failure and failure.reason}")
    expect(connection.status is Status.ACTIVE, f"the connection is {connection.status}")
    expect(connection.requested_scopes == scopes, "other scopes are noted")
    expect(
        set(connection.granted_scopes) >= set(scopes),
        f"granted scopes are read as {connection.granted_scopes}",
    )
    expect("@" not in connection.external_account_id, "an e-mail address is no stable id")
    expect(
        connection.account_label != connection.external_account_id,
        "the label is the id: people do not recognise their account by it",
    )


@JOURNEY.of_workbench("every request goes to an endpoint of the provider")
async def _addresses(bench: Workbench) -> None:
    await _live(bench)
    for seen in bench.transport.seen:
        place = f"{seen.incoming.method} {seen.incoming.address}"
        there = f"the sandbox file has {bench.simulation.places()}"
        known = seen.endpoint not in {None, "authorize"}
        expect(known, f"the provider has nothing at {place}; {there}")


@JOURNEY.of_workbench("every request carries documented headers only")
async def _headers(bench: Workbench) -> None:
    await _live(bench)
    for seen in bench.transport.seen:
        documented = _documented_headers(bench.subject.provider, seen.endpoint)
        unknown = seen.incoming.headers.keys() - documented - _STANDARD_HEADERS
        expect(not unknown, f"{seen.endpoint} gets the header {', '.join(sorted(unknown))}")
    told = {name.lower() for name in bench.subject.config.api_headers}
    extra = told - _documented_headers(bench.subject.provider, "api")
    expect(not extra, f"tools are told the header {', '.join(sorted(extra))}")


async def _live(bench: Workbench) -> None:
    """Connect, refresh, use, disconnect: everything that makes a request."""
    connection = await bench.connect()
    token = await bench.token(connection, force=bench.subject.refreshes)
    bench.call(token)
    await bench.disconnect(connection)


def _documented_headers(rules: SimulatedProvider, endpoint: str | None) -> set[str]:
    """The headers that an endpoint documents, in addition to the standard ones."""
    if endpoint == "token":
        return {*rules.token.required_headers}
    if endpoint == "api":
        listed = {name for api in rules.api for name in api.required_headers}
        return {rules.api_auth[0]} | {name.removesuffix("?") for name in listed}
    if endpoint == "revoke" and rules.revoke is not None:
        own_header = {rules.api_auth[0]} if rules.revoke.token == "api_header" else set()
        return {*rules.revoke.required_headers} | own_header
    return set()


@JOURNEY.of_workbench("the token opens the API")
async def _use(bench: Workbench) -> None:
    connection = await bench.connect()
    asked = bench.token_requests
    _works(bench, await bench.token(connection))
    expect(bench.token_requests == asked, "reading a fresh token asks the provider again")


@JOURNEY.of_workbench("the token's life is what the provider says")
async def _life(bench: Workbench) -> None:
    connection = await bench.connect()
    token = await bench.token(connection)
    ends = bench.simulation.ledger.access_tokens[token.access_token.reveal()].expires_at
    known = connection.tokens.expires_at
    expect((ends is None) == (known is None), f"it ends at {ends}, and {known} is stored")
    if ends is not None and known is not None:
        expect(abs(known.timestamp() - ends) < 5, "the stored expiry is not the provider's")


@JOURNEY.of_workbench("two people are two accounts")
async def _accounts(bench: Workbench) -> None:
    first, second = bench.subject.people
    one = await bench.connect(first)
    if bench.subject.provider.several_accounts:
        other = await bench.connect(second)
        expect(one.external_account_id != other.external_account_id, "both have the same id")
        expect(len(await bench.connections()) == 2, "both accounts should be linked")
        for connection in (one, other):
            _works(bench, await bench.token(connection))
        return
    otherwise = "a second account is linked, although only one is supported"
    await expect_error(bench.connect(second), AccountMismatch, otherwise)
    expect(len(await bench.connections()) == 1, "only the first account should be linked")


@JOURNEY.of_workbench("connecting again is the same account")
async def _again(bench: Workbench) -> None:
    one, again = await bench.connect(), await bench.connect()
    expect(one.id == again.id, "the same account is linked twice")
    expect(again.generation > one.generation, "the new grant is not stored")
    _works(bench, await bench.token(again))
    if bench.subject.refreshes:
        # Otherwise the earlier one is kept, which hides that the provider was not asked for one.
        ledger = bench.simulation.ledger
        newest = [*ledger.grants.values()][-1]
        expect(
            ledger.current_refresh_token(newest) is not None, "the new grant has no refresh token"
        )
        _works(bench, await bench.token(again, force=True))


@JOURNEY.of_workbench("it is refreshed when it is time, and again after that")
async def _refresh(bench: Workbench) -> None:
    connection = await bench.connect()
    token = await bench.token(connection)
    if connection.tokens.expires_at is None:
        bench.clock.advance(seconds=MONTH)
        expect(
            (await bench.token(connection)).access_token == token.access_token,
            "a token of unknown life is replaced unasked",
        )
    if not bench.subject.refreshes:
        if connection.tokens.expires_at is not None:
            bench.clock.advance(seconds=MONTH)
        renewing = bench.token(connection, force=True)
        otherwise = "it is refreshed, although that is not supported"
        await expect_error(renewing, ReauthorizationRequired, otherwise)
        return
    for round in (1, 2):
        requests = bench.token_requests
        if connection.tokens.expires_at is not None:
            _age(bench, token)
            newer = await bench.token(connection)
        else:
            newer = await bench.token(connection, force=True)
        is_same = newer.access_token == token.access_token
        if bench.subject.extends:
            expect(is_same, f"refresh {round} brings another token")
        else:
            expect(not is_same, f"refresh {round} brings no new token")
        expect(bench.token_requests == requests + 1, f"refresh {round} takes several requests")
        expect(newer.connection.status is Status.ACTIVE, f"it is {newer.connection.status} then")
        _works(bench, newer)
        token = newer


@JOURNEY.of_workbench("a grant that the provider ended asks for the person")
async def _dead(bench: Workbench) -> None:
    connection = await bench.connect()
    ledger = bench.simulation.ledger
    for grant in ledger.grants.values():
        ledger.revoke(grant, whole_account=False)
    renewing = bench.token(connection, force=True)
    await expect_error(renewing, ReauthorizationRequired, "a token is handed out")
    noted = (await bench.connections())[0].status is Status.NEEDS_REAUTH
    expect(noted or not bench.subject.refreshes, "it is not noted")


@JOURNEY.of_workbench("a scope that the person refuses is noticed", unusual=True)
async def _refused_scope(bench: Workbench) -> None:
    for scope in bench.subject.expectations.scopes:
        before = await bench.connections()
        started = await bench.start()
        consent = bench.consent(started)
        narrowed = replace(consent, scopes=tuple(s for s in consent.scopes if s != scope))
        params = bench.approve(narrowed)
        try:
            connection = (await bench.finish(started, params)).connection
        except (ProviderError, AccountUnfit):
            # Without this scope not even the account can be read: the person is told at once.
            expect(await bench.connections() == before, f"without {scope} something is stored")
            continue
        echoed = bench.subject.echoes(scope)
        wanted = Status.NEEDS_SCOPES if echoed else Status.ACTIVE
        expect(
            connection.status is wanted, f"without {scope} the connection is {connection.status}"
        )
        expect(
            (scope in connection.granted_scopes) is not echoed,
            f"without {scope} the granted scopes are {connection.granted_scopes}",
        )


@JOURNEY.of_workbench("every scope that the provider knows can be added")
async def _added_scopes(bench: Workbench) -> None:
    async with open_workbench(bench.subject.with_every_scope(), bench.database) as asking:
        try:
            asking.consent(await asking.start())
        except ContractViolation:
            return  # as Stripe, whose two scopes exclude each other
        connection = await asking.connect()
    expect(
        connection.status is Status.ACTIVE,
        f"with {connection.granted_scopes} granted the connection is {connection.status}",
    )


@JOURNEY.of_workbench("each set of scopes can be asked for in addition, and refused")
async def _scope_sets(bench: Workbench) -> None:
    config, known = bench.subject.config, bench.subject.provider.authorize.known_scopes
    before = await bench.connect()
    for name, each in config.scope_sets.items():
        if unknown := {*each.scopes} - known:
            raise ContractViolation(f"the set {name} has {', '.join(unknown)}: not the provider's")
        asked = scopes_to_ask(config, named_scopes(config, [name]), before.granted_scopes)
        started = await bench.start(reconnect=before.id, scopes=asked)
        expect(bench.consent(started).scopes == asked, f"the set {name} is not asked for")
        await expect_error(
            bench.finish(started, bench.simulation.deny(bench.consent(started))),
            ProviderDeclined,
            f"the set {name} is granted by a refusal",
        )
        _works(bench, await bench.token(before))
        started = await bench.start(reconnect=before.id, scopes=asked)
        params = bench.approve(bench.consent(started))
        before = (await bench.finish(started, params)).connection
        lacking = missing_scopes(config, each.scopes, before.granted_scopes)
        expect(not lacking, f"with the set {name}, {', '.join(lacking)} are not read as granted")
        expect(before.status is Status.ACTIVE, f"it is {before.status} then")
        _works(bench, await bench.token(before))


@JOURNEY.of_workbench("disconnecting ends the grant")
async def _disconnect(bench: Workbench) -> None:
    connection = await bench.connect()
    token = await bench.token(connection)
    revoked = await bench.disconnect(connection)
    expect(await bench.connections() == [], "the connection is still there")
    if bench.subject.provider.revoke is None:
        expect(revoked is Revoked.UNSUPPORTED, f"revoked is {revoked}, but it cannot be")
        return
    expect(revoked is Revoked.YES, f"revoked is {revoked}{_why_not_revoked(bench)}")
    expect(
        all(grant.revoked for grant in bench.simulation.ledger.grants.values()),
        "the provider still knows the grant",
    )
    expect(not _opens(bench, token), "the token still works")


@JOURNEY.of_workbench("disconnecting ends the grant long after the token")
async def _disconnect_late(bench: Workbench) -> None:
    connection = await bench.connect()
    if bench.subject.provider.revoke is None or connection.tokens.expires_at is None:
        return
    _expire(bench, await bench.token(connection))
    revoked = await bench.disconnect(connection)
    # A provider that takes nothing but the access token cannot be told once that is expired.
    rules = bench.subject.provider.revoke
    needs_access_token = rules.token == "api_header" or rules.accepts == {"access_token"}
    wanted = Revoked.NO if needs_access_token else Revoked.YES
    expect(revoked is wanted, f"revoked is {revoked}{_why_not_revoked(bench)}")
    expect(await bench.connections() == [], "the connection is still there")
    ended = all(grant.revoked for grant in bench.simulation.ledger.grants.values())
    expect(ended is (wanted is Revoked.YES), "what is said of the grant is not so")


@JOURNEY.of_workbench("declining connects nothing")
async def _decline(bench: Workbench) -> None:
    started = await bench.start()
    params = bench.simulation.deny(bench.consent(started))
    finishing = bench.finish(started, params)
    await expect_error(finishing, ProviderDeclined, "a connection is made of a refusal")
    expect(await bench.connections() == [], "something is stored")
    expect(bench.token_requests == 0, "the token endpoint is asked")


def _age(bench: Workbench, token: IssuedToken) -> None:
    """Let the time of a refresh come: the end of the token, unless it has to live for that."""
    fresh_until = token.connection.tokens.fresh_until
    if bench.subject.provider.long_lived is None or fresh_until is None:
        _expire(bench, token)
    else:
        bench.clock.advance(seconds=(fresh_until - bench.clock()).total_seconds() + 1)


def _expire(bench: Workbench, token: IssuedToken) -> None:
    expires_at = token.connection.tokens.expires_at
    if expires_at is not None:
        bench.clock.advance(seconds=(expires_at - bench.clock()).total_seconds() + 1)
    expect(not _opens(bench, token), "the simulated provider still takes an expired token")


def _opens(bench: Workbench, token: IssuedToken) -> bool:
    return not bench.call(token).refused


def _works(bench: Workbench, token: IssuedToken) -> None:
    answer = bench.call(token)
    why = bench.refusal("api")
    expect(not answer.refused, f"the API refuses the token: {answer.status}{why}")


def _why_not_revoked(bench: Workbench) -> str:
    """The provider's reason, as the end of a sentence."""
    if not bench.transport.requests_to("revoke"):
        return f"; nothing reached the revocation endpoint of {bench.simulation.places()}"
    return bench.refusal("revoke")
