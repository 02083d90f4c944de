"""Every connector of the catalog in a browser: connected, refreshed and disconnected."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from connectors.catalog import Catalog
from gateway.client import ConnectorRequired, SyncGateway
from tests.support.chromium import needs_chromium
from tests.support.configs import KEYED, WITH_OAUTH
from tests.support.dashboard import DASHBOARD, DevGateway, connect, disconnect, sign_in

pytestmark = needs_chromium

TYPED = {
    "atlassian": {"Site": "acme"},
    "intercom": {"Region": "us"},
    "shopify": {"Store": "acme"},
    "zendesk": {"Subdomain": "acme"},
    "zoho-crm": {"Data centre": "zoho.eu"},
}
"""The values of a connector's inputs, by their titles."""


@pytest.mark.parametrize("connector", WITH_OAUTH)
def test_connector_connects_refreshes_and_disconnects(
    profile: BrowserContext, dev: DevGateway, connector: str
) -> None:
    user = f"walker-{connector}"
    simulated = Catalog({}).sandbox_module(connector).PROVIDER
    page = profile.new_page()
    sign_in(page, user)
    connect(page, connector, simulated.accounts[0].label, **TYPED.get(connector, {}))
    key = (dev.folder / "service-key").read_text().strip()
    with SyncGateway(dev.url, api_key=key) as gateway:
        token = gateway.get_connector_token(connector, user=user)
        card = page.locator(f"#connector-{connector}")
        expect(card).to_contain_text(token.connection.account_label)

        mark = dev.sandbox.mark()
        if simulated.grant.rotation != "never":
            # The provider ends the token early; the tool reports it and gets a new one.
            dev.sandbox.expire(connector)
            renewed = gateway.get_connector_token(connector, user=user, rejected_token=token)
            assert renewed.access_token != token.access_token
            refreshes = dev.sandbox.log(after=mark, provider=connector, endpoint="token")
            assert [(line["grant_type"], line["outcome"]) for line in refreshes] == [
                ("refresh_token", "issued")
            ]

        disconnect(page, connector)
        expect(page.locator(".notice")).to_contain_text(f"{simulated.display_name} is disconnected")
        revocations = dev.sandbox.log(after=mark, provider=connector, endpoint="revoke")
        expected = [] if simulated.revoke is None else ["revoked"]
        assert [line["outcome"] for line in revocations] == expected
        with pytest.raises(ConnectorRequired):
            gateway.get_connector_token(connector, user=user)


@pytest.mark.parametrize("connector", KEYED)
def test_a_wrong_key_is_refused_and_a_right_one_connects(
    profile: BrowserContext, dev: DevGateway, connector: str
) -> None:
    user, catalog = f"walker-{connector}", Catalog({})
    method = catalog.get(connector).key
    assert method is not None
    right = next(iter(catalog.sandbox_module(connector).PROVIDER.keys.held.values()))
    secret = next(name for name, each in method.inputs.items() if each.secret)
    other = "1" if right[secret][-1] == "0" else "0"
    page = profile.new_page()
    sign_in(page, user)
    page.goto(f"/connectors/{connector}")
    for pasted, said in ((right | {secret: right[secret][:-1] + other}, "accept"), (right, "")):
        for name, each in method.inputs.items():
            field = page.get_by_label(each.title, exact=True)
            (field.select_option if each.choices else field.fill)(pasted[name])
        page.get_by_role("button", name="Check and connect").click()
        if said:
            expect(page.get_by_role("alert")).to_contain_text(said)
            assert pasted[secret] not in page.content()
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text("is connected")
    assert right[secret] not in page.content()

    key = (dev.folder / "service-key").read_text().strip()
    with SyncGateway(dev.url, api_key=key) as gateway:
        token = gateway.get_connector_token(connector, user=user)
        assert token.connection.method in ("api_key", "client_credentials")
        disconnect(page, connector)
        with pytest.raises(ConnectorRequired):
            gateway.get_connector_token(connector, user=user)
