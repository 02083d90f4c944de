"""What a document says, read: schemas, names, servers, effects, answers, scopes."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from gateway.integrations.openapi.names import MAX_NAME, tool_names, words
from gateway.integrations.openapi.servers import base_url, servers_of
from tests.integrations.openapi.documents import PETS, described, operation_of


def takes(schema: Any, **components: Any) -> Any:
    """The schema of an operation's argument ``body`` for a body with this schema."""
    content = {"application/json": {"schema": schema}}
    found = operation_of({"requestBody": {"content": content}}, components={"schemas": components})
    return found.input_schema["properties"]["body"]


def returns(schema: Any, **components: Any) -> Any:
    """The schema of an operation's ``body`` for an answer with this schema."""
    content = {"application/json": {"schema": schema}}
    found = operation_of(
        {"responses": {"200": {"content": content}}}, components={"schemas": components}
    )
    return found.output_schema["properties"]["body"]


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (True, {}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": ["integer", "null", "x"]}, {"type": ["integer", "null"]}),
        (
            {"type": "string", "enum": ["a", "b"], "nullable": True},
            {"type": ["string", "null"], "enum": ["a", "b", None]},
        ),
        ({"const": 3}, {"enum": [3]}),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            {"type": "number", "minimum": 0, "exclusiveMinimum": 0},
        ),
        ({"minimum": 0, "exclusiveMinimum": False}, {"minimum": 0}),
        ({"maximum": 2**63 - 1, "minLength": -1, "multipleOf": 0, "maxItems": 1.5}, {}),
        ({"pattern": "^a+$", "format": "uuid"}, {"pattern": "^a+$", "format": "uuid"}),
        ({"pattern": "(?=a)"}, {}),
        ({"pattern": "(a+)\\1"}, {}),
        ({"pattern": "("}, {}),
        ({"pattern": "(a{1000}){1000}"}, {}),
        ({"default": "x", "example": "y", "title": "Z", "x-a": 1}, {"default": "x"}),
        ({"default": {"a": 1}}, {}),
        ({"description": "one\ntwo\u202e"}, {"description": "one two"}),
        ({"oneOf": [{"type": "string"}, {}]}, {"anyOf": [{"type": "string"}, {}]}),
        ({"not": {"type": "string"}, "if": {}, "$dynamicRef": "#a"}, {}),
        ({"properties": {"a": True}}, {"type": "object", "properties": {"a": {}}}),
        (
            {"allOf": [{"additionalProperties": False, "properties": {}}]},
            {"allOf": [{"type": "object", "properties": {}}]},
        ),
    ],
)
def test_a_schema_for_input(given: Any, made: Any) -> None:
    assert takes(given) == made


def test_input_has_nothing_that_is_read_only_and_output_nothing_that_is_write_only() -> None:
    schema = {
        "properties": {"id": {"readOnly": True}, "key": {"$ref": "#/components/schemas/Key"}},
        "required": ["id", "key"],
        "additionalProperties": False,
    }
    key = {"type": "string", "writeOnly": True}
    # A schema that is not whole does not close itself.
    assert takes(schema, Key=key) == {
        "type": "object",
        "properties": {"key": {"type": "string"}},
        "required": ["key"],
    }
    assert list(returns(schema, Key=key)["properties"]) == ["id"]


def test_an_answer_that_differs_in_small_things_still_fits() -> None:
    schema = returns(
        {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "integer", "maximum": 5}, "kind": {"enum": ["a"]}},
            "additionalProperties": False,
        }
    )
    assert jsonschema_rs.is_valid(schema, {"id": None, "kind": "new", "more": 1})
    assert not jsonschema_rs.is_valid(schema, {"id": "text"})


def test_a_cycle_ends_at_its_type() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#/components/schemas/Tree"}}}
    made = takes({"$ref": "#/components/schemas/Tree"}, Tree=tree)
    assert made == {"type": "object", "properties": {"left": {"type": ["object", "null"]}}}


def test_a_long_enum_is_told_and_not_listed() -> None:
    made = takes({"type": "string", "enum": [f"v{n}" for n in range(100_000)]})
    assert made == {"type": "string", "description": "(one of 100,000 values)"}


def test_a_schema_that_is_too_large_stays_open_where_it_is_cut() -> None:
    wide = {"properties": {f"p{n}": {"$ref": "#/components/schemas/W"} for n in range(150)}}
    made = takes({"$ref": "#/components/schemas/V"}, V=wide, W=dict(wide, required=["p1"]))
    assert len(str(made)) < 40_000
    assert jsonschema_rs.is_valid(made, {"p149": {"p1": {"p7": 1}}})


def test_half_a_character_is_no_name_and_no_value() -> None:
    made = takes({"properties": {"\ud800": {}, "a": {"enum": ["\udc00"]}}})
    assert made["properties"] == {"a": {"description": "(one of 1 values)"}}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("listPets", "list_pets"),
        ("getUserByID", "get_user_by_id"),
        ("repos/list-for-org", "repos_list_for_org"),
        ("HTTPSServer2Go", "https_server2_go"),
        ("Ärger__mit.Umlaut", "arger_mit_umlaut"),
        ("日本", ""),
    ],
)
def test_words(text: str, name: str) -> None:
    assert words(text) == name


def test_names_are_short_unique_and_do_not_depend_on_the_order() -> None:
    given = [
        ("getPet", "get", "/pets/{id}"),
        ("get_pet", "get", "/pet"),
        ("", "delete", "/pets/{id}"),
        ("x" * 100, "post", "/a"),
        ("日本", "post", "/{b}"),
        ("2go", "get", "/2"),
    ]
    names = tool_names(given)
    assert len(set(names)) == len(names)
    assert all(len(name) <= MAX_NAME and words(name) == name for name in names)
    assert names[2:] == ["delete_pets_id", f"{'x' * 34}_{names[3][-4:]}", "post_b", "op_2go"]
    assert tool_names(given[::-1]) == names[::-1]


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://API.example.com:443/v1/", "https://api.example.com/v1"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("/v2", "https://pets.example/v2"),
        ("../v2", "https://pets.example/v2"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        *(
            (bad, None)
            for bad in ("ftp://a.example", "https://a@b.example", "https://a.example/?x=1")
        ),
        *(
            (bad, None)
            for bad in ("https://a.example/#x", "https://a.example/%2e%2e/b", "https://")
        ),
        *(
            (bad, None)
            for bad in ("https://a.example/a//b", "https://a b.example", "https://a:99999")
        ),
        *(
            (bad, None)
            for bad in ("https://a.example\\@b.example", "javascript:alert(1)", "//[::1")
        ),
        ("https://a.example/" + "x" * 600, None),
    ],
)
def test_a_base_url(url: str, base: str | None) -> None:
    assert base_url(url, "https://pets.example/docs/openapi.json") == base


def test_servers_are_listed_with_the_values_of_their_variables() -> None:
    variables = {"env": {"default": "api", "enum": ["api", "test"]}, "port": {"default": 8443}}
    given = [{"url": "https://{env}.example.com:{port}", "variables": variables}, {"url": "{x}"}]
    found, notes = servers_of(given, "")
    assert found == ["https://api.example.com:8443", "https://test.example.com:8443"]
    assert len(notes) == 1


def test_an_operation_of_another_server_is_left_out_unless_it_was_picked() -> None:
    files = {"servers": [{"url": "https://files.example"}], "operationId": "upload"}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Files"},
        "servers": [{"url": "https://a.example"}, {"url": "https://b.example"}],
        "paths": {"/a": {"get": {"operationId": "list"}}, "/f": {"post": files}},
    }
    found = described(document)
    assert [each.name for each in found.definitions] == ["list"]
    assert [(each.name, each.code) for each in found.skipped] == [("upload", "other_server")]
    picked = described(document, picked="https://files.example/")
    assert [each.name for each in picked.definitions] == ["list", "upload"]


@pytest.mark.parametrize(
    ("method", "effect"),
    [
        *(("get", "read"), ("head", "read"), ("options", "read"), ("delete", "destructive")),
        *(("post", "write"), ("put", "write"), ("patch", "write")),
    ],
)
def test_the_method_says_the_effect(method: str, effect: str) -> None:
    found = operation_of({}, method=method)
    assert (found.effect, found.call["method"]) == (effect, method.upper())


def test_scopes_are_those_of_the_first_way_with_oauth() -> None:
    flow = {"tokenUrl": "/token", "authorizationUrl": "/auth", "scopes": {"r": "Read", "w": ""}}
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "login": {"type": "oauth2", "flows": {"authorizationCode": flow}},
    }
    found = operation_of(
        {"security": [{"key": []}, {"login": ["r", "w"]}, {"login": ["r"]}]},
        components={"securitySchemes": schemes},
    )
    assert found.scopes == ("r", "w")


def test_the_description_is_one_line_and_names_what_is_deprecated() -> None:
    found = operation_of({"summary": "Do it.", "description": "Do\nit well", "deprecated": True})
    assert found.description == "Deprecated. Do it. Do it well."
    assert operation_of({}).description == "POST /things"


def test_what_the_document_says_of_itself_is_cleaned() -> None:
    found = described({**PETS, "info": {"title": "A\u202eB" * 90, "version": 2, "description": 3}})
    assert (len(found.name), found.version, found.description) == (80, "2", "3")
    assert "\u202e" not in found.name
    assert described({"openapi": "3.1.0", "info": None}).name == "API without a title"
