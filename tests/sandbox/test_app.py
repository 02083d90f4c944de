"""The sandbox over HTTP: its pages, its doors, and the faults that can be switched on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from connectors.catalog import Catalog
from connectors.provider import ApiRules, SimulatedProvider
from gateway.errors import SettingsError
from gateway.sandbox.app import create_sandbox
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.server import load_apis
from tests.support.simulation import PROVIDERS, Toy, body_of
from tests.support.waiting import PATIENCE_SECONDS

GATEWAY_URL = "http://localhost:3141"


class Served:
    """A sandbox in this process. ``toy`` has the same ledger as the toy provider that is served."""

    def __init__(self, **changes: Any) -> None:
        self.toy = Toy(**changes)
        self.app = create_sandbox(
            [self.toy.rules, *PROVIDERS],
            gateway_url=GATEWAY_URL,
            ledger=self.toy.ledger,
            ca="-----BEGIN",
            tls_address=("127.0.0.1", 1),
        )
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://localhost:3142"
        )

    async def consent_page(self, **params: str) -> httpx.Response:
        query = {
            "response_type": "code",
            "client_id": self.toy.rules.client_id,
            "redirect_uri": self.toy.simulation.redirect_uri,
            "state": "s",
            "scope": "read",
        }
        return await self.client.get("/toy.example/authorize", params=query | params)

    async def answer_consent(self, page: httpx.Response, account: str) -> httpx.Response:
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
        assert ticket, page.text
        form = {"ticket": ticket[1], "account": account}
        return await self.client.post("/_sandbox/consent", data=form)

    async def fail(self, fault: str, count: str = "1") -> httpx.Response:
        form = {"provider": "toy", "fault": fault, "count": count}
        return await self.client.post("/_sandbox/settings", data=form)

    async def refresh(
        self, token: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token} | self.toy.credentials
        url = "http://localhost:3142/toy.example/token"
        transport = transport or httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.post(url, data=form)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    served = Served(
        authorize={"params": frozenset({"prompt"}), "account_choice": {"prompt": "select_account"}},
        grant={"rotation": "strict"},
        api=(ApiRules(address="toy.example/api/sites", answer=lambda call: [{"id": "1"}]),),
    )
    async with served.client:
        yield served


async def test_the_control_page_lists_every_provider(served: Served) -> None:
    served.toy.connect()
    page = await served.client.get("/")
    assert page.status_code == 200
    names = re.findall(r'<th scope="row">([^<]+)</th>', page.text)
    assert names == ["Toy", *(provider.display_name for provider in PROVIDERS)]
    assert len(names) >= 4
    assert "approved" in page.text
    info = (await served.client.get("/_sandbox/info")).json()
    assert {*info["providers"]} == {"toy", *(provider.name for provider in PROVIDERS)}


async def test_the_consent_page_shows_the_accounts_that_are_offered_and_takes_no_other(
    served: Served,
) -> None:
    first = await served.consent_page()
    assert ('value="ana"' in first.text, 'value="ben"' in first.text) == (True, True)
    callback = await served.answer_consent(first, "ana")
    code = httpx.URL(callback.headers["location"]).params["code"]
    body_of(served.toy.exchange(code))

    second = await served.consent_page()
    assert ('value="ana"' in second.text, 'value="ben"' in second.text) == (True, False)
    refused = await served.answer_consent(second, "ben")
    assert refused.status_code == 400
    assert "this account was not offered" in refused.text
    third = await served.consent_page(prompt="select_account")
    assert (await served.answer_consent(third, "ben")).status_code == 303


@pytest.mark.parametrize("name", ["google", "google-ads"])
async def test_connectors_with_the_same_addresses_are_told_apart_by_app_and_token(
    served: Served, name: str
) -> None:
    rules = next(provider for provider in PROVIDERS if provider.name == name)
    assert isinstance(rules, SimulatedProvider)
    client = {"client_id": rules.client_id}
    callback = {"redirect_uri": f"{GATEWAY_URL}/v1/connectors/{name}/callback"}
    asked = {"response_type": "code", "state": "s", "scope": "openid", "access_type": "offline"}
    page = await served.client.get(f"/{rules.authorize.address}", params=asked | client | callback)
    assert page.status_code == 200, page.text
    answer = await served.answer_consent(page, rules.accounts[0].key)
    form = client | callback | {"client_secret": rules.client_secret}
    form |= {"grant_type": "authorization_code"}
    form["code"] = httpx.URL(answer.headers["location"]).params["code"]
    tokens = (await served.client.post(f"/{rules.token.address}", data=form)).json()

    assert rules.revoke is not None
    revocation = {"token": tokens["refresh_token"]}
    await served.client.post(f"/{rules.revoke.address}", data=revocation)

    seen = [(line["provider"], line["outcome"]) for line in served.toy.ledger.log]
    assert seen == [(name, "approved"), (name, "issued"), (name, "revoked")]


async def test_the_sandboxs_own_page_says_why_a_provider_refused(served: Served) -> None:
    body_of(served.toy.exchange("no-such-code"), status=400)
    log = served.toy.ledger.log[-1]
    assert (log["reason"], log["description"]) == ("code_unknown", "the code is not known here")
    page = await served.client.get("/")
    assert "invalid_grant (the code is not known here)" in page.text


async def test_a_list_is_answered_as_a_list(served: Served) -> None:
    token = served.toy.connect()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    answer = await served.client.get("/toy.example/api/sites", headers=headers)
    assert (answer.status_code, answer.json()) == (200, [{"id": "1"}])


async def test_with_a_lost_answer_the_request_is_carried_out_and_nothing_is_answered(
    served: Served,
) -> None:
    """A rotating provider whose answer the network loses."""
    old = served.toy.connect()["refresh_token"]
    assert (await served.fail("lost_answer")).status_code == 303
    waits_for_the_client = anyio.Event()

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        is_whole = False

        async def watched_receive() -> Message:
            nonlocal is_whole
            if is_whole:
                waits_for_the_client.set()
            message = await receive()
            is_whole = not message.get("more_body", False)
            return message

        await served.app(scope, watched_receive, send)

    answers: list[httpx.Response] = []

    async def ask() -> None:
        answers.append(await served.refresh(old, httpx.ASGITransport(watched)))

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        with anyio.fail_after(PATIENCE_SECONDS):
            await waits_for_the_client.wait()
        assert answers == []
        group.cancel_scope.cancel()
    line = served.toy.ledger.log[-1]
    assert (line["outcome"], line["grant_type"]) == ("issued", "refresh_token")
    assert line["fault"] == "lost_answer"
    assert served.toy.ledger.refresh_tokens[old].used
    successor = served.toy.ledger.refresh_tokens[old].replaced_by
    assert successor is not None
    assert (await served.refresh(successor)).status_code == 200  # one request was meant


async def test_a_fault_meets_as_many_token_requests_as_asked_and_is_switched_off(
    served: Served,
) -> None:
    token = served.toy.connect()["refresh_token"]
    await served.fail("status_500", "2")
    assert [(await served.refresh("x")).status_code for _ in range(3)] == [500, 500, 400]
    await served.fail("status_500", "9")
    await served.fail("none")
    assert (await served.refresh(token)).status_code == 200
    assert (await served.fail("unknown")).status_code == 422
    for count in ("many", "-1", "0", "1.5", "\u0661"):
        assert (await served.fail("html", count)).status_code == 422, count


async def test_the_api_beyond_sign_in_is_served_with_its_hosts(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "brook.py").write_text("")
    api = tmp_path / "sandbox" / "api"
    api.mkdir(parents=True)
    (api / "brook.py").write_text(
        "from connectors.simulated_api import SimulatedApi\n"
        'API = SimulatedApi("brook", base="api.brook.example/v1")\n'
    )
    apis = load_apis(Catalog({}, tmp_path))
    assert {"brook", "notion"} <= apis.keys()
    app = create_sandbox(
        PROVIDERS,
        gateway_url=GATEWAY_URL,
        ledger=Ledger(),
        ca="-----BEGIN",
        tls_address=("127.0.0.1", 1),
        apis=apis,
    )
    held = Catalog({}).sandbox_module("notion").PROVIDER.keys.held["workspace-1"]["key"]
    headers = {"authorization": f"Bearer {held}", "notion-version": "2025-09-03"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:3142") as client:
        hosts = (await client.get("/_sandbox/info")).json()["providers"]["notion"]["hosts"]
        assert hosts == ["api.notion.com"]
        page = "59833787-2cf9-4fdf-8782-000000000001"
        url = f"/api.notion.com/v1/pages/{page}"
        assert (await client.get(url, headers=headers)).json()["id"] == page
        (api / "brook.py").write_text("API = 1\n")
        with pytest.raises(SettingsError, match=r"sandbox/api/brook.py"):
            load_apis(Catalog({}, tmp_path))
