"""What a person types or chooses: the hosts, parameters and headers that it decides."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import httpx
import pytest

from connectors.catalog import Catalog
from connectors.config import Connector
from connectors.environment import app_variables
from connectors.errors import MissingVariable
from connectors.inputs import ConnectionInput
from tests.support.browser import words
from tests.support.gateway import Harness
from tests.support.loopback import LOOPBACK
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import connection, disconnect, force, token_of, works
from tests.vocabulary.conftest import PROVIDERS

ROWS = [
    ("zone", {"dc": "eu"}, "www.zoneapis.eu/v1"),
    ("zone", {"dc": "in"}, "api.zone.in/v1"),
    ("peak", {"host": "acme.my.peak.example"}, "acme.my.peak.example/services"),
    ("peak", {"host": "https://Login.peak.example/"}, "login.peak.example/services"),
    (
        "peak",
        {"host": "acme--dev.sandbox.my.peak.example"},
        "acme--dev.sandbox.my.peak.example/services",
    ),
    ("campus", {"host": "campus.north.example"}, "campus.north.example/api/v1"),
    ("campus", {"host": "art.south.example"}, "art.south.example/api/v1"),
    ("tide", {"store": "Blue7", "manager": "42"}, "api.tide.example"),
    ("tide", {"store": "Blue7", "manager": ""}, "api.tide.example"),
    ("cove", {}, "api.cove.example"),
]


@pytest.mark.parametrize(("connector", "typed", "api"), ROWS, ids=lambda value: str(value)[:50])
async def test_connect_read_refresh_and_disconnect(
    gateway: Harness, invented: SandboxProcess, connector: str, typed: dict[str, str], api: str
) -> None:
    browser = await gateway.browser("alice")
    assert await browser.connect(connector, "Ana", **typed) == "connected", browser.text[:900]

    first = await gateway.token(connector, "alice")
    assert first.json()["api"]["base_url"] == f"{invented.url}/{api}"
    assert works(first, "/me")

    renewed = await force(gateway, connector)
    assert token_of(renewed) != token_of(first)
    assert works(renewed, "/me")

    mark = invented.mark()
    found = await connection(gateway)
    assert found["account_label"] == "Ana"
    assert (await disconnect(gateway, found["id"])).status_code == 200
    (line,) = invented.log(after=mark, provider=connector, endpoint="revoke")
    assert line["outcome"] == "revoked"
    assert not works(renewed, "/me")


async def test_a_token_of_one_region_is_none_of_another(
    gateway: Harness, invented: SandboxProcess
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("zone", "Ana", dc="eu")
    api = (await gateway.token("zone", "alice")).json()["api"]
    url = api["base_url"].replace("www.zoneapis.eu", "api.zone.in")
    assert LOOPBACK.get(f"{url}/me", headers=api["headers"]).status_code == 401


async def test_headers_hold_what_was_typed_and_leave_out_what_was_not(gateway: Harness) -> None:
    for user, manager in (("alice", "42"), ("bob", "")):
        browser = await gateway.browser(user)
        await browser.connect("tide", "Ana", store="Blue7", manager=manager)
        token = await gateway.token("tide", user)
        expected = {"Authorization": f"Bearer {token_of(token)}", "tide_store.id": "Blue7"}
        expected |= {"X-Manager": manager} if manager else {}
        assert token.json()["api"]["headers"] == expected


async def test_the_token_is_the_user_of_basic(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("cove", "Ana")
    token = await gateway.token("cove", "alice")
    pair = base64.b64encode(f"{token_of(token)}:".encode()).decode()
    assert token.json()["api"]["headers"] == {"Authorization": f"Basic {pair}"}


async def test_the_page_has_a_menu_and_says_where_a_value_is_found(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/zone")
    assert '<option value="eu">Europe</option>' in browser.text
    assert "It is the ending of the address at which you sign in." in words(browser)
    await browser.open("/connectors/peak")
    assert 'href="https://docs.peak.example/my-domain"' in browser.text
    await browser.open("/connectors/tide")
    assert "Manager (optional)" in words(browser)


ALONE = "Please give the host alone, without a {}. Example: acme.my.peak.example"
NO_HOST = "This is not a host name. Example: acme.my.peak.example"
OUTSIDE = "This host does not belong here. It has to be: *.my.peak.example, or login.peak.example."


@pytest.mark.requirement("H4")
@pytest.mark.parametrize(
    ("connector", "typed", "error"),
    [
        ("zone", {"dc": "mars"}, "Please choose one of: eu, in."),
        ("zone", {"dc": "accounts.zone.eu"}, "Please choose one of: eu, in."),
        ("zone", {"dc": ""}, "Please choose: Data centre."),
        ("peak", {"host": "evil.example"}, OUTSIDE),
        ("peak", {"host": "evilmy.peak.example"}, OUTSIDE),
        ("peak", {"host": "x@acme.my.peak.example"}, ALONE.format("user name")),
        ("peak", {"host": "acme.my.peak.example:8443"}, ALONE.format("port")),
        ("peak", {"host": "evil.example/.my.peak.example"}, ALONE.format("path")),
        ("peak", {"host": "...my.peak.example"}, NO_HOST),
        ("peak", {"host": "evil.example%2f.my.peak.example"}, NO_HOST),
        ("peak", {"host": "evil.example#.my.peak.example"}, NO_HOST),
        ("peak", {"host": ""}, "Please fill in: Host."),
        (
            "campus",
            {"host": "evil.example"},
            "This host does not belong here. It has to be: campus.north.example, or "
            "*.south.example.",
        ),
        ("tide", {"store": ""}, "Please fill in: Store."),
        ("tide", {"store": "a b"}, "This does not look right. Example: Blue7"),
    ],
)
async def test_a_bad_value_starts_no_flow_and_says_why(
    gateway: Harness, invented: SandboxProcess, connector: str, typed: dict[str, str], error: str
) -> None:
    mark = invented.mark()
    browser = await gateway.browser("alice")
    page = await browser.start(connector, **typed)
    assert page.status_code == 422
    assert error in words(browser)
    assert invented.log(after=mark) == []

    answer = await _start(gateway, connector, typed)
    assert answer.status_code == 422
    (name,) = typed
    assert answer.json()["errors"][name] == error


async def _start(gateway: Harness, connector: str, typed: dict[str, str]) -> httpx.Response:
    browser = await gateway.browser("alice")
    await browser.open(f"/connectors/{connector}")
    origin = gateway.settings.public_url
    return await browser.client.post(
        f"{origin}/v1/connectors/{connector}/start",
        json={"connection_config": typed},
        headers={
            "X-CSRF-Token": browser.csrf_token(),
            "Origin": origin,
            "Sec-Fetch-Site": "same-origin",
            "Accept": "application/json",
        },
    )


def test_hosts_of_customers_own_need_the_operators_permission() -> None:
    env = app_variables("campus", "id", "secret")
    with pytest.raises(MissingVariable, match="OAUTH_CAMPUS_HOSTS"):
        Catalog(env, PROVIDERS).get("campus")
    for hosts, allowed in (("*", True), ("*.north.example", False)):
        config = Catalog({**env, "OAUTH_CAMPUS_HOSTS": hosts}, PROVIDERS).oauth("campus")
        assert config.connection_config["host"].accepts("campus.east.example") is allowed


def test_a_pasted_key_goes_to_a_host_of_the_customers_own_with_the_same_permission() -> None:
    with pytest.raises(MissingVariable, match="OAUTH_WOOCOMMERCE_HOSTS"):
        Catalog({}).usable("woocommerce")
    assert not Catalog({}).is_keyed("woocommerce")
    # What describes it without the permission takes no host that somebody could have.
    host = inputs_of(Catalog({}).described("woocommerce"))["host"]
    assert (host.accepts("nowhere.invalid"), host.accepts("shop.example.com")) == (True, False)
    for hosts, allowed in (("*", True), ("*.shops.example", False)):
        catalog = Catalog({"OAUTH_WOOCOMMERCE_HOSTS": hosts})
        assert catalog.is_keyed("woocommerce")
        host = inputs_of(catalog.usable("woocommerce"))["host"]
        assert (host.accepts("acme.shops.example"), host.accepts("shop.example.com")) == (
            True,
            allowed,
        )


def inputs_of(config: Connector) -> Mapping[str, ConnectionInput]:
    assert config.key is not None
    return config.key.inputs
