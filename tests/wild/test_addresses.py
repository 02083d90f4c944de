"""An address has one meaning: the host of a request, of a webhook, of an API and of an issuer."""

from __future__ import annotations

import asyncio

import anyio
import pytest

from connectors.secret import Secret
from gateway.access.service_keys import Role
from gateway.engine.api import api_request
from gateway.engine.callback import check_issuer, read_callback
from gateway.errors import EgressRefused
from tests.conftest import GATEWAY_URL
from tests.support.configs import TENANT, make_config
from tests.support.gateway import Harness
from tests.support.problems import problem
from tests.support.serving import serving

HOST = GATEWAY_URL.partition("://")[2]


@pytest.mark.requirement("A13")
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param([HOST, "evil.example"], id="oven-sh/bun#33717"),
        pytest.param(["evil.example", HOST], id="K0M15/webserv#31: the last one wins"),
        pytest.param([HOST, HOST], id="mtrudel/bandit#619: equal ones"),
        pytest.param([HOST, ""], id="heroku/vegur#157: an empty one"),
        pytest.param([], id="haproxy/haproxy#1299: none"),
    ],
)
async def test_request_without_exactly_one_host_is_400(gateway: Harness, fields: list[str]) -> None:
    """A proxy may have judged the other one (RFC 9112 3.2)."""
    hosts = "".join(f"Host: {host}\r\n" for host in fields)
    app = gateway.transport.app  # type: ignore[attr-defined]
    with anyio.fail_after(20):
        async with serving(app) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET /login HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
            status = await reader.readline()
            writer.close()
    assert status.split()[1] == b"400"


@pytest.mark.requirement("H1")
@pytest.mark.parametrize(
    "host",
    [
        pytest.param("0251.00376.000251.0000376", id="coreruleset/coreruleset#3219: padded"),
        pytest.param("[0:0:0:0:0:ffff:127.0.0.1]", id="coreruleset/coreruleset#3219: mapped"),
        pytest.param("0251.254.169.254", id="swisskyrepo/PayloadsAllTheThings#485: mixed"),
        pytest.param("[::ffff:a9fe:a9fe]", id="OneUptime/oneuptime#2578"),
        pytest.param("100.64.0.1", id="Helicone/helicone#5786: shared addresses"),
        pytest.param("0x7f000001", id="silverbucket/webfinger.js#160"),
        pytest.param("127.1.", id="PatterAI/Patter#195, with a dot"),
        pytest.param("127.127.127.127", id="coreruleset/coreruleset#3219: not .0.0.1"),
    ],
)
async def test_webhook_on_an_internal_address_is_refused_in_every_spelling(
    gateway: Harness, host: str
) -> None:
    admin = await gateway.api(Role.ADMIN)
    answer = await admin.post("/v1/webhooks", json={"url": f"https://{host}/hooks"})
    assert [*problem(answer, 422, "invalid_request")["errors"]] == ["url"]


@pytest.mark.requirement("C7", "H4")
@pytest.mark.parametrize(
    ("base", "told", "url"),
    [
        pytest.param(
            "https://${metadata.at}.api.mailchimp.com/3.0",
            "us6",
            "https://us6.api.mailchimp.com/3.0/me",
            id="Mailchimp: https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2",
        ),
        pytest.param(
            "https://${metadata.at}.my.salesforce.com/services",
            "acme",
            "https://acme.my.salesforce.com/services/me",
            id="Salesforce: TerribleDev/OwinOAuthProviders#82",
        ),
        pytest.param(
            "https://3.basecampapi.com/${metadata.at}",
            "195539477",
            "https://3.basecampapi.com/195539477/me",
            id="Basecamp, in the path: basecamp/basecamp-sdk#591",
        ),
    ],
)
def test_account_call_goes_to_the_host_that_the_token_answer_names(
    base: str, told: str, url: str
) -> None:
    config = make_config(api_base_url=base, token_metadata={"at": "at"})

    def asked(address: str) -> str:
        return api_request(
            config,
            address,
            connection_config={},
            access_token=Secret("canary"),
            metadata={"at": told},
        ).url

    assert asked(f"{base}/me") == url
    with pytest.raises(EgressRefused):
        asked("https://evil.example/me")


@pytest.mark.requirement("B4")
@pytest.mark.parametrize(
    ("issuer", "own"),
    [
        pytest.param(
            "https://login.example.com/${connection_config.company}/v2.0",
            "https://login.example.com/acme/v2.0",
            id="Entra ID (nextauthjs/next-auth#13440, Bdaya-Dev/oidc#168)",
        ),
        pytest.param(
            "https://${connection_config.company}.example.com",
            "https://acme.example.com",
            id="Okta: https://developer.okta.com/docs/concepts/auth-servers",
        ),
        pytest.param(
            "https://id.example.com/realms/${connection_config.company}",
            "https://id.example.com/realms/acme",
            id="Keycloak (quarkusio/quarkus#16384)",
        ),
    ],
)
def test_issuer_of_each_tenant_is_its_own(issuer: str, own: str) -> None:
    config = make_config(issuer=issuer, issuer_required=True, connection_config={"company": TENANT})

    def said(iss: str) -> str | None:
        response = read_callback(f"state=s&code=c&iss={iss}".encode())
        return check_issuer(config, response, {"company": "acme"})

    assert said(own) is None
    for other in (own.replace("acme", "evil"), issuer.replace("$", "%24"), own + "/"):
        assert said(other) == "it comes from another issuer"
