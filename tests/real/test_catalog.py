"""Twelve connectors in a browser, picked by the commit: connect, call, renew, disconnect.

``WALK=all`` walks the whole catalog, ``WALK=figma,notion`` these.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from connectors.catalog import CONNECTOR_CATALOG
from gateway.client import ConnectorRequired, SyncGateway, Token
from gateway.testing.expectations import Probe
from gateway.testing.key_subject import KeySubject
from gateway.testing.locate import find_contracts
from gateway.testing.subject import Subject
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD, DevGateway, connect, disconnect, sign_in

pytestmark = needs_chromium

COUNT = 12


def chosen() -> list[str]:
    """The connectors to walk: the same ones in every worker of a run."""
    walk = os.environ.get("WALK", "")
    if walk:
        return [*CONNECTOR_CATALOG] if walk == "all" else walk.split(",")
    command = ["git", "rev-parse", "HEAD"]
    head = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent)
    return sorted(random.Random(head.stdout).sample([*CONNECTOR_CATALOG], COUNT))


def call(token: Token, probe: Probe) -> httpx.Response:
    """Call the simulated API as a tool does."""
    body = {**(probe.json or {}), **token.api.body} if probe.method != "GET" else None
    return httpx.request(
        probe.method,
        httpx.URL(f"{token.api.base_url}{probe.path}").copy_merge_params(dict(token.api.query)),
        headers={"Accept": "application/json"} | dict(token.api.headers),
        json=body or None,
        trust_env=False,
    )


def connect_person(page: Page, subject: Subject | KeySubject) -> None:
    """Connect the first person of the contract."""
    person = subject.people[0]
    if isinstance(subject, Subject):
        (account,) = (each for each in subject.provider.accounts if each.key == person.account)
        typed = {
            subject.config.connection_config[name].title: value
            for name, value in person.typed.items()
        }
        connect(page, subject.name, account.label, **typed)
        return
    page.goto(f"/connectors/{subject.name}")
    for name, value in person.typed.items():
        field = page.locator(f"[name='input.{name}']")
        is_menu = field.evaluate("element => element.tagName") == "SELECT"
        (field.select_option if is_menu else field.fill)(value)
    page.get_by_role("button", name=re.compile("Check and")).click()
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text("is connected")


def renews(subject: Subject | KeySubject) -> bool:
    """Whether the provider gives a new token for what is stored when a token ends early."""
    if isinstance(subject, Subject):  # a long-lived token renews itself only while it lives
        return subject.refreshes and subject.provider.long_lived is None
    return subject.key.token is not None


@pytest.mark.parametrize("connector", chosen())
def test_connector_connects_opens_its_api_refreshes_and_disconnects(
    profile: BrowserContext, dev: DevGateway, connector: str
) -> None:
    user = f"walker-{connector}"
    subject = find_contracts(connector)[0].subject()  # of OAuth, if it has both ways
    page = profile.new_page()
    sign_in(page, user)
    connect_person(page, subject)
    key = (dev.folder / "service-key").read_text().strip()
    with SyncGateway(dev.url, api_key=key) as gateway:
        token = gateway.get_connector_token(connector, user=user)
        expect(page.locator(f"#connector-{connector}")).to_contain_text(
            token.connection.account_label
        )
        answer = call(token, subject.probe)
        assert answer.is_success, answer.text

        mark = dev.sandbox.mark()
        if renews(subject):
            # The provider ends the token early; the tool reports it and gets a new one.
            dev.sandbox.expire(connector)
            renewed = gateway.get_connector_token(connector, user=user, rejected_token=token)
            assert renewed.access_token != token.access_token
            assert call(renewed, subject.probe).is_success
            endpoint = "token" if isinstance(subject, Subject) else "exchange"
            asked = dev.sandbox.log(after=mark, provider=connector, endpoint=endpoint)
            assert [line["outcome"] for line in asked] == ["issued"]

        disconnect(page, connector)
        expect(page.locator(".notice")).to_contain_text("is disconnected")
        revocations = dev.sandbox.log(after=mark, provider=connector, endpoint="revoke")
        revoked = getattr(subject.provider, "revoke", None) is not None
        assert [line["outcome"] for line in revocations] == ["revoked"] * revoked
        with pytest.raises(ConnectorRequired):
            gateway.get_connector_token(connector, user=user)
