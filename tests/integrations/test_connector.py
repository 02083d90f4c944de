"""An integration as a connector: what its methods become, and what no document gets through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from connectors.added import AddedConnector, AddedKeyConnector
from connectors.catalog import Catalog
from connectors.errors import AppMissing, ConfigError, UnknownConnector
from connectors.secret import Secret
from gateway.engine.integration import AuthMethod, OAuth, Placement
from gateway.engine.integration_names import connector_name, is_foreign, tenant_tag
from gateway.engine.placements import placed
from gateway.errors import InvalidRequest
from gateway.integrations.connector import connector_of, input_name
from gateway.services.key_connections import chosen_key
from gateway.services.methods import methods_of
from gateway.services.own_names import own_name
from gateway.store.connection import Method
from gateway.store.integrations import Integration
from tests.support.integration_rows import integration

KEY = Placement(carrier="header", name="X-Api-Key", variable="API key", prefix="Key ")


def with_methods(methods: Iterable[AuthMethod], **facts: object) -> Integration:
    return replace(integration(), methods=tuple(methods), found=None, **facts)  # type: ignore[arg-type]


def apikey(*places: Placement, slug: str = "key") -> AuthMethod:
    return AuthMethod(slug=slug, kind="apikey", placements=places)


def test_each_way_to_paste_values_is_a_method_of_its_own() -> None:
    shop = with_methods(
        [
            apikey(KEY, Placement(carrier="query", name="v", literal="2", prefix="")),
            AuthMethod(slug="login", kind="apikey", basic=True),
        ]
    )
    config = connector_of(shop)
    assert isinstance(config, AddedKeyConnector)
    assert config.api_base_url == shop.base_url
    key, template, values = chosen_key(config, {"template": "key", "api_key": "k-1"})
    assert (template, values) == ({"template": "key"}, {"api_key": "k-1"})
    found = placed(config, key, values, None)
    assert (found.headers, found.query) == ({"X-Api-Key": "Key k-1"}, {"v": "2"})
    login, *_ = chosen_key(config, {"template": "login"})
    basic = placed(config, login, {"username": "u-12345", "password": ""}, None).headers
    assert basic == {"Authorization": "Basic dS0xMjM0NTo="}  # many keys stand alone
    with pytest.raises(InvalidRequest):
        chosen_key(config, {"api_key": "k-1"})


def test_client_credentials_are_exchanged_for_a_token() -> None:
    oauth = OAuth(
        flow="client_credentials", token_url="https://shop.example/token", scopes={"a": "", "b": ""}
    )
    config = connector_of(with_methods([AuthMethod(slug="app", kind="oauth", oauth=oauth)]))
    assert methods_of(config) == [Method.CLIENT_CREDENTIALS]
    request = config.keys["app"].token
    assert request is not None
    assert request.body == {"grant_type": "client_credentials", "scope": "a b"}


def test_a_flow_needs_an_app_and_a_client_without_a_secret_is_public() -> None:
    catalog, shop = Catalog({}), replace(integration(), found=None)
    config = connector_of(shop)
    assert isinstance(config, AddedConnector)
    catalog.add(config)
    with pytest.raises(AppMissing):
        catalog.oauth(shop.id)
    assert catalog.usable(shop.id).key is not None  # the key alone
    public = catalog.with_app(shop.id, "client", Secret(""))
    assert (public.client_id, public.authorization_method, public.use_pkce) == (
        "client",
        "none",
        True,
    )
    kept = catalog.with_app(shop.id, "client", Secret("s"))
    assert kept.authorization_method == "body"
    assert catalog.display_name(shop.id) == "Pet shop"
    catalog.remove(shop.id)
    with pytest.raises(UnknownConnector):
        catalog.described(shop.id)


def test_what_was_discovered_names_the_resource_on_every_leg() -> None:
    found = integration().found
    assert found is not None
    server = replace(found.server, resource="https://shop.example/mcp")
    config = connector_of(replace(integration(), found=replace(found, server=server)))
    assert isinstance(config, AddedConnector)
    resource = {"resource": "https://shop.example/mcp"}
    assert config.extra_authorize_params == resource
    assert config.extra_token_params == resource
    assert config.extra_refresh_params == resource
    assert config.issuer == "https://shop.example"


@pytest.mark.parametrize(
    "shop",
    [
        with_methods([], base_url="https://${access_token}.example"),
        with_methods([], base_url="https://user@shop.example"),
        with_methods([], base_url="https://shop.example/?a=b"),
        with_methods([], base_url="file:///etc/passwd"),
        with_methods([apikey(replace(KEY, name="Host"))]),
        with_methods([apikey(replace(KEY, name="Content-Length"))]),
        with_methods([apikey(replace(KEY, name="X\r\nY"))]),
        with_methods([apikey(replace(KEY, prefix="a\nb "))]),
    ],
    ids=["placeholder", "user", "query", "file", "host", "length", "name", "line"],
)
def test_a_description_that_could_reach_elsewhere_is_refused(shop: Integration) -> None:
    with pytest.raises(ConfigError):
        connector_of(shop)


def test_a_text_that_looks_like_a_placeholder_is_only_text() -> None:
    place = Placement(carrier="header", name="X-Note", literal="${access_token}")
    config = connector_of(with_methods([apikey(KEY, place)]))
    key, _, values = chosen_key(config, {"api_key": "k-1"})
    assert placed(config, key, values, None).headers["X-Note"] == "$ {access_token}"


def test_names_of_variables_become_names_of_inputs() -> None:
    names = ["API key", "token", "x-api-key", "1st", "", "template", "access_token"]
    assert [input_name(name) for name in names] == [
        "api_key",
        "token",
        "x_api_key",
        "v_1st",
        "v",
        "template_",
        "access_token_",
    ]


def test_a_tenant_names_its_integrations_and_no_others() -> None:
    catalog = Catalog({})
    catalog.add(connector_of(integration("acme")))
    assert own_name(catalog, "acme", "petstore") == "petstore--acme"
    assert own_name(catalog, "acme", "petstore--acme") == "petstore--acme"
    assert own_name(catalog, "default", "petstore") == "petstore"  # unknown, and stays so
    assert own_name(catalog, "acme", "notion") == "notion"
    with pytest.raises(UnknownConnector):
        own_name(catalog, "default", "petstore--acme")


def test_the_added_connectors_of_a_tenant_are_found_without_those_of_others() -> None:
    catalog = Catalog({})
    for tenant in ("acme", "default"):
        catalog.add(connector_of(integration(tenant)))
    assert [each.name for each in catalog.added_by("acme")] == ["petstore--acme"]
    catalog.add(connector_of(integration("acme")))
    catalog.remove("petstore--acme")
    catalog.remove("petstore--acme")
    assert list(catalog.added_by("acme")) == []
    assert [each.name for each in catalog.added_by("default")] == ["petstore--default"]


@pytest.mark.parametrize("tenant", ["Acme GmbH", "a" * 33, "0123456789ab", "ä", "a--b"])
def test_a_tenant_that_is_no_plain_word_has_a_hash_in_names(tenant: str) -> None:
    tag = tenant_tag(tenant)
    assert len(tag) == 12
    assert tag != tenant
    assert not is_foreign(tenant, connector_name(tenant, "shop"))
    assert is_foreign(tag, connector_name(tenant, "shop"))  # nobody's id is another one's hash
