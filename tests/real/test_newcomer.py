"""The README's promises to a newcomer, with ``make dev``'s command and a real browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD, DevGateway, connect, sign_in

pytestmark = needs_chromium
ROOT = Path(__file__).resolve().parents[2]


def test_readme_walk_through_works_in_a_browser(profile: BrowserContext, dev: DevGateway) -> None:
    page = profile.new_page()
    sign_in(page, "alice")
    connect(page, "google", "Ana Diaz (ana.diaz@example.com)")
    connect(page, "notion", "Acme HQ (Ana Diaz)")
    connect(page, "shopify", "The store's owner", Store="https://Acme.myshopify.com/")
    connect(page, "google", "Ana Diaz (work) (ana@acme.example)")

    google = page.locator("#connector-google")
    expect(google).to_contain_text("ana.diaz@example.com")
    google.get_by_role("button", name=re.compile("Make default")).click()
    expect(page.locator(".notice")).to_contain_text("Default changed")
    expect(google.locator("li", has_text="ana@acme.example")).to_contain_text("Default")

    mark = dev.sandbox.mark()
    shopify = page.locator("#connector-shopify")
    shopify.get_by_role("link", name=re.compile("Disconnect")).click()
    page.get_by_role("button", name=re.compile("Disconnect")).click()
    expect(page.locator(".notice")).to_contain_text("Shopify is disconnected")
    expect(page.locator("#connector-shopify")).not_to_contain_text("Acme Store")
    revoked = dev.sandbox.log(after=mark, provider="shopify", endpoint="revoke")
    assert [line["outcome"] for line in revoked] == ["revoked"]


def test_readme_script_asks_to_connect_then_works_then_gets_a_new_token(
    profile: BrowserContext, dev: DevGateway
) -> None:
    script = readme_script().replace('"alice"', '"nora"')
    before = run_script(script, dev)
    assert f"{dev.url}/connectors/notion" in before

    page = profile.new_page()
    sign_in(page, "nora")
    connect(page, "notion", "Side project (Ana Diaz)")
    assert "Side project" in run_script(script, dev)

    # The provider ends the token early: the script reports it and gets a new one.
    mark = dev.sandbox.mark()
    dev.sandbox.expire("notion")
    assert "Side project" in run_script(script, dev)
    refreshes = dev.sandbox.log(after=mark, endpoint="token")
    assert [(line["grant_type"], line["outcome"]) for line in refreshes] == [
        ("refresh_token", "issued")
    ]


def test_readme_script_for_agents_asks_to_connect_and_then_finds_a_page(
    profile: BrowserContext, dev: DevGateway
) -> None:
    script = readme_script("for_user").replace('"alice"', '"agnes"')
    before = run_script(script, dev)
    assert f"{dev.url}/connectors/notion?tool=notion_search_pages" in before

    page = profile.new_page()
    sign_in(page, "agnes")
    connect(page, "notion", "Side project (Ana Diaz)")
    after = run_script(script, dev)
    assert "notion_search_pages" in after.splitlines()[0]
    assert "https://www.notion.so/" in after


@pytest.mark.requirement("A1")
def test_flow_started_in_one_browser_cannot_be_finished_in_another(
    chromium: Browser, profile: BrowserContext, dev: DevGateway
) -> None:
    """The victim opens the attacker's authorization URL and approves; nothing is linked."""
    attacker = profile.new_page()
    sign_in(attacker, "mallory")
    attacker.goto("/connectors/google")
    attacker.get_by_role("button", name=re.compile("Continue to")).click()
    attacker.get_by_role("heading", name="Choose an account").wait_for()
    url = attacker.url
    mark = dev.sandbox.mark()

    victims = chromium.new_context(base_url=dev.url)
    victim = victims.new_page()
    sign_in(victim, "victor")
    victim.goto(url)
    with victim.expect_response(re.compile(r"/v1/connectors/google/callback")) as answered:
        victim.get_by_role("button", name="Ben Okoro (ben.okoro@example.com)").click()
    assert answered.value.status == 403
    expect(victim.get_by_role("heading", name="Nothing was connected")).to_be_visible()
    victims.close()

    assert dev.sandbox.token_requests("google", after=mark) == []
    attacker.goto("/dashboard/connectors")
    expect(attacker.locator("#connector-google")).not_to_contain_text("ben.okoro")


def test_dashboard_can_be_used_with_the_keyboard(profile: BrowserContext) -> None:
    page = profile.new_page()
    page.goto("/login")
    press_until(page, lambda: page.evaluate("document.activeElement.name") == "name")
    page.keyboard.type("kim")
    page.keyboard.press("Enter")
    page.wait_for_url(DASHBOARD)
    press_until(page, lambda: page.evaluate("document.activeElement.id") == "find")
    page.keyboard.type("google")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=google"))
    for expected in ("/connectors/google", None):
        press_until(page, lambda: focused_text(page).startswith(("Connect Google", "Continue to")))
        page.keyboard.press("Enter")
        if expected:
            page.wait_for_url(re.compile(expected))
    page.get_by_role("heading", name="Choose an account").wait_for()
    press_until(page, lambda: focused_text(page).startswith("Ana Diaz (ana"))
    page.keyboard.press("Enter")
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text("Google is connected")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways(
    chromium: Browser, dev: DevGateway, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        base_url=dev.url,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    sign_in(page, "wide")
    for path in ("/dashboard/connectors", "/connectors/shopify", "/nothing-here"):
        page.goto(path)
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, path
    context.close()


@pytest.mark.requirement("J1")
def test_output_of_dev_holds_no_secret(dev: DevGateway) -> None:
    """After the tests above, the log holds no code, state, token or key."""
    output = dev.log.read_text()
    key = (dev.folder / "service-key").read_text().strip()
    assert key.startswith("gwk_")
    for secret in (
        key,
        key.rpartition("_")[2],
        "code=",
        "state=",
        "code-",
        "sandbox-google-access-",
        "sandbox-notion-access-",
        "sandbox-notion-refresh-",
        "sandbox-shopify-access-",
    ):
        assert secret not in output, secret


def readme_script(part: str = "gateway.http") -> str:
    """Return the README's Python script that has ``part``, as a newcomer copies it."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return str(next(block for block in blocks if "with SyncGateway" in block and part in block))


def run_script(script: str, dev: DevGateway) -> str:
    env = os.environ | {
        "GATEWAY_URL": dev.url,
        "GATEWAY_API_KEY": (dev.folder / "service-key").read_text().strip(),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def focused_text(page: Page) -> str:
    return " ".join(str(page.evaluate("document.activeElement.textContent")).split())


def press_until(page: Page, reached: object) -> None:
    assert callable(reached)
    for _ in range(40):
        page.keyboard.press("Tab")
        if reached():
            return
    raise AssertionError("the element cannot be reached with the Tab key")
