"""Every connector of the catalog in a browser: connected, refreshed and disconnected."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from connectors.catalog import Catalog
from gateway.client import ConnectorRequired, SyncGateway
from tests.support.chromium import needs_chromium
from tests.support.configs import WITH_OAUTH
from tests.support.dashboard import DevGateway, connect, disconnect, sign_in

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
