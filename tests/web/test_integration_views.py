"""What the pages about integrations show of a description."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gateway.clock import utc_now
from gateway.engine.integration import AuthMethod, Definition, Description, Kind, OAuth, Placement
from gateway.integrations.reading import Preview, about_tokens
from gateway.store.integration_tools import StoredTool, pin_of
from gateway.store.integrations import Integration
from gateway.web.integration_views import (
    matching,
    method_view,
    preview_view,
    sample_arguments,
    tool_views,
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


SHOP = Preview(
    description=Description(
        kind=Kind.OPENAPI,
        name="Pet shop",
        servers=("https://a.example", "https://b.example"),
        definitions=(definition("list_pets"), definition("add_pet"), definition("drop_pet")),
    ),
    endpoint="https://a.example/openapi.json",
    base_url="https://a.example",
    slug="pets",
    digest="d" * 64,
    tokens=100,
)
ROW = Integration(
    id="pets--default",
    tenant="default",
    slug="pets",
    kind=Kind.OPENAPI,
    name="Pets",
    description="",
    endpoint="",
    base_url="https://a.example",
    methods=(),
    display_url="",
    version="",
    notes=(),
    per_connection=False,
    config_revised_at=utc_now(),
    created_at=utc_now(),
    created_by="",
    updated_at=utc_now(),
)


def stored(name: str, *, accepted: str | None = None, **changed: Any) -> StoredTool:
    """A tool as a person accepted it; ``accepted`` is another pin than that."""
    said = definition(name)
    row: dict[str, Any] = {
        "tenant": "default",
        "integration": "pets",
        "connection": "",
        "name": name,
        "definition": said,
        "digest": said.digest,
        "accepted": pin_of(said.digest, ROW.base_url) if accepted is None else accepted,
        "before": None,
        "effect": None,
        "enabled": True,
        "synced_at": utc_now(),
    }
    return StoredTool(**(row | changed))


def test_everything_is_picked_until_a_person_picks() -> None:
    first = preview_view(SHOP)
    assert [each.picked for each in first.operations] == [True, True, True]
    assert (first.slug, first.base_url) == ("pets", "https://a.example")
    assert first.tokens == sum(about_tokens([each]) for each in SHOP.description.definitions)

    form = {"o.add_pet": "1", "o.other": "1", "name": "Mine", "base_url": "https://b.example"}
    again = preview_view(SHOP, form=form)
    assert [each.name for each in again.operations if each.picked] == ["add_pet"]
    assert (again.name, again.base_url) == ("Mine", "https://b.example")
    assert again.tokens == about_tokens([SHOP.description.definitions[1]])


def test_a_tool_says_whether_a_person_accepted_it_as_it_is() -> None:
    before = definition("add_pet", description="Add a pet, once.")
    found = tool_views(
        ROW,
        [
            stored("list_pets"),
            stored("add_pet", accepted="old", before=before, effect="read"),
            stored("drop_pet", accepted="", enabled=False),
            stored("move_pet", accepted="old", before=definition("move_pet")),
        ],
    )
    assert [(each.state, each.moved) for each in found] == [
        ("", False),
        ("changed", False),
        ("new", False),
        ("changed", True),
    ]
    assert [part.title for part in found[1].difference] == ["Description"]
    assert [each.is_offered for each in found] == [True, True, False, True]
    assert (found[1].effect, found[1].is_overridden) == ("read", True)
    assert found[0].name == "pets_list_pets"
    assert [each.name for each in matching(found, "Drop new")] == ["pets_drop_pet"]


def test_connections_with_the_same_definition_share_it_and_others_are_told_apart() -> None:
    other = definition("greet", description="Greet loudly.")
    same = [stored("greet", connection="con_1"), stored("greet", connection="con_2")]
    (alone,) = tool_views(ROW, same)
    assert alone.path == "/dashboard/integrations/pets/tools/greet"
    several = tool_views(
        ROW, [*same, stored("greet", connection="con_3", definition=other, digest=other.digest)]
    )
    assert [each.path.partition("?")[2] for each in several] == [
        f"digest={definition('greet').digest}",
        f"digest={other.digest}",
    ]
    assert tool_views(ROW, [stored("a/b?c")])[0].path.endswith("/tools/a%2Fb%3Fc")


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
    assert (found.title, found.how, found.connect_path) == (method.slug, how, "")


def test_a_method_leads_to_its_own_form() -> None:
    key = AuthMethod(
        slug="my_key", kind="apikey", placements=(Placement(carrier="header", name="X"),)
    )
    methods = [
        key,
        replace(key, slug="login", placements=(), basic=True),
        AuthMethod(slug="o", kind="oauth", oauth=OAuth()),
        AuthMethod(slug="c", kind="oauth", oauth=OAuth(flow="client_credentials")),
        AuthMethod(slug="free", kind="none"),
    ]
    assert [method_view(each, "pets--default").connect_path for each in methods] == [
        "/connectors/pets--default?method=key&template=my_key",
        "/connectors/pets--default?method=key&template=login",
        "/connectors/pets--default?method=oauth",
        "/connectors/pets--default?method=key&template=c",
        "",
    ]


@pytest.mark.parametrize(
    ("schema", "sample"),
    [
        ({}, {}),
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
