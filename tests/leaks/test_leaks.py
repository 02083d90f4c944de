"""Secrets appear only where they belong: in every flow, with every fault, at log level debug.

The product runs as real processes with ``GATEWAY_LOG_LEVEL=debug``. The tests note every secret and
at the end search everything that the processes left behind: output, files, answers, metrics, audit
and the whole database. Two files hold secrets and are not searched: the sandbox's ledger and its
certificate.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.dev.children import child
from gateway.encryption.vault import new_encryption_key
from gateway.sandbox.faults import FAULTS
from gateway.server.run import free_port
from gateway.settings.environment import Driver
from tests.leaks.canaries import Canaries
from tests.leaks.journey import Journey, left_behind, note_ledger, secret_part, stored
from tests.leaks.talkative import CLIENT_SECRET, write_talkative
from tests.support import identity_provider
from tests.support.commands import create_key
from tests.support.gateway import ACCOUNTS
from tests.support.identity_provider import Claims, running_identity_provider
from tests.support.login_processes import running_gateway_process
from tests.support.logins import leads_to, parameters, post_login
from tests.support.loopback import loopback_client
from tests.support.outside import ACCOUNT, NAMELESS_ACCOUNT, OTHER_ACCOUNT, RELUCTANT_ACCOUNT
from tests.support.processes import Deployment, running_deployment
from tests.support.receiver import receiving
from tests.support.sandbox import await_answer
from tests.support.tokens import revoke_at_google
from tests.support.waiting import PATIENCE_SECONDS

ROLES = ("tokens", "proxy", "tools", "connections", "integrations", "logins", "admin")


async def use_everything(
    journey: Journey, deployment: Deployment, folder: Path, hook: str, database: Any
) -> None:
    """Connect, fail to connect, read, refresh, be refused and disconnect, with every fault."""
    sandbox, canaries = deployment.sandbox, journey.canaries
    ledger = folder / "sandbox.json"
    canaries.add("client secret", CLIENT_SECRET)
    canaries.add("encryption key", deployment.env["GATEWAY_ENCRYPTION_KEYS"].partition(":")[2])
    api = await journey.stack.enter_async_context(
        journey.api(create_key(*ROLES, env=deployment.env))
    )
    made = (await api.post("/v1/keys", json={"roles": ["tokens"], "label": "canary"})).json()
    canaries.add("service key", secret_part(made["key"]))
    made_hook = (await api.post("/v1/webhooks", json={"url": hook})).json()
    canaries.add("webhook secret", made_hook["secret"].removeprefix("whsec_"))
    own = {"client_id": "own-client", "client_secret": f"own/secret+{os.urandom(24).hex()}"}
    canaries.add("client secret", own["client_secret"])
    sandbox.register("notion", **own)
    browser = await journey.browser("alice")

    async def token(connector: str, how: str = "token") -> httpx.Response:
        body = {"user": "alice"}
        answer = await api.post(
            f"/v1/connectors/{connector}/{how}", json=body, timeout=PATIENCE_SECONDS
        )
        note_ledger(canaries, ledger)
        return answer

    # Connecting: as it should be, refused, forged, not finished, and with code that raises.
    assert await journey.connect(browser, "google", ACCOUNTS["google"]) == "connected"
    assert await journey.connect(browser, "solo", ACCOUNT) == "connected"
    apps = "/v1/connectors/notion/apps"
    (app,) = (await api.put(apps, json=own)).json()["apps"]
    assert await journey.connect(browser, "notion", ACCOUNTS["notion"]) == "connected"
    assert (await token("notion", "refresh")).status_code == 200
    wrong = {"client_id": "own-client", "client_secret": f"wrong+{own['client_secret']}"}
    canaries.add("client secret", wrong["client_secret"])
    assert (await api.put(apps, json=wrong)).status_code == 200
    assert await journey.connect(browser, "notion", ACCOUNTS["notion"]) == "app_refused"
    unfit = await api.put(apps, json={**own, "client_secret": f"{own['client_secret']}\n"})
    assert unfit.status_code == 422
    assert (await api.delete(f"{apps}/{app['id']}")).status_code == 204
    for account in (OTHER_ACCOUNT, RELUCTANT_ACCOUNT, NAMELESS_ACCOUNT):
        assert await journey.connect(browser, "solo", account) != "connected"
        note_ledger(canaries, ledger)
    state = await journey.start(browser, "google")
    callback = "/v1/connectors/google/callback"
    forged = "a-code-that-nobody-issued-0123456789"
    canaries.add("code", forged)
    for query in (
        f"error=access_denied&error_description={forged}&state={state}",
        f"code={forged}&state={state}",
        f"code={forged}&code={forged}&state={state}",
        f"code={forged}&state=x{state}",
    ):
        await browser.open(f"{callback}?{query}", site="cross-site")
    state = await journey.start(browser, "google")
    await browser.open(f"{callback}?code={forged}&state={state}", site="cross-site")
    await journey.start(browser, "solo")
    assert stored(canaries, *database) == []  # with flows that are open

    # Calls of tools: answered, refused by the provider, after a 401, refused by the gateway.
    alice = {"Gateway-User": "alice"}
    for path, status in (
        ("google/oauth2/v3/userinfo", 200),
        ("solo/me", 200),
        ("solo/nothing", 404),
        ("solo/a%2fb", 400),
        ("notion/users/me", 200),
    ):
        assert (await api.get(f"/v1/proxy/{path}", headers=alice)).status_code == status
    sandbox.expire("notion")
    called = await api.get("/v1/proxy/notion/users/me", headers=alice)
    assert called.status_code in {200, 401}
    note_ledger(canaries, ledger)
    for _ in range(2):  # the answer is kept, and given again
        keyed = await api.get("/v1/proxy/solo/me", headers=alice | {"Idempotency-Key": "own"})
        assert keyed.status_code == 200
    assert "Idempotency-Replayed" in keyed.headers

    # Tools by name: their arguments are nobody else's business either, and no answer has them.
    typed = f"typed-{os.urandom(16).hex()}"
    canaries.add("argument", typed)
    for name, arguments in (
        ("notion_search_pages", {"query": typed}),
        ("notion_get_page", {"page_id": os.urandom(16).hex()}),
        ("notion_get_page", {"page_id": typed}),
        ("notion_search_pages", {typed: typed}),
        ("notion_get_nothing", {"page_id": typed}),
    ):
        said = {"user": "alice", "arguments": arguments}
        called = await api.post(f"/v1/tools/{name}/call", json=said)
        assert called.status_code in {200, 404, 409, 422, 502}, called.text
    assert stored(canaries, *database) == []

    # Reading, refreshing with rotation, and every fault of a token endpoint.
    assert (await token("google")).status_code == 200
    assert (await token("solo", "refresh")).status_code == 200
    for fault in FAULTS:
        if fault != "hang":  # takes as long as we wait for a provider; nothing is said in it
            sandbox.fail("google", fault)
            await token("google", "refresh")
            sandbox.fail("google", "none")
    answers = journey.transport.answers
    assert {answer.status_code for answer in answers} >= {200, 303, 400, 503}
    sandbox.fail("solo", "lost_answer")
    await token("solo", "refresh")
    await token("solo")
    assert stored(canaries, *database) == []

    # Ended at the provider, then here; keys that are deleted, wrong, or in the wrong place.
    for given in canaries.of("access token"):
        if given.startswith("sandbox-google"):
            revoke_at_google(sandbox, given)
            break
    await token("google", "refresh")
    told = await api.get("/v1/events", params={"user": "alice", "seconds": "0"})
    assert "event: snapshot" in told.text
    for connection in (await api.get("/v1/connections", params={"user": "alice"})).json()[
        "connections"
    ]:
        assert (await api.delete(f"/v1/connections/{connection['id']}")).status_code == 200
    assert (await api.delete(f"/v1/keys/{made['id']}")).status_code == 204
    for headers in ({"Authorization": f"Bearer {made['key']}"}, {"Authorization": made["key"]}):
        refused = await api.get("/v1/keys", headers=headers)
        assert refused.status_code == 401
    secret = {"user": "alice", "access_token": made["key"]}
    assert (await api.post("/v1/connectors/google/token", json=secret)).status_code == 422
    await api.get("/v1/audit", params={"limit": "500"})
    assert (await api.get("/v1/usage/events")).json()["events"]
    metrics = await api.get("/metrics")
    assert (metrics.status_code, b"gateway_" in metrics.content) == (200, True)


@pytest.mark.requirement("E1", "J1", "J2", "J3")
async def test_no_secret_is_left_anywhere(
    tmp_path: Path, mongodb_url: str, database_name: str
) -> None:
    """Flows and faults of connections, keys and webhooks, in the processes themselves."""
    connectors, folder = tmp_path / "connectors", tmp_path / "run"
    folder.mkdir()
    write_talkative(connectors)
    canaries = Canaries()
    where = (mongodb_url, database_name)
    async with AsyncExitStack() as stack, receiving() as receiver:
        receiver.answer = lambda delivered: "500 Internal Server Error"
        env = {
            "GATEWAY_LOG_LEVEL": "debug",
            "GATEWAY_CONNECTORS_PATH": str(connectors),
            "GATEWAY_EGRESS_ALLOW": receiver.address,
        }
        deployment = stack.enter_context(
            running_deployment(
                folder,
                mongodb_url=mongodb_url,
                database=database_name,
                driver=Driver.PYMONGO,
                gateways=1,
                env=env,
            )
        )
        metrics = f"127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "gateway", "worker", "--metrics", metrics]
        log = folder / "worker.log"
        worker = stack.enter_context(child(command, env=os.environ | deployment.env, log=log))
        await_answer(f"http://{metrics}/metrics", worker, log)
        journey = Journey(deployment.public_url, canaries, stack)
        await use_everything(journey, deployment, folder, receiver.url("/hook"), where)
        await receiver.has(2, "/hook")
        note_ledger(canaries, folder / "sandbox.json")
        assert [
            canaries.found_in(one.body) for one in receiver.delivered if canaries.found_in(one.body)
        ] == []
        async with loopback_client() as operator:
            for url in (f"http://{metrics}/metrics", f"{deployment.sandbox.url}/_sandbox/log"):
                shown = (await operator.get(url)).raise_for_status().content
                assert canaries.found_in(shown) == [], url
        assert journey.leaks() == []
    # They have stopped by SIGTERM: nothing is said any more.
    kinds = {
        "cookie",
        "state",
        "code",
        "access token",
        "refresh token",
        "service key",
        "webhook secret",
    }
    assert all(canaries.of(kind) for kind in kinds)
    (log,) = folder.glob("gateway-*.log")
    assert "RuntimeError" in log.read_text()  # the one that quoted every token was met
    assert left_behind(canaries, folder) == []
    assert stored(canaries, *where) == []


@pytest.mark.requirement("J1", "J2")
async def test_no_secret_of_an_oidc_login_is_left(
    tmp_path: Path, mongodb_url: str, database_name: str
) -> None:
    """OpenID Connect, as it should be and with an answer that cannot be used."""
    canaries = Canaries()
    canaries.add("client secret", identity_provider.CLIENT_SECRET)
    port = free_port()
    async with running_identity_provider() as provider, AsyncExitStack() as stack:

        def sign(claims: Claims) -> str:
            token = provider.sign_with(provider.signing_key, claims)
            canaries.add("ID token", *token.split("."))
            return token

        provider.sign = sign
        env = {
            "GATEWAY_LOGIN": "oidc",
            "GATEWAY_OIDC_ISSUER": provider.issuer,
            "GATEWAY_OIDC_CLIENT_ID": identity_provider.CLIENT_ID,
            "GATEWAY_OIDC_CLIENT_SECRET": identity_provider.CLIENT_SECRET,
            "GATEWAY_EGRESS_ALLOW": provider.issuer.partition("://")[2],
            "GATEWAY_LOG_LEVEL": "debug",
        }
        full = stack.enter_context(
            running_gateway_process(tmp_path, port, env, mongodb_url, database_name)
        )
        canaries.add("encryption key", full["GATEWAY_ENCRYPTION_KEYS"].partition(":")[2])
        journey = Journey(f"http://localhost:{port}", canaries, stack)
        for claims in ({}, {"nonce": "another"}, {"aud": "somebody else"}):
            provider.claims = claims
            browser = await journey.browser()
            leaving = leads_to(await post_login(browser))
            asked = parameters(leaving)
            canaries.add("login state", asked["state"])
            canaries.add("nonce", asked["nonce"])
            async with loopback_client() as person:
                back = (await person.get(leaving)).headers["location"]
            canaries.add("code", parameters(back)["code"])
            cookies = [cookie.value or "" for cookie in browser.client.cookies.jar]
            canaries.add("cookie", *cookies)
            await browser.open(back, site="cross-site")
            journey.note(browser)
            assert stored(canaries, mongodb_url, database_name) == []
        assert [a.status_code for a in journey.transport.answers].count(502) == 2
        assert canaries.of("ID token")
        assert journey.leaks() == []
    assert left_behind(canaries, tmp_path) == []
    assert stored(canaries, mongodb_url, database_name) == []


@pytest.mark.requirement("J1", "J2")
async def test_no_secret_of_a_hand_off_is_left(
    tmp_path: Path, mongodb_url: str, database_name: str
) -> None:
    """The hand-off, finished, and tried again."""
    canaries, port = Canaries(), free_port()
    env = {
        "GATEWAY_LOGIN": "handoff",
        "GATEWAY_HANDOFF_URL": "https://app.example.com/gateway-login",
        "GATEWAY_LOG_LEVEL": "debug",
    }
    async with AsyncExitStack() as stack:
        full = stack.enter_context(
            running_gateway_process(tmp_path, port, env, mongodb_url, database_name)
        )
        journey = Journey(f"http://localhost:{port}", canaries, stack)
        api = await stack.enter_async_context(
            journey.api(create_key("logins", env=full, cwd=tmp_path))
        )
        browser = await journey.browser()
        challenge = parameters(leads_to(await post_login(browser)))["login_challenge"]
        canaries.add("login challenge", challenge)
        body = {"challenge": challenge, "user": "alice"}
        accepted = await api.post("/v1/logins", json=body)
        assert accepted.status_code == 201
        url = accepted.json()["return_url"]
        canaries.add("login verifier", parameters(url)["login_verifier"])
        assert stored(canaries, mongodb_url, database_name) == []
        for cookie in browser.client.cookies.jar:
            canaries.add("cookie", cookie.value or "")
        await browser.open(url, site="cross-site")
        journey.note(browser)
        await browser.open(url, site="cross-site")
        assert (await api.post("/v1/logins", json=body)).status_code == 404
        assert journey.leaks() == []
    assert left_behind(canaries, tmp_path) == []
    assert stored(canaries, mongodb_url, database_name) == []


@pytest.mark.requirement("E4", "J1")
def test_a_failing_start_shows_no_secret(mongodb_url: str, database_name: str) -> None:
    """A wrong key, a broken one, an address of the database with a password."""
    canaries = Canaries()
    right, wrong, password = (
        new_encryption_key(),
        new_encryption_key(),
        "canary%2Fpassword-7Qm2-Zx81-pL0c",
    )
    canaries.add("encryption key", right, wrong)
    canaries.add("password", password)
    address = mongodb_url.removeprefix("mongodb://")
    common = {
        "GATEWAY_MODE": "dev",
        "GATEWAY_LOG_LEVEL": "debug",
        "GATEWAY_MONGODB_URL": mongodb_url,
        "GATEWAY_MONGODB_DATABASE": database_name,
        "GATEWAY_ENCRYPTION_KEYS": f"k1:{right}",
    }
    create_key(*ROLES, env=common)
    for change in (
        {"GATEWAY_ENCRYPTION_KEYS": f"k1:{wrong}"},
        {"GATEWAY_ENCRYPTION_KEYS": f"k1:{wrong[:-4]}"},
        {"GATEWAY_ENCRYPTION_KEYS": wrong},
        {"GATEWAY_MONGODB_URL": f"mongodb://user:{password}@{address}"},
        {"GATEWAY_MONGODB_URL": f"mongodb://user:{password}@{address}&nonsense=1&w=-1"},
        {"GATEWAY_MONGODB_URL": f"mongo://user:{password}@{address}"},
        {"GATEWAY_OIDC_CLIENT_SECRETT": password},
        {"GATEWAY_PUBLIC_URL": f"https://user:{password}@gateway.example.com"},
    ):
        done = subprocess.run(
            [sys.executable, "-m", "gateway", "serve", "--port", str(free_port())],
            env=os.environ | common | change,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode != 0, change.keys()
        assert done.stderr or done.stdout
        assert canaries.found_in(done.stdout + done.stderr) == [], change.keys()
