"""``docs/deploy.md``, executed step by step in an empty folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from gateway.client import SyncGateway, Unauthorized
from tests.real.canaille import consent, sign_in
from tests.real.deploy_page import PAGE, ROOT, run
from tests.real.deployment import (
    BARE,
    NGINX,
    PORTS,
    Deployment,
    await_until,
    install,
    running_deployment,
)
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD
from tests.support.login_processes import watched
from tests.support.waiting import PATIENCE_SECONDS

REQUIRED = bool(os.environ.get("REQUIRE_NGINX"))
needs_nginx = pytest.mark.skipif(
    NGINX is None and not REQUIRED, reason="no nginx on PATH: install it to deploy behind a proxy"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Steps 1 and 2: the server's folder with the wheel installed."""
    try:
        return install(tmp_path_factory.mktemp("srv"))
    except AssertionError as error:
        if not REQUIRED and re.search("No matching distribution|Could not fetch", str(error)):
            pytest.skip("the package index cannot be reached: nothing can be installed")
        raise


@pytest.fixture
def deployed(installed: Path, tmp_path: Path) -> Iterator[Deployment]:
    """Steps 3 to 7."""
    with running_deployment(installed, tmp_path) as deployment:
        yield deployment


@needs_nginx
def test_server_has_the_pinned_packages_and_none_of_development(installed: Path) -> None:
    listed = run("venv/bin/python -m pip freeze --disable-pip-version-check", installed, BARE)
    names = {line.partition("==")[0].lower() for line in listed.splitlines() if "==" in line}
    # A requirement with a condition is for other systems.
    text = (ROOT / "requirements.txt").read_text()
    pinned = re.findall(r"^([a-z0-9-]+)==(?!.*sys_platform == )", text, re.MULTILINE)
    assert {name.replace("_", "-") for name in names} == {*pinned}
    assert "connector-gateway @" in listed
    assert not {"pytest", "canaille", "hatchling", "mypy"} & names
    assert run("venv/bin/python -m pip check", installed, BARE).startswith("No broken")


@pytest.mark.requirement("E5", "G1", "J1")
@needs_nginx
@needs_chromium
def test_deployed_gateway_survives_a_killed_process(
    chromium: Browser, deployed: Deployment
) -> None:
    """Sign in, connect, read a token, kill a process, delete the key."""
    canaille, user = deployed.canaille, deployed.canaille.user
    # The browser does not know the temporary certificate authorities; gateway and tool do.
    context = chromium.new_context(ignore_https_errors=True, base_url=deployed.url)
    page, complaints = watched(context)
    page.goto("/")
    page.get_by_role("button", name="Continue to sign in").click()
    sign_in(page, canaille, user)
    consent(page, canaille)
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".account-menu summary")).to_contain_text(user.username)
    cookies = context.cookies(deployed.url)
    assert cookies
    assert all(cookie["name"].startswith("__Host-") and cookie["secure"] for cookie in cookies)

    page.locator("#connector-canaille").get_by_role("link", name=re.compile("Connect")).click()
    page.get_by_role("button", name=re.compile("Continue to Canaille")).click()
    consent(page, canaille)
    page.wait_for_url(re.compile("outcome=connected"))
    expect(page.locator("#connector-canaille")).to_contain_text(user.email)

    create = deployed.page.block("The first sign-in, the first key", "sh", "keys create")
    key = deployed.command(create).strip()
    (script,) = deployed.page.blocks("The first sign-in, the first key", "python")
    assert _run_tool(deployed, key, script).strip() == canaille.base_url

    client = httpx.Client(verify=deployed.trust, trust_env=False, timeout=PATIENCE_SECONDS)
    with client, SyncGateway(deployed.url, api_key=key, client=client) as gateway:
        token = gateway.get_connector_token("canaille", user=user.username)
        assert token.connection.external_account_id == user.username

        first, second = deployed.web
        first.kill()
        first.wait()
        for number in range(6):
            assert gateway.get_connector_token("canaille", user=user.username).access_token
            answer = client.get(f"{deployed.url}/healthz", params={"canary": f"query-{number}"})
            assert answer.status_code < 500
        page.goto("/dashboard/connectors")
        expect(page.locator("#connector-canaille")).to_contain_text(user.email)
        assert second.poll() is None

        await_until(lambda: _worker_refreshed(deployed), "the worker renews the token", 60)
        assert gateway.get_connector_token("canaille", user=user.username).access_token

        (key_id,) = re.findall(
            r"^(\S+) .*reports$", deployed.command("venv/bin/gateway keys list"), re.M
        )
        delete = deployed.page.block("The first sign-in, the first key", "sh", "keys delete")
        deployed.command(delete.replace("KEY-ID", key_id))
        await_until(lambda: _refused(gateway, user.username), "the key is refused", 5)
    context.close()
    assert complaints == []
    _check_logs(deployed, key)


def _check_logs(deployed: Deployment, key: str) -> None:
    logs = deployed.logs()
    assert logs["nginx-access.log"].count("/login/callback ") == 1
    for port in PORTS[:2]:  # both processes served requests
        assert f" 127.0.0.1:{deployed.page.here[port]} " in logs["nginx-access.log"]
    secrets = ("?", "code=", "state=", "canary", "eyJ", key, deployed.canaille.client_secret)
    for name, text in logs.items():
        for secret in secrets:
            assert secret not in text, (name, secret)


def _run_tool(deployed: Deployment, key: str, script: str) -> str:
    """Run the page's example with the installed wheel, for this test's connector and user."""
    script = script.replace("notion", "canaille")
    script = script.replace(
        "the-user-id-of-your-identity-provider", deployed.canaille.user.username
    )
    (deployed.folder / "tool.py").write_text(script)
    env = BARE | {
        "GATEWAY_URL": deployed.url,
        "GATEWAY_API_KEY": key,
        "SSL_CERT_FILE": str(deployed.authority),
    }
    return run("venv/bin/python tool.py", deployed.folder, env)


def _worker_refreshed(deployed: Deployment) -> bool:
    metrics = httpx.get(f"http://127.0.0.1:{deployed.page.here['9460']}/metrics", trust_env=False)
    pattern = r'^gateway_refreshes_total\{connector="canaille",outcome="refreshed"\} [1-9]'
    return re.search(pattern, metrics.text, re.MULTILINE) is not None


def _refused(gateway: SyncGateway, user: str) -> bool:
    try:
        gateway.get_connector_token("canaille", user=user)
    except Unauthorized:
        return True
    return False


def test_page_has_only_kinds_of_blocks_that_are_checked() -> None:
    kinds = {*re.findall(r"^```(\w+)$", PAGE.read_text(), re.MULTILINE)}
    assert kinds == {"sh", "js", "ini", "nginx", "caddy", "python"}
