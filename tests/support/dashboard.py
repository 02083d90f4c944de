"""``make dev`` as a process, and a person's actions on its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.sandbox import SandboxProcess

DASHBOARD = re.compile(r"/dashboard/connectors")


@dataclass(frozen=True)
class DevGateway:
    """A running ``python -m gateway dev``."""

    url: str
    folder: Path
    log: Path

    @property
    def sandbox(self) -> SandboxProcess:
        """Its sandbox, on the port after its own."""
        port = int(self.url.rpartition(":")[2]) + 1
        return SandboxProcess(f"http://localhost:{port}", self.url)


def sign_in(page: Page, user: str) -> None:
    page.goto("/")
    page.get_by_label("name").fill(user)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(DASHBOARD)


def connect(page: Page, connector: str, account: str, **config: str) -> None:
    page.goto("/dashboard/connectors")
    card = page.locator(f"#connector-{connector}")
    card.get_by_role("link", name=re.compile("Connect|Add account")).click()
    for label, value in config.items():
        field = page.get_by_label(label)
        is_menu = field.evaluate("element => element.tagName") == "SELECT"
        (field.select_option if is_menu else field.fill)(value)
    page.get_by_role("button", name=re.compile("Continue to")).click()
    page.get_by_role("button", name=account, exact=True).click()
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text(re.compile("is (re)?connected"))


def disconnect(page: Page, connector: str) -> None:
    """Disconnect the only account of a connector."""
    page.goto("/dashboard/connectors")
    card = page.locator(f"#connector-{connector}")
    card.get_by_role("link", name=re.compile("Disconnect")).click()
    page.get_by_role("button", name=re.compile("Disconnect")).click()
    page.wait_for_url(DASHBOARD)
