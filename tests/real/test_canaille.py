"""An independent server, connected through one catalog file outside of the package."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from gateway.client import ConnectorRequired, SyncGateway
from gateway.dev.children import child
from gateway.encryption.vault import new_encryption_key
from gateway.server.run import free_port
from tests.real.canaille import CanailleServer, running_canaille, sign_in_and_consent
from tests.support.chromium import needs_chromium, running_chromium
from tests.support.sandbox import await_answer

pytestmark = needs_chromium
ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = Path(__file__).parent / "connectors"
TOKEN_SECONDS = 6


@dataclass(frozen=True)
class Connected:
    """A gateway process with Canaille as its only connector."""

    gateway_url: str
    api_key: str
    canaille: CanailleServer


@pytest.fixture
def running(tmp_path: Path, mongodb_url: str, database_name: str) -> Iterator[Connected]:
    port = free_port()
    gateway_url = f"http://localhost:{port}"
    redirect_uri = f"{gateway_url}/v1/connectors/canaille/callback"
    with running_canaille(
        tmp_path,
        redirect_uri=redirect_uri,
        access_token_seconds=TOKEN_SECONDS,
        refresh_token_seconds=3600,
    ) as canaille:
        env = os.environ | {
            "GATEWAY_MODE": "dev",
            "GATEWAY_SANDBOX": "off",
            "GATEWAY_PORT": str(port),
            "GATEWAY_MONGODB_URL": mongodb_url,
            "GATEWAY_MONGODB_DATABASE": database_name,
            "GATEWAY_ENCRYPTION_KEYS": f"k1:{new_encryption_key()}",
            "GATEWAY_CONNECTORS_PATH": str(OUTSIDE),
            "GATEWAY_CA_FILE": str(canaille.ca_file),
            "GATEWAY_EGRESS_ALLOW": canaille.base_url.removeprefix("https://"),
            "CANAILLE_URL": canaille.base_url,
            "OAUTH_CANAILLE_CLIENT_ID": canaille.client_id,
            "OAUTH_CANAILLE_CLIENT_SECRET": canaille.client_secret,
            "PYTHONPATH": str(ROOT),
        }
        log = tmp_path / "gateway.log"
        with child(
            [sys.executable, "-m", "gateway", "serve"], env=env, log=log, cwd=tmp_path
        ) as process:
            await_answer(f"{gateway_url}/readyz", process, log)
            yield Connected(gateway_url, _service_key(env, tmp_path), canaille)


def test_independent_server_is_connected_used_refreshed_and_disconnected(
    running: Connected,
) -> None:
    canaille = running.canaille
    with SyncGateway(running.gateway_url, api_key=running.api_key) as gateway:
        oauth = [c.name for c in gateway.list_connectors() if "oauth2" in c.methods]
        assert oauth == ["canaille"]  # those with a key need no app
        with pytest.raises(ConnectorRequired) as missing:
            gateway.get_connector_token("canaille", user="alice")
        with running_chromium() as chromium:
            # The browser does not know the temporary certificate authority; the gateway does.
            page = chromium.new_context(ignore_https_errors=True).new_page()
            page.goto(missing.value.connect_url)
            page.get_by_role("button", name="alice").click()
            page.get_by_role("button", name=re.compile("Continue to Canaille")).click()
            sign_in_and_consent(page, canaille)
            page.wait_for_url(re.compile("outcome=connected"))

        token = gateway.get_connector_token("canaille", user="alice")
        assert token.connection.external_account_id == canaille.user.username
        assert token.connection.account_label == canaille.user.email
        assert _userinfo(canaille, token.authorization).json()["sub"] == canaille.user.username
        # Served again without a request to the server.
        assert (
            gateway.get_connector_token("canaille", user="alice").access_token == token.access_token
        )
        assert canaille.token_requests == 1

        # The server considers it expired: the next read refreshes it.
        _await_refusal(canaille, token.authorization)
        newer = gateway.get_connector_token("canaille", user="alice")
        assert newer.access_token != token.access_token
        assert canaille.token_requests == 2
        assert _userinfo(canaille, newer.authorization).status_code == 200

        # The refresh token rotated too, so the next refresh proves that the new one was stored.
        newest = gateway.get_connector_token("canaille", user="alice", rejected_token=newer)
        assert canaille.token_requests == 3
        assert _userinfo(canaille, newest.authorization).status_code == 200

        assert gateway.disconnect(newest.connection.id) == "yes"
        assert _userinfo(canaille, newest.authorization).status_code == 401
        with pytest.raises(ConnectorRequired):
            gateway.get_connector_token("canaille", user="alice")


def _userinfo(canaille: CanailleServer, authorization: str) -> httpx.Response:
    with httpx.Client(
        verify=ssl.create_default_context(cafile=canaille.ca_file), trust_env=False
    ) as client:
        return client.get(canaille.userinfo_url, headers={"Authorization": authorization})


def _await_refusal(canaille: CanailleServer, authorization: str) -> None:
    """Wait until the server refuses a token for its age, by its own clock."""
    deadline = time.monotonic() + 5 * TOKEN_SECONDS
    while _userinfo(canaille, authorization).status_code != 401:
        assert time.monotonic() < deadline, "the token does not expire"
        time.sleep(0.2)


def _service_key(env: dict[str, str], folder: Path) -> str:
    command = [
        sys.executable,
        "-m",
        "gateway",
        "keys",
        "create",
        "--role",
        "tokens",
        "--role",
        "connections",
    ]
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()
