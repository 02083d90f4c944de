"""A remote MCP server that is not ours: added and connected in a browser, called, renewed once.

The server and its authorization server are the official package's, a process of their own. Two
processes of the gateway share one database.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from gateway.settings.environment import Driver
from tests.real.conftest import ROOT
from tests.real.test_owners_and_keys import ADMIN
from tests.support.chromium import needs_chromium
from tests.support.commands import create_key
from tests.support.dashboard import DASHBOARD, sign_in
from tests.support.processes import Deployment, running_deployment
from tests.support.tokens import fingerprint
from tests.support.waiting import PATIENCE_SECONDS

pytestmark = [pytest.mark.long, needs_chromium]
USER, NAME = "ada", "add_note"
TOOL = f"notes_{NAME}"
ROLES = ("tools", "tokens")


@pytest.fixture
def notes() -> Iterator[httpx.Client]:
    """The server, by a client of its test routes."""
    command = [sys.executable, "-m", "tests.integrations.sdk_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            with httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE_SECONDS) as client:
                yield client
        finally:
            process.terminate()


@pytest.fixture
def deployment(
    tmp_path: Path, notes: httpx.Client, mongodb_url: str, database_name: str, driver: Driver
) -> Iterator[Deployment]:
    """Two processes that may call it."""
    allowed = f"{notes.base_url.host}:{notes.base_url.port}"
    with running_deployment(
        tmp_path,
        mongodb_url=mongodb_url,
        database=database_name,
        driver=driver,
        env={"GATEWAY_EGRESS_ALLOW": allowed},
    ) as running:
        yield running


def seen(notes: httpx.Client) -> list[str]:
    """What the server and its authorization server did, in their order."""
    return [each["what"] for each in notes.get("/seen").json()]


def add(admin: BrowserContext, url: str) -> None:
    """Paste the server's URL as an administrator."""
    page = admin.new_page()
    sign_in(page, ADMIN)
    page.goto("/dashboard/integrations")
    page.get_by_label("URL", exact=True).fill(url)
    page.keyboard.press("Enter")
    # It tells strangers nothing of itself: not its name, and none of its tools.
    page.get_by_label("Slug", exact=True).fill("notes")
    page.get_by_role("button", name="Add this integration").click()
    expect(page.locator(".notice")).to_contain_text("The integration is added")


def connect(profile: BrowserContext) -> None:
    """Connect an account as a person, who goes to the server's own sign-in and comes back."""
    page = profile.new_page()
    sign_in(page, USER)
    page.goto("/dashboard/connectors")
    card = page.locator("#connector-notes--default")
    card.get_by_role("link", name=re.compile("Connect")).click()
    page.get_by_role("button", name=re.compile("Continue to")).click()
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text("is connected")


def let_it_run(admin: BrowserContext, program: httpx.Client, url: str) -> None:
    """Accept the tool that the connection told, as one that only reads: what a person does."""
    listed = program.get(f"{url}/v1/tools", params={"user": USER, "connector": "notes"})
    assert [each["name"] for each in listed.json()["tools"]] == [TOOL]
    page = admin.new_page()
    for button in ("Accept it as shown", "Say that it only reads"):
        page.goto(f"/dashboard/integrations/notes/tools/{NAME}")
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("button", name=button)).to_have_count(0)


def called(program: httpx.Client, url: str, text: str) -> Any:
    """The result of the tool."""
    body = {"user": USER, "arguments": {"text": text}}
    answer = program.post(f"{url}/v1/tools/{TOOL}/call", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]["result"]


def token(program: httpx.Client, url: str, rejected: str | None = None) -> str:
    """The access token of the connection, another one than the ``rejected``."""
    body = {"user": USER} | ({"rejected_token_sha256": rejected} if rejected else {})
    answer = program.post(f"{url}/v1/connectors/notes/token", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def test_a_server_of_others_is_connected_called_and_renewed_once_by_two_processes(
    chromium: Browser, deployment: Deployment, notes: httpx.Client
) -> None:
    with (
        chromium.new_context(base_url=deployment.public_url) as admin,
        chromium.new_context(base_url=deployment.public_url) as profile,
    ):
        add(admin, f"{str(notes.base_url).rstrip('/')}/mcp")
        connect(profile)
        assert seen(notes) == ["register", "authorize", "exchange"]
        key = create_key(*ROLES, env=deployment.env)
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(headers=headers, trust_env=False, timeout=PATIENCE_SECONDS) as program:
            first, second = (each.url for each in deployment.gateways)
            let_it_run(admin, program, first)
            assert called(program, first, "milk") == "added milk"

            old = token(program, first)
            notes.post("/expire")

            def renewed(number: int) -> str:
                return token(program, (first, second)[number % 2], fingerprint(old))

            with ThreadPoolExecutor(40) as threads:
                tokens = {*threads.map(renewed, range(40))}
            assert len(tokens) == 1
            assert old not in tokens
            assert seen(notes).count("refresh") == 1
            assert called(program, second, "tea") == "added tea"
            assert seen(notes).count("refresh") == 1
