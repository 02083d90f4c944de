"""Connectors that cannot be used, and accounts of connectors that are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.environment import variable
from gateway.access.service_keys import Role
from gateway.encryption.vault import new_encryption_key
from tests.conftest import GATEWAY_URL
from tests.support.browser import words
from tests.support.configs import WITH_OAUTH, WITHOUT_APP
from tests.support.gateway import ACCOUNTS, running_gateway
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess

DASHBOARD = "/dashboard/connectors"


async def test_without_any_variable_the_dashboard_says_what_to_set(
    mongodb_url: str, database_name: str
) -> None:
    async with running_gateway(mongodb_url, database_name, public_url=GATEWAY_URL) as gateway:
        browser = await gateway.browser("alice")
        await browser.open(DASHBOARD)
        assert f"{len(WITHOUT_APP)} connectors" in words(browser)
        await browser.open("/dashboard/developers")
        assert "Not ready" in browser.text
        for name in WITH_OAUTH:
            assert (
                f'OAuth provider "{name}" is not configured: missing env var '
                f"{variable(name, 'CLIENT_ID')}." in browser.text
            )
        api = await gateway.api()
        listed = (await api.get("/v1/connectors/available")).json()["connectors"]
        assert [entry["name"] for entry in listed] == [*WITHOUT_APP]


async def test_a_blank_secret_hides_its_connector_and_no_other(
    mongodb_url: str, database_name: str
) -> None:
    env = {
        "OAUTH_GOOGLE_CLIENT_ID": "id",
        "OAUTH_GOOGLE_CLIENT_SECRET": "google-client-secret",
        "OAUTH_SLACK_CLIENT_ID": "id",
        "OAUTH_SLACK_CLIENT_SECRET": "  ",
    }
    async with running_gateway(
        mongodb_url, database_name, env=env, public_url=GATEWAY_URL
    ) as gateway:
        browser = await gateway.browser("alice")
        await browser.open(DASHBOARD)
        assert f"{len(WITHOUT_APP) + 1} connectors" in words(browser)
        await browser.open("/dashboard/developers")
        assert "missing env var OAUTH_SLACK_CLIENT_SECRET." in browser.text
        assert "google-client-secret" not in browser.text
        assert (await browser.open("/connectors/slack")).status_code == 404
        assert (await browser.open("/connectors/google")).status_code == 200


async def test_a_connector_that_does_not_load_hides_itself_with_its_reason(
    mongodb_url: str, database_name: str, tmp_path: Path, sandbox: SandboxProcess
) -> None:
    """Rule 7: one broken file is one broken connector."""
    catalog = tmp_path / "catalog"
    catalog.mkdir()
    (catalog / "broken.py").write_text("def create_config(env:\n")
    (catalog / "failing.py").write_text(
        "def create_config(env):\n    raise RuntimeError('words of the module')\n"
    )
    (catalog / "leaving.py").write_text("raise KeyError('words of the module')\n")
    async with running_gateway(
        mongodb_url,
        database_name,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
        connectors_path=tmp_path,
    ) as gateway:
        browser = await gateway.browser("alice")
        assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
        await browser.open("/dashboard/developers")
        assert "broken: cannot be loaded (SyntaxError in line 1" in browser.text
        assert "failing: cannot be loaded (RuntimeError)" in browser.text
        assert "leaving: cannot be loaded (KeyError)" in browser.text
        assert "words of the module" not in browser.text
        api = await gateway.api(Role.TOKENS)
        for name in ("broken", "failing", "leaving"):
            assert (await browser.open(f"/connectors/{name}")).status_code == 404
            answer = await api.post(f"/v1/connectors/{name}/token", json={"user": "alice"})
            assert (answer.status_code, answer.json()["code"]) == (404, "connector_unknown")
            assert "words of the module" not in answer.text


@pytest.mark.parametrize("by", ["page", "key"])
async def test_an_account_of_a_connector_that_is_gone_can_still_be_forgotten(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, rows: Rows, by: str
) -> None:
    keys = f"k1:{new_encryption_key()}"
    async with running_gateway(
        mongodb_url,
        database_name,
        encryption_keys=keys,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
    ) as gateway:
        browser = await gateway.browser("alice")
        await browser.connect("google", ACCOUNTS["google"])
    connection = (await rows.connection())["_id"]

    async with running_gateway(
        mongodb_url, database_name, encryption_keys=keys, public_url=GATEWAY_URL
    ) as gateway:
        if by == "page":
            browser = await gateway.browser("alice")
            await browser.open(f"/dashboard/connections/{connection}/disconnect")
            assert "Disconnect this Google account?" in browser.text
            assert "The gateway cannot revoke the access at Google." in browser.text
            await browser.submit(button="Disconnect")
            assert browser.outcome() == "disconnected_no"
        else:
            api = await gateway.api(Role.CONNECTIONS)
            answer = await api.delete(f"/v1/connections/{connection}")
            assert answer.json() == {"revoked": "no"}
    assert await rows.connections() == []
