"""Connect attempts: claimed once, for ten minutes, and useless to a reader of the database."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from httpx import URL
from pydantic import SecretStr

from gateway.encryption.places import Place
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.services.connect import StartedFlow
from gateway.settings.environment import Driver, Settings
from gateway.store.flows import FLOW_LIFETIME, Flow, FlowStore, flow_id
from gateway.store.mongo import Database
from gateway.wiring.process import Services, open_services
from tests.support.linking import NOW, at_once, dump

STATE = "a-state-of-256-bits"
KEYS = f"k1:{new_encryption_key()}"
VAULT = Vault(read_encryption_keys(KEYS))
SECRET = "an-app-secret-that-is-in-no-row"


@pytest.fixture
def store(database: Database) -> FlowStore:
    return FlowStore(database, VAULT)


@pytest.fixture
async def services(
    database: Database, mongodb_url: str, database_name: str, driver: Driver
) -> AsyncIterator[Services]:
    """The real services on the same database, with one connector that is configured."""
    settings = Settings(
        mode="dev",
        mongodb_url=SecretStr(mongodb_url),
        mongodb_database=database_name,
        mongodb_driver=driver,
        encryption_keys=SecretStr(KEYS),
    )
    env = {"OAUTH_GOOGLE_CLIENT_ID": "an-app", "OAUTH_GOOGLE_CLIENT_SECRET": SECRET}
    async with open_services(settings, env) as opened:
        yield opened


def flow(state: str = STATE) -> Flow:
    """An attempt that was started at ``NOW``."""
    return Flow(
        id=flow_id(state),
        tenant="default",
        user="alice",
        owner="user:alice",
        connector="google",
        cookie_hash="0" * 64,
        connection_config={"shop": "acme"},
        token_url="https://oauth2.googleapis.com/token",
        redirect_uri="http://localhost:3141/v1/connectors/google/callback",
        scopes=("read",),
        reconnect="con_1",
        return_to="/dashboard/connectors",
        tool="search",
        created_at=NOW,
        expires_at=NOW + FLOW_LIFETIME,
    )


async def test_a_claimed_flow_is_the_one_that_was_started(store: FlowStore) -> None:
    await store.add(flow(), b"sealed")
    assert await store.get(STATE) == replace(flow(), verifier=b"sealed")

    claimed = await store.claim(STATE, NOW)

    assert claimed == replace(flow(), verifier=b"sealed")
    assert claimed.owner == "user:alice"
    assert b"sealed" not in repr(claimed).encode()


@pytest.mark.requirement("A7", "A11")
async def test_a_flow_is_claimed_once_and_loses_its_verifier(store: FlowStore) -> None:
    await store.add(flow(), b"sealed")
    await store.claim(STATE, NOW)

    assert await store.claim(STATE, NOW) is None
    assert await store.get(STATE) == replace(flow(), verifier=b"", used_at=NOW)


@pytest.mark.requirement("A7")
async def test_of_fifty_claims_at_once_one_gets_the_flow(store: FlowStore) -> None:
    """Fifty identical callbacks, one exchange."""
    await store.add(flow(), b"sealed")

    claims = await at_once(50, lambda _: store.claim(STATE, NOW))

    assert claims.count(None) == 49
    assert replace(flow(), verifier=b"sealed") in claims


@pytest.mark.requirement("K1")
async def test_a_flow_is_refused_from_the_moment_of_its_expiry_though_its_row_is_there(
    store: FlowStore,
) -> None:
    """MongoDB removes expired rows minutes late."""
    await store.add(flow(), b"sealed")

    assert await store.claim(STATE, NOW + timedelta(minutes=10)) is None
    assert (await store.get(STATE) or flow()).used_at is None
    last_moment = NOW + timedelta(minutes=10) - timedelta(milliseconds=1)
    assert await store.claim(STATE, last_moment) is not None


async def test_an_unknown_state_is_nothing(store: FlowStore) -> None:
    await store.add(flow(), b"sealed")

    for state in ("", "another", STATE.upper(), flow_id(STATE)):
        assert await store.claim(state, NOW) is None
        assert await store.get(state) is None


async def start(services: Services) -> StartedFlow:
    """A flow as the start endpoint begins it."""
    return await services.connect.start(
        services.catalog.oauth("google"),
        tenant="default",
        user="alice",
        typed={},
        return_to="/dashboard/connectors",
    )


@pytest.mark.requirement("A11", "E1")
async def test_dump_of_the_database_finishes_no_flow(
    services: Services, database: Database, mongodb_url: str, database_name: str
) -> None:
    """Neither state, cookie nor verifier is there; what is there proves nothing."""
    started = await start(services)
    params = URL(started.authorization_url).params
    stored = (await database.collection("oauth_state").find({}, sort=[("_id", 1)]))[0]
    place = Place(
        collection="oauth_state",
        tenant="default",
        owner="user:alice",
        connector="google",
        row=stored["_id"],
        field="verifier",
        generation=0,
    )
    verifier = VAULT.open(stored["verifier"], place).reveal()
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    assert params["code_challenge"] == digest.decode().rstrip("=")  # it is the one in use

    everything = b"".join(dump(mongodb_url, database_name).values())

    assert stored["_id"].encode() in everything  # the dump is of what was stored
    for secret in (params["state"], started.cookie_value.reveal(), verifier, SECRET):
        assert secret.encode() not in everything
    assert started.cookie_name.removeprefix("gateway_flow_") in stored["_id"]


@pytest.mark.requirement("A11")
async def test_a_claimed_flow_leaves_no_verifier_behind(
    services: Services, database: Database
) -> None:
    started = await start(services)
    state = URL(started.authorization_url).params["state"]

    claimed = await FlowStore(database, VAULT).claim(state, services.clock())

    assert claimed is not None
    assert len(claimed.verifier) > 40
    rows = await database.collection("oauth_state").find({}, sort=[("_id", 1)])
    assert [row["verifier"] for row in rows] == [b""]


@pytest.mark.requirement("A5", "A12")
async def test_each_start_has_secrets_of_its_own(services: Services) -> None:
    flows = [await start(services) for _ in range(20)]
    urls = [URL(started.authorization_url) for started in flows]

    for secrets in (
        {url.params["state"] for url in urls},
        {url.params["code_challenge"] for url in urls},
        {started.cookie_value.reveal() for started in flows},
    ):
        assert len(secrets) == 20
        assert all(len(secret) >= 43 for secret in secrets)  # 256 bits in base64
