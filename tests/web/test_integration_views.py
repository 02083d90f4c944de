"""What the pages about integrations show of a description."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gateway.engine.integration import AuthMethod, Definition, Description, Kind, OAuth, Placement
from gateway.web.integration_views import (
    method_view,
    picked_names,
    preview_view,
    sample_arguments,
    seen,
    tokens_of,
)

pytestmark = pytest.mark.quick


def definition(name: str, **changed: Any) -> Definition:
    said: dict[str, Any] = {
        "description": f"Do {name}.",
        "effect": "read",
        "input_schema": {"type": "object"},
        "output_schema": {"type": "object"},
        "call": {"path": f"/{name}"},
    }
    return Definition(name=name, **(said | changed))


SHOP = Description(
    kind=Kind.OPENAPI,
    name="Pet shop",
    servers=("https://a.example", "https://b.example"),
    definitions=(definition("list_pets"), definition("add_pet"), definition("drop_pet")),
)


def test_everything_is_picked_until_a_person_picks() -> None:
    first = preview_view(SHOP, slug="pets")
    assert [each.picked for each in first.operations] == [True, True, True]
    assert (first.slug, first.base_url) == ("pets", "https://a.example")
    assert first.tokens == sum(map(tokens_of, SHOP.definitions))

    form = {"o1": "1", "name": "Mine", "base_url": "https://b.example"}
    again = preview_view(SHOP, slug="pets", form=form)
    assert [each.name for each in again.operations if each.picked] == ["add_pet"]
    assert (again.name, again.base_url) == ("Mine", "https://b.example")
    assert again.tokens == tokens_of(SHOP.definitions[1])
    assert picked_names(SHOP, form) == {"add_pet"}
    assert picked_names(SHOP, {"o7": "1", "o": "1", "o01": "1"}) == frozenset()


@pytest.mark.parametrize(
    "other",
    [
        replace(SHOP, servers=("https://evil.example",)),
        replace(SHOP, definitions=SHOP.definitions[:2]),
        replace(SHOP, definitions=SHOP.definitions[::-1]),
        replace(SHOP, definitions=(*SHOP.definitions[:2], definition("drop_pet", effect="write"))),
    ],
)
def test_a_document_that_changes_under_the_form_is_another_one(other: Description) -> None:
    assert seen(SHOP) == seen(replace(SHOP, name="Other name"))
    assert seen(other) != seen(SHOP)


@pytest.mark.parametrize(
    ("method", "how"),
    [
        (AuthMethod(slug="free", kind="none"), "needs nothing"),
        (AuthMethod(slug="b", kind="apikey", basic=True), "user name and password, as HTTP Basic"),
        (
            AuthMethod(
                slug="two",
                kind="apikey",
                placements=(
                    Placement(carrier="header", name="X-Key"),
                    Placement(carrier="query", name="app"),
                    Placement(carrier="header", name="X-Version", literal="2"),
                ),
            ),
            "a value in the header X-Key, a value in the query app",
        ),
        (
            AuthMethod(
                slug="o",
                kind="oauth",
                oauth=OAuth(authorization_url="https://id.example:8443/authorize?a=b"),
            ),
            "OAuth 2: people sign in at id.example:8443",
        ),
        (
            AuthMethod(slug="o", kind="oauth", oauth=OAuth(authorization_url="https://[broken")),
            "OAuth 2: people sign in",
        ),
        (
            AuthMethod(slug="c", kind="oauth", oauth=OAuth(flow="client_credentials")),
            "OAuth 2 with client id and client secret, without a person",
        ),
    ],
)
def test_a_method_says_how_it_works(method: AuthMethod, how: str) -> None:
    found = method_view(method)
    assert (found.title, found.how) == (method.slug, how)


@pytest.mark.parametrize(
    ("schema", "sample"),
    [
        ({}, None),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {}),
        (
            {
                "type": "object",
                "required": ["id", "state", "pet", "tags", "odd", "gone"],
                "properties": {
                    "id": {"type": ["integer", "null"]},
                    "state": {"enum": ["sold", "there"]},
                    "pet": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {"name": {"type": "string", "example": "Rex"}},
                    },
                    "tags": {"type": "array"},
                    "odd": {"type": {}},
                    "more": {"type": "string"},
                },
            },
            {"id": 1, "state": "sold", "pet": {"name": "Rex"}, "tags": [], "odd": None},
        ),
        ({"type": "object", "required": 7, "properties": "none"}, {}),
    ],
)
def test_the_form_begins_with_the_arguments_that_are_needed(
    schema: dict[str, Any], sample: Any
) -> None:
    assert json.loads(sample_arguments(schema)) == sample


def test_a_schema_without_an_end_gives_a_sample_with_one() -> None:
    deep: dict[str, Any] = {"type": "object", "required": ["a"], "properties": {}}
    deep["properties"]["a"] = deep
    assert sample_arguments(deep).count("a") == 4
