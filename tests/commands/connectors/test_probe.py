"""``connectors probe``: each published value is compared with the description and the sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest

from connectors.config import Connector, ConnectorConfig
from connectors.provider import SimulatedProvider
from gateway.commands.connectors import probe_command
from gateway.commands.connectors.probe import DIFFERENT, NOTHING, SAME, Report, probe
from gateway.outbound.client import Outbound, open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.testing.subject import load_sides
from gateway.testing.wire import SampleTransport
from tests.commands.connectors.conftest import RunConnectors
from tests.support.silent import bulkhead

_, CONFIG, PROVIDER = load_sides("linear")
assert isinstance(PROVIDER, SimulatedProvider)
PLACE = "linear.app/.well-known/oauth-authorization-server"
RESOURCE = "api.linear.app/.well-known/oauth-protected-resource"
METADATA: dict[str, Any] = {
    "issuer": "https://linear.app",
    "authorization_endpoint": "https://linear.app/oauth/authorize",
    "token_endpoint": "https://api.linear.app/oauth/token",
    "revocation_endpoint": "https://api.linear.app/oauth/revoke",
    "scopes_supported": sorted(PROVIDER.authorize.known_scopes),
    "response_types_supported": ["code"],
    "grant_types_supported": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_methods_supported": ["client_secret_post"],
    "code_challenge_methods_supported": ["S256"],
}


async def probed(
    answers: Mapping[str, Any], config: Connector = CONFIG, provider: Any = PROVIDER
) -> Report:
    async with httpx.AsyncClient(transport=SampleTransport(answers)) as client:
        return await probe(Outbound(client, EgressPolicy(), bulkhead()), config, provider)


async def test_the_same_values_are_no_difference() -> None:
    report = await probed({PLACE: METADATA})
    assert (report.code, report.differences) == (SAME, ())
    assert [*report.lines()] == [f"authorization server: https://{PLACE}", "linear: no differences"]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        (
            {"authorization_endpoint": "https://linear.app/o"},
            {"authorization_url", "authorize.address"},
        ),
        ({"token_endpoint": "https://linear.app/t"}, {"token_url", "token.address"}),
        ({"revocation_endpoint": "https://linear.app/r"}, {"revocation_url", "revoke.address"}),
        (
            {"authorization_response_iss_parameter_supported": True},
            {"issuer", "issuer_required", "authorize.issuer", "authorize.issuer_advertised"},
        ),
        ({"code_challenge_methods_supported": ["plain"]}, {"use_pkce", "authorize.pkce"}),
        (
            {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
            {"authorization_method", "token.client_auth"},
        ),
        ({"grant_types_supported": ["authorization_code"]}, {"supports_refresh"}),
        ({"response_types_supported": ["token"]}, {"response_type"}),
        ({"introspection_endpoint": "https://linear.app/i"}, set()),
        ({"code_challenge_methods_supported": None, "scopes_supported": None}, set()),
    ],
)
async def test_each_other_value_is_a_difference_on_both_sides(
    changed: dict[str, Any], fields: set[str]
) -> None:
    report = await probed({PLACE: METADATA | changed})
    assert {each.field for each in report.differences} == fields
    assert report.code == (DIFFERENT if fields else SAME)
    published = next(iter(changed.values()))
    assert all(each.published in (published, METADATA["issuer"]) for each in report.differences)


async def test_a_difference_is_told_with_both_values() -> None:
    report = await probed({PLACE: METADATA | {"token_endpoint": "https://new.example/token"}})
    assert [*report.lines()][1:] == [
        "  description: token_url is 'https://api.linear.app/oauth/token', published is "
        "'https://new.example/token'",
        "  sandbox: token.address is 'api.linear.app/oauth/token', published is "
        "'https://new.example/token'",
        "linear: 2 differences",
    ]
    assert report.data()["differences"][0] == {
        "side": "description",
        "field": "token_url",
        "ours": "https://api.linear.app/oauth/token",
        "published": "https://new.example/token",
    }


async def test_a_scope_that_is_gone_is_named() -> None:
    known = [scope for scope in METADATA["scopes_supported"] if scope != "issues:create"]
    report = await probed({PLACE: METADATA | {"scopes_supported": known}})
    assert [(each.side, each.field) for each in report.differences] == [
        ("description", "the scope issues:create"),
        ("sandbox", "the scope issues:create"),
    ]


async def test_a_resource_names_its_scopes_and_its_server() -> None:
    resource = {
        "resource": "https://api.linear.app",
        "authorization_servers": ["https://other.example"],
        "scopes_supported": METADATA["scopes_supported"],
    }
    report = await probed({RESOURCE: resource, PLACE: METADATA | {"scopes_supported": []}})
    assert [document.kind for document in report.documents] == [
        "protected resource",
        "authorization server",
    ]
    (only,) = report.differences  # the resource's scopes are those of the tools
    assert (only.ours, only.published) == ("https://linear.app", ["https://other.example"])


@pytest.mark.parametrize(
    "place",
    [
        "issuer.example/.well-known/oauth-authorization-server/tenant",
        "issuer.example/tenant/.well-known/openid-configuration",
        "issuer.example/.well-known/openid-configuration/tenant",
        PLACE,
        "linear.app/.well-known/openid-configuration",
        "api.linear.app/.well-known/oauth-authorization-server",
    ],
)
async def test_metadata_is_found_where_the_issuer_or_a_host_has_it(place: str) -> None:
    assert isinstance(CONFIG, ConnectorConfig)
    config = replace(CONFIG, issuer="https://issuer.example/tenant")
    report = await probed({place: METADATA}, config, None)
    assert [document.url for document in report.documents] == [f"https://{place}"]
    assert [each.field for each in report.differences] == ["issuer"]


async def test_without_a_document_each_address_is_told_with_the_reason() -> None:
    report = await probed({PLACE: {"no": "issuer"}, RESOURCE: ["a list"]})
    assert report.code == NOTHING
    assert report.silent[f"https://{PLACE}"] == 'it has no "issuer"'
    assert report.silent[f"https://{RESOURCE}"] == 'it has no "resource"'
    other = "https://api.linear.app/.well-known/oauth-authorization-server"
    assert report.silent[other] == "it answers 404"
    assert f"  {other}: it answers 404" in [*report.lines()]
    assert report.data()["outcome"] == "nothing"


async def test_a_host_that_people_type_is_not_asked() -> None:
    _, config, provider = load_sides("zendesk")
    report = await probed({}, config, provider)
    assert (report.code, report.silent) == (NOTHING, {})


async def test_a_key_provider_is_asked_about_its_resource_alone() -> None:
    _, config, provider = load_sides("openai")
    report = await probed({}, config, provider)
    assert {url.partition("/.well-known/")[2].partition("/")[0] for url in report.silent} == {
        "oauth-protected-resource"
    }


def test_the_command_asks_through_the_guard_and_says_so(
    run_connectors: RunConnectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr(probe_command, "open_outbound", partial(open_outbound, resolve=here))
    done = run_connectors("probe", "linear", "--json")
    assert done.returncode == NOTHING
    report = json.loads(done.stdout)
    assert report["outcome"] == "nothing"
    assert report["silent"][f"https://{PLACE}"].startswith("EgressRefused")


def test_an_unknown_name_is_an_error(run_connectors: RunConnectors) -> None:
    done = run_connectors("probe", "liner")
    assert done.returncode == 2
    assert "did you mean linear" in done.stderr
