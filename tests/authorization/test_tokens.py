"""Access tokens and the keys that sign them: what verifies, and what never does."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from gateway.authorization.signing_keys import AGE, KEPT, SigningKeys
from gateway.authorization.tokens import LIFETIME, AccessTokens, issue
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.errors import AccessTokenInvalid
from gateway.store.mongo import Database
from gateway.store.signing_keys import SigningKeyStore
from tests.support.gateway import FakeClock

ISSUER, RESOURCE = "https://gateway.example.com", "https://gateway.example.com/mcp"
VAULT = Vault(read_encryption_keys(f"k1:{new_encryption_key()}"))


def keys_of(database: Database, clock: FakeClock, vault: Vault = VAULT) -> SigningKeys:
    """The signing keys as one process knows them; its readings are never too close together."""
    ticks = iter(range(0, 10_000, 10))
    return SigningKeys(SigningKeyStore(database), vault, clock, now=lambda: float(next(ticks)))


def verifier(keys: SigningKeys, clock: FakeClock, **options: Any) -> AccessTokens:
    return AccessTokens(issuer=ISSUER, keys=keys, clock=clock, **options)


def issued(key: ECKey, clock: FakeClock, **changes: Any) -> str:
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "audience": RESOURCE,
        "tenant": "acme",
        "user": "alice",
        "client": "https://agent.example.com/client.json",
        "scopes": ("tools:read",),
        "grant": "gr_1",
        "now": clock(),
    }
    return issue(key, **(facts | changes))


def forged(token: str, *, header: Mapping[str, Any] = {}, **claims: Any) -> str:
    """The token with another header or claims, and its old signature."""
    parts = token.split(".")
    for place, changes in enumerate((header, claims)):
        content = json.loads(base64.urlsafe_b64decode(parts[place] + "=="))
        text = json.dumps(content | dict(changes)).encode()
        parts[place] = base64.urlsafe_b64encode(text).rstrip(b"=").decode()
    return ".".join(parts)


async def test_a_token_says_who_and_for_what(database: Database, clock: FakeClock) -> None:
    keys = keys_of(database, clock)
    token = issued(await keys.signing_key(), clock)

    claims = await verifier(keys, clock).verify(token, RESOURCE)

    assert (claims.tenant, claims.user, claims.grant) == ("acme", "alice", "gr_1")
    assert claims.client == "https://agent.example.com/client.json"
    assert claims.scopes == {"tools:read"}
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert header["typ"] == "at+jwt"
    assert header["kid"] in {key["kid"] for key in (await keys.published())["keys"]}


async def test_published_keys_are_public(database: Database, clock: FakeClock) -> None:
    published = (await keys_of(database, clock).published())["keys"]

    assert [{*key} for key in published] == [{"kty", "crv", "x", "y", "kid", "use", "alg"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://other.example.com"},
        {"issuer": ISSUER + "/"},
        {"audience": ISSUER},
        {"audience": RESOURCE + "/"},
        {"user": ""},
        {"tenant": ""},
    ],
    ids=str,
)
async def test_a_token_for_elsewhere_is_refused(
    database: Database, clock: FakeClock, changes: dict[str, str]
) -> None:
    keys = keys_of(database, clock)
    token = issued(await keys.signing_key(), clock, **changes)

    with pytest.raises(AccessTokenInvalid):
        await verifier(keys, clock).verify(token, RESOURCE)


async def test_an_expired_token_is_refused(database: Database, clock: FakeClock) -> None:
    keys = keys_of(database, clock)
    token = issued(await keys.signing_key(), clock)
    clock.advance(seconds=LIFETIME.total_seconds() + 60)

    with pytest.raises(AccessTokenInvalid, match="exp"):
        await verifier(keys, clock).verify(token, RESOURCE)


async def test_forged_tokens_are_refused(database: Database, clock: FakeClock) -> None:
    keys = keys_of(database, clock)
    key = await keys.signing_key()
    good, own = issued(key, clock), ECKey.generate_key("P-256", auto_kid=True)
    public = json.dumps(key.as_dict(private=False)).encode()
    shared = OctKey.import_key(public.ljust(64, b" "))
    claims = json.loads(base64.urlsafe_b64decode(good.split(".")[1] + "=="))
    forgeries = [
        forged(good, user="bob"),
        forged(good, sub="bob"),
        forged(good, header={"alg": "none"}).rpartition(".")[0] + ".",
        jwt.encode({"alg": "HS256", "typ": "at+jwt", "kid": key.kid}, claims, shared),
        issued(own, clock),
        jwt.encode(
            {"alg": "ES256", "typ": "at+jwt", "kid": key.kid, "jwk": own.as_dict(private=False)},
            claims,
            own,
        ),
        jwt.encode({"alg": "ES256", "typ": "JWT", "kid": key.kid}, claims, key),
        jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, default_type=None),
        "x" * 9000,
        "",
        "a.b.c",
        "é.b.c",
    ]
    tokens = verifier(keys, clock)
    assert (await tokens.verify(good, RESOURCE)).user == "alice"

    for forgery in forgeries:
        with pytest.raises(AccessTokenInvalid):
            await tokens.verify(forgery, RESOURCE)


async def test_a_token_of_an_ended_grant_is_refused(database: Database, clock: FakeClock) -> None:
    keys, ended = keys_of(database, clock), set[str]()
    token = issued(await keys.signing_key(), clock)

    async def lives(tenant: str, user: str, grant: str) -> bool:
        assert (tenant, user) == ("acme", "alice")
        return grant not in ended

    tokens = verifier(keys, clock, lives=lives)
    await tokens.verify(token, RESOURCE)
    ended.add("gr_1")
    with pytest.raises(AccessTokenInvalid, match="revoked"):
        await tokens.verify(token, RESOURCE)


async def test_a_new_key_signs_and_the_old_one_verifies_until_its_tokens_have_ended(
    database: Database, clock: FakeClock
) -> None:
    here, elsewhere = keys_of(database, clock), keys_of(database, clock)
    old = issued(await here.signing_key(), clock)
    await elsewhere.keys()

    fresh = issued(await here.rotate(), clock)

    for keys in (here, elsewhere):  # the other process learns the new key when it meets it
        tokens = verifier(keys, clock)
        await tokens.verify(fresh, RESOURCE)
        await tokens.verify(old, RESOURCE)
    assert len((await here.published())["keys"]) == 2
    clock.advance(seconds=KEPT.total_seconds())
    assert len((await here.published())["keys"]) == 1


async def test_a_key_is_replaced_at_its_age(database: Database, clock: FakeClock) -> None:
    keys = keys_of(database, clock)
    first = await keys.signing_key()
    clock.advance(seconds=AGE.total_seconds() - 1)
    assert (await keys.signing_key()).kid == first.kid
    clock.advance(seconds=1)
    assert (await keys.signing_key()).kid != first.kid


async def test_processes_that_make_the_first_key_together_end_with_one(
    database: Database, clock: FakeClock
) -> None:
    one, other = keys_of(database, clock), keys_of(database, clock)
    await asyncio.gather(one._store_new(1), other._store_new(1))  # neither saw the other's
    assert (await one.signing_key()).kid == (await other.signing_key()).kid
    assert len((await one.published())["keys"]) == 1


@pytest.mark.requirement("E1", "E2")
async def test_a_key_in_the_database_is_sealed_and_a_planted_one_does_not_count(
    database: Database, clock: FakeClock
) -> None:
    keys = keys_of(database, clock)
    await keys.signing_key()
    rows = database.collection("signing_keys")
    (row,) = await rows.find({})
    assert b'"d"' not in row["private"]

    foreign = Vault(read_encryption_keys(f"k1:{new_encryption_key()}"))
    await keys_of(database, clock, foreign).rotate()
    await rows.insert({**row, "_id": "9", "number": 9})

    assert len((await keys.published())["keys"]) == 1
