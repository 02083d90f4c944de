"""A terminal program that connects an account sees no code and no token."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.access.service_keys import Role
from gateway.client import ConnectorRequired, SyncGateway
from tests.attacks.arena import Arena
from tests.attacks.conftest import Profiles
from tests.attacks.victim import CALLBACK
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD
from tests.support.gateway import ACCOUNTS

pytestmark = needs_chromium

PROGRAM = '''
"""Prints the connect link and waits until the account is connected. Prints every response."""
import os, sys, time
import httpx

user = sys.argv[1]
headers = {"Authorization": "Bearer " + os.environ["GATEWAY_API_KEY"]}
received = []


def note(answer):
    answer.read()
    received.append(f"{answer.status_code} {dict(answer.headers)} {answer.text}")


with httpx.Client(
    base_url=os.environ["GATEWAY_URL"], headers=headers, trust_env=False,
    event_hooks={"response": [note]},
) as gateway:
    listed = gateway.get("/v1/connectors/available").json()["connectors"]
    (url,) = [entry["connect_url"] for entry in listed if entry["name"] == "google"]
    print("Open", url, flush=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = gateway.get("/v1/connections", params={"user": user}).json()["connections"]
        if found:
            print("Connected", found[0]["account_label"])
            break
        time.sleep(0.2)  # as a program waits for its user
    gateway.post("/v1/connectors/google/token", json={"user": user})
print("RECEIVED", *received, sep="\\n")
'''


@pytest.mark.requirement("A19")
def test_a_terminal_never_sees_a_code_or_a_token(
    arena: Arena, profiles: Profiles, key: str, tmp_path: Path
) -> None:
    """It shows a link; the user signs in and agrees in the system's browser."""
    user, script = arena.person("alice"), tmp_path / "program.py"
    script.write_text(PROGRAM)
    with SyncGateway(arena.url, api_key=key) as server:
        with pytest.raises(ConnectorRequired) as wanted:
            server.get_connector_token("google", user=user)
        env = os.environ | {
            "GATEWAY_URL": arena.url,
            "GATEWAY_API_KEY": arena.key(Role.CONNECTIONS),
        }
        terminal = subprocess.Popen(
            [sys.executable, str(script), user], env=env, stdout=subprocess.PIPE, text=True
        )
        try:
            assert terminal.stdout is not None
            link = terminal.stdout.readline().removeprefix("Open ").strip()
            assert link == wanted.value.connect_url == f"{arena.url}/connectors/google"

            page = profiles().new_page()
            page.goto(link)
            page.get_by_label("name").fill(user)
            page.get_by_role("button", name="Sign in", exact=True).click()
            with page.expect_request(re.compile("code_challenge=")) as request:
                page.get_by_role("button", name=re.compile("Continue to")).click()
            with page.expect_response(CALLBACK) as callback:
                page.get_by_role("button", name=ACCOUNTS["google"], exact=True).click()
            page.wait_for_url(DASHBOARD)
            rest, _ = terminal.communicate(timeout=60)
        finally:
            terminal.kill()
            terminal.wait()
        token = server.get_connector_token("google", user=user)

    said, _, received = (link + "\n" + rest).partition("RECEIVED")
    assert "Connected ana.diaz@example.com" in said
    assert received.count("\n200 ") >= 3
    assert "\n403 " in received  # its key may not read tokens
    query = urlsplit(callback.value.url).query
    secrets = [value for _, _, value in (pair.partition("=") for pair in query.split("&"))]
    assert {"code", "state"} <= {pair.partition("=")[0] for pair in query.split("&")}
    for secret in [*secrets[:2], token.access_token, "code_challenge", "gateway_flow_"]:
        assert secret not in said + received
    # Nothing else reaches this machine: the gateway is the OAuth client.
    assert f"redirect_uri={arena.callback('google').replace(':', '%3A').replace('/', '%2F')}" in (
        request.value.url
    )
