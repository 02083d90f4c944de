"""Keys that are worth something only together with a host's word of who is there (F2)."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwk, jwt

from gateway.access.service_keys import Restrictions, Role
from tests.conftest import GATEWAY_URL
from tests.support.assertions import HEADER, Host
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.problems import problem

TOKEN = "/v1/connectors/google/token"
ALICE = {"user": "alice"}


async def tool_of(
    gateway: Harness, *hosts: Host, connectors: tuple[str, ...] = ()
) -> httpx.AsyncClient:
    """A tool server whose key asks for assertions of these hosts."""
    _, secret = await gateway.services.keys.create(
        tenant="default",
        roles=[Role.TOKENS, Role.CONNECTIONS],
        restrictions=Restrictions(
            connectors=connectors, assertion_keys=[host.public for host in hosts]
        ),
    )
    client = await gateway.api()
    client.headers["Authorization"] = f"Bearer {secret.reveal()}"
    return client


@pytest.mark.requirement("F2")
@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519", "ES256"])
async def test_asserted_user_gets_a_token_and_sees_their_connections(
    gateway: Harness, algorithm: str
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    host = Host(algorithm)
    tool = await tool_of(gateway, host)
    headers = {HEADER: host.sign()}
    for path in (TOKEN, "/v1/connectors/google/refresh"):
        assert (await tool.post(path, json=ALICE, headers=headers)).status_code == 200
    for path in ("/v1/connections", "/v1/connections?user=alice"):
        (listed,) = (await tool.get(path, headers=headers)).json()["connections"]
    address = f"/v1/connections/{listed['id']}"
    assert (await tool.get(address, headers=headers)).json() == listed

    of_bob = {HEADER: host.sign("bob")}
    problem(await tool.post(TOKEN, json=ALICE, headers=of_bob), 403, "assertion_invalid")
    problem(await tool.get("/v1/connections?user=alice", headers=of_bob), 403, "assertion_invalid")
    problem(await tool.delete(address, headers=of_bob), 404, "connection_not_found")
    assert (await tool.get(address, headers=headers)).status_code == 200


@pytest.mark.requirement("F2")
async def test_an_assertion_can_name_one_connector(gateway: Harness) -> None:
    """It narrows what the key may do, and never widens it."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    host = Host()
    tool = await tool_of(gateway, host)
    google, notion = ({HEADER: host.sign(connector=name)} for name in ("google", "notion"))
    assert (await tool.post(TOKEN, json=ALICE, headers=google)).status_code == 200
    refused = await tool.post(TOKEN, json=ALICE, headers=notion)
    assert "connector" in problem(refused, 403, "assertion_invalid")["detail"]
    assert len((await tool.get("/v1/connections", headers=google)).json()["connections"]) == 1
    assert (await tool.get("/v1/connections", headers=notion)).json() == {"connections": []}

    narrow = await tool_of(gateway, host, connectors=("notion",))
    problem(await narrow.post(TOKEN, json=ALICE, headers=google), 403, "forbidden")
    assert (await narrow.get("/v1/connections", headers=google)).json() == {"connections": []}


@pytest.mark.requirement("F2")
async def test_each_refusal_of_a_good_key_is_in_the_audit(gateway: Harness) -> None:
    """A thief of a key tries every operation."""
    host = Host()
    tool = await tool_of(gateway, host, connectors=("google",))
    of_bob = {HEADER: host.sign("bob")}
    problem(await tool.post(TOKEN, json=ALICE), 403, "assertion_required")
    problem(await tool.post(TOKEN, json=ALICE, headers=of_bob), 403, "assertion_invalid")
    elsewhere = "/v1/connectors/notion/token"
    problem(await tool.post(elsewhere, json=ALICE, headers={HEADER: host.sign()}), 403, "forbidden")
    problem(await tool.get("/v1/webhooks"), 403, "forbidden")

    await gateway.services.audit.flush()
    admin = await gateway.api(Role.ADMIN)
    lines = (await admin.get("/v1/audit?action=key.refused")).json()["lines"]
    assert [(line["outcome"], line["connector"]) for line in reversed(lines)] == [
        ("assertion_required", "google"),
        ("assertion_invalid", "google"),
        ("forbidden", "notion"),
        ("forbidden", None),
    ]
    (subject,) = {line["subject"] for line in lines}
    assert {line["actor"]["key_id"] for line in lines} == {subject}


def _unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return (b".".join(encoded) + b".").decode()


@pytest.mark.requirement("F2")
async def test_assertion_that_proves_no_user_is_refused(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """Other signers, algorithms, audiences, times and types of claims; no input is repeated."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    host, stranger = Host("ES256"), Host("ES256")
    tool = await tool_of(gateway, host)
    now = int(time.time())
    good = {"sub": "alice", "aud": GATEWAY_URL, "iat": now, "exp": now + 60}
    public = json.dumps(host.public).encode()
    bad = {
        "empty": "",
        "no JWT": "nonsense",
        "parts missing": host.sign().rpartition(".")[0],
        "very long": "a." * 8_000,
        "unsigned": _unsigned(good),
        "signature of another": stranger.sign(),
        "another algorithm of another key": Host("EdDSA").sign(),
        "public key as a shared secret": jwt.encode(
            {"alg": "HS256"}, good, jwk.OctKey.import_key(public), algorithms=["HS256"]
        ),
        "brings its own key": stranger.sign_as_it_is(good, jwk=stranger.public),
        "another kid's key": stranger.sign_as_it_is(good, kid="mine"),
        "critical header": host.sign_as_it_is(good, crit=["policy"], policy=1),
        "changed": host.sign("bob").split(".")[0]
        + "."
        + ".".join(host.sign().split(".")[1:2])
        + ".AA",
        "over": host.sign(iat=now - 90, exp=now - 20),
        "too long": host.sign(exp=now + 400),
        "never over": host.sign(exp=None),
        "endless": host.sign(exp=10**400),
        "from the future": host.sign(iat=now + 60, exp=now + 100),
        "not yet": host.sign(nbf=now + 60),
        "without iat": host.sign(iat=None),
        "exp as text": host.sign(exp=str(now + 60)),
        "exp as truth": host.sign(exp=True),
        "for nobody": host.sign(aud=None),
        "for another gateway": host.sign(aud="https://gateway.example.com"),
        "for the gateway and another": host.sign(aud=[GATEWAY_URL, "https://other.example.com"]),
        "for a longer address": host.sign(aud=f"{GATEWAY_URL}/"),
        "without sub": host.sign(sub=None),
        "sub as list": host.sign(sub=["alice"]),
        "connector as list": host.sign(connector=["google"]),
        "connector empty": host.sign(connector=""),
        "claims are a list": "e30.W10.e30",
    }
    for name, text in bad.items():
        with subtests.test(name):
            answer = await tool.post(TOKEN, json=ALICE, headers={HEADER: text})
            said = problem(answer, 403, "assertion_invalid")
            assert "bob" not in said["detail"]
            assert "example.com" not in said["detail"]
    with subtests.test("not ASCII"):
        raw = {HEADER.encode(): b"\xff\xfe"}
        problem(await tool.post(TOKEN, json=ALICE, headers=raw), 403, "assertion_invalid")
    with subtests.test("twice"):
        both = [(HEADER, host.sign()), (HEADER, host.sign("bob"))]
        problem(await tool.post(TOKEN, json=ALICE, headers=both), 403, "assertion_invalid")
    with subtests.test("the good one"):
        answer = await tool.post(TOKEN, json=ALICE, headers={HEADER: host.sign()})
        assert answer.status_code == 200
        alone = {HEADER: host.sign(aud=[GATEWAY_URL])}
        assert (await tool.post(TOKEN, json=ALICE, headers=alone)).status_code == 200


@pytest.mark.requirement("F2")
async def test_of_two_keys_the_kid_says_which(gateway: Harness) -> None:
    """A host changes its key without a gap."""
    old, new = Host("ES256", kid="2026"), Host("EdDSA", kid="2027")
    tool = await tool_of(gateway, old, new)
    for host in (old, new):
        answer = await tool.post(TOKEN, json=ALICE, headers={HEADER: host.sign()})
        problem(answer, 409, "connector_required")
    old.kid, new.kid = "2027", None
    for host in (old, new):
        answer = await tool.post(TOKEN, json=ALICE, headers={HEADER: host.sign()})
        problem(answer, 403, "assertion_invalid")


async def test_a_key_without_assertions_does_not_look_at_the_header(gateway: Harness) -> None:
    api = await gateway.api(Role.TOKENS)
    answer = await api.post(TOKEN, json=ALICE, headers={HEADER: "nonsense"})
    problem(answer, 409, "connector_required")


@pytest.mark.requirement("F2")
async def test_a_token_that_is_remembered_is_guarded_all_the_same(gateway: Harness) -> None:
    """A token cached for a plain key is not issued to a restricted one."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    host = Host()
    plain = await gateway.api(Role.TOKENS)
    asserted = await tool_of(gateway, host)
    narrow = await tool_of(gateway, host, connectors=("notion",))
    good, of_bob = {HEADER: host.sign()}, {HEADER: host.sign("bob")}
    for _ in range(3):
        assert (await plain.post(TOKEN, json=ALICE)).status_code == 200
        assert (await asserted.post(TOKEN, json=ALICE, headers=good)).status_code == 200
        problem(await asserted.post(TOKEN, json=ALICE), 403, "assertion_required")
        problem(await asserted.post(TOKEN, json=ALICE, headers=of_bob), 403, "assertion_invalid")
        problem(await narrow.post(TOKEN, json=ALICE, headers=good), 403, "forbidden")
