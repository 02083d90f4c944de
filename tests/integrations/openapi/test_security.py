"""Security schemes as ways to authenticate."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.engine.integration import AuthMethod, OAuth, Placement
from tests.integrations.openapi.documents import described

FLOW = {"tokenUrl": "/token", "authorizationUrl": "https://login.example/auth?x=1"}


def methods_of(schemes: Any, *needed: dict[str, list[str]]) -> tuple[Any, tuple[str, ...]]:
    """The methods and notes of a document with these schemes, and one operation."""
    operation = {"operationId": "act", "security": list(needed)} if needed else {}
    found = described(
        {
            "openapi": "3.1.0",
            "info": {"title": "Things"},
            "paths": {"/a": {"get": operation}},
            "components": {"securitySchemes": schemes},
        }
    )
    return found.methods, found.notes


@pytest.mark.parametrize(
    ("scheme", "method"),
    [
        (
            {"type": "apiKey", "in": "header", "name": "X-Key"},
            AuthMethod(
                slug="the-key",
                kind="apikey",
                title="theKey",
                placements=(Placement(carrier="header", name="X-Key"),),
            ),
        ),
        (
            {"type": "apiKey", "in": "query", "name": "api_key"},
            AuthMethod(
                slug="the-key",
                kind="apikey",
                title="theKey",
                placements=(Placement(carrier="query", name="api_key"),),
            ),
        ),
        (
            {"type": "http", "scheme": "Basic"},
            AuthMethod(slug="the-key", kind="apikey", title="theKey", basic=True),
        ),
        (
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            AuthMethod(
                slug="the-key",
                kind="apikey",
                title="theKey",
                placements=(Placement(carrier="header", name="Authorization", prefix="Bearer "),),
            ),
        ),
        (
            {"type": "oauth2", "flows": {"authorizationCode": {**FLOW, "scopes": {"a": "A\nb"}}}},
            AuthMethod(
                slug="the-key",
                kind="oauth",
                title="theKey",
                oauth=OAuth(
                    authorization_url="https://login.example/auth?x=1",
                    token_url="https://pets.example/token",
                    scopes={"a": "A b"},
                ),
            ),
        ),
        (
            {"type": "oauth2", "flows": {"clientCredentials": {**FLOW, "refreshUrl": "/r"}}},
            AuthMethod(
                slug="the-key",
                kind="oauth",
                title="theKey",
                oauth=OAuth(
                    flow="client_credentials",
                    token_url="https://pets.example/token",
                    refresh_url="https://pets.example/r",
                ),
            ),
        ),
        (
            {"type": "openIdConnect", "openIdConnectUrl": "https://id.example/.well-known/x"},
            AuthMethod(
                slug="the-key",
                kind="oauth",
                title="theKey",
                oauth=OAuth(discovery_url="https://id.example/.well-known/x"),
            ),
        ),
    ],
)
def test_a_scheme_is_a_method(scheme: dict[str, Any], method: AuthMethod) -> None:
    found, notes = methods_of({"theKey": scheme})
    assert (found, notes) == ((method,), ())


@pytest.mark.parametrize(
    "scheme",
    [
        {"type": "apiKey", "in": "cookie", "name": "sid"},
        {"type": "apiKey", "in": "header", "name": "Host"},
        {"type": "apiKey", "in": "header", "name": "X: y\r\nEvil"},
        {"type": "apiKey", "in": "body", "name": "k"},
        {"type": "http", "scheme": "digest"},
        {"type": "mutualTLS"},
        {"type": "oauth2", "flows": {"implicit": FLOW}},
        {"type": "oauth2", "flows": {"authorizationCode": {**FLOW, "tokenUrl": "javascript:x"}}},
        {"type": "oauth2", "flows": {"authorizationCode": {"tokenUrl": "https://u:p@a.example"}}},
        {"type": "openIdConnect", "openIdConnectUrl": "file:///etc/passwd"},
        {"$ref": "https://elsewhere.example/scheme.json"},
        "text",
    ],
)
def test_a_scheme_that_cannot_be_used_is_remarked(scheme: Any) -> None:
    found, notes = methods_of({"odd": scheme})
    assert [each.slug for each in found] == ["none"]
    assert [note for note in notes if "scheme odd cannot be used" in note]


def test_two_flows_are_two_methods() -> None:
    flows = {"authorizationCode": FLOW, "clientCredentials": FLOW}
    found, _ = methods_of({"o": {"type": "oauth2", "flows": flows}})
    assert [(each.slug, each.oauth.flow) for each in found if each.oauth] == [
        ("o", "authorization_code"),
        ("o-client", "client_credentials"),
    ]


def test_keys_that_are_needed_at_once_are_one_method() -> None:
    schemes = {
        "App Id": {"type": "apiKey", "in": "header", "name": "X-App"},
        "2nd": {"type": "apiKey", "in": "query", "name": "key"},
        "alone": {"type": "http", "scheme": "bearer"},
    }
    found, _ = methods_of(schemes, {"App Id": [], "2nd": []}, {"alone": []})
    assert [each.slug for each in found] == ["alone", "app-id-2nd"]
    assert [each.variable for each in found[1].placements] == ["app_id", "k_2nd"]


def test_basic_beside_a_key_is_remarked() -> None:
    schemes = {
        "basic": {"type": "http", "scheme": "basic"},
        "key": {"type": "apiKey", "in": "query", "name": "key"},
    }
    _, notes = methods_of(schemes, {"basic": [], "key": []})
    assert [note for note in notes if "at once" in note]


def test_no_credential_is_a_way_where_the_document_says_so() -> None:
    schemes = {"key": {"type": "apiKey", "in": "query", "name": "key"}}
    assert [each.slug for each in methods_of(schemes, {"key": []}, {})[0]] == ["key", "none"]
    assert [each.slug for each in methods_of({})[0]] == ["none"]


def test_slugs_are_unique() -> None:
    key = {"type": "apiKey", "in": "query", "name": "key"}
    found, _ = methods_of({"a b": key, "a-b": key, "日": key, "本": key})
    assert [each.slug for each in found] == ["a-b", "a-b-2", "key", "key-2"]
