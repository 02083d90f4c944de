"""How a schema becomes operations: names, effects, inputs, outputs, and what is skipped."""

from __future__ import annotations

import jsonschema_rs
import pytest
from graphql import build_schema, graphql_sync

from gateway.errors import IntegrationRefused
from gateway.integrations.graphql.document import read_document
from gateway.integrations.graphql.introspection import QUERY
from tests.integrations.graphql.schemas import SHOP, Operations, a_field, introspection, named, read


@pytest.fixture(scope="module")
def shop() -> Operations:
    return read(SHOP)


def test_each_root_field_is_an_operation_and_a_subscription_is_none(shop: Operations) -> None:
    found, skipped = shop
    assert {name: each.effect for name, each in found.items()} == {
        "pet": "read",
        "pets": "read",
        "anything": "read",
        "now": "read",
        "old": "read",
        "rename_pet": "write",
        "close_shop": "write",
    }
    assert [(each.name, each.code) for each in skipped] == [("petAdded", "subscription")]
    assert found["pet"].description == "Find a pet by its id."
    assert found["old"].description == "Old. Deprecated. Use now."
    assert found["now"].description == "The query now, which returns Date."


def test_sdl_and_introspection_give_the_same_operations() -> None:
    answer = graphql_sync(build_schema(SHOP), QUERY)
    assert answer.errors is None
    assert read({"data": answer.data}) == read(SHOP)


def test_arguments_have_the_schema_of_their_types(shop: Operations) -> None:
    schema = shop[0]["pets"].input_schema
    assert schema["properties"]["first"] == {"type": "integer", "default": 10}
    species = {"type": "array", "items": {"type": "string", "enum": ["CAT", "DOG"]}}
    assert schema["properties"]["species"] == species
    assert schema["properties"]["where"] == {"$ref": "#/$defs/Filter"}
    assert schema["$defs"]["Filter"] == {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "not": {"$ref": "#/$defs/Filter"},
            "any": {"type": "array", "items": {"$ref": "#/$defs/Filter"}},
            "born": {"description": "Date"},
        },
        "additionalProperties": False,
    }
    # "select" is an argument of the field itself.
    assert set(schema["properties"]) == {"first", "species", "where", "select", "select_"}
    assert shop[0]["pets"].call["select"] == "select_"


@pytest.mark.parametrize(
    ("arguments", "fits"),
    [
        ({"id": "1", "details": {"photo": {"url": "u"}}}, True),
        ({"id": "1", "name": None, "tags": [None], "details": {"photo": {"url": "u"}}}, True),
        ({"id": None, "details": {"photo": {"url": "u"}}}, False),
        ({"id": "1", "details": {"photo": None}}, False),
        ({"id": "1", "details": {"photo": {"url": "u"}, "other": 1}}, False),
        ({"id": "1"}, False),
        ({"id": "1", "details": {"photo": {"url": "u"}}, "other": 1}, False),
    ],
)
def test_a_mutation_takes_null_where_it_clears_a_value(
    shop: Operations, arguments: dict[str, object], fits: bool
) -> None:
    schema = shop[0]["rename_pet"].input_schema
    assert jsonschema_rs.validator_for(dict(schema)).is_valid(arguments) is fits


def test_every_schema_is_one_that_a_validator_takes(shop: Operations) -> None:
    for each in shop[0].values():
        jsonschema_rs.validator_for(dict(each.input_schema))
        jsonschema_rs.validator_for(dict(each.output_schema))


def test_the_default_selection_is_the_leaves_without_credentials_and_old_fields(
    shop: Operations,
) -> None:
    found = shop[0]
    assert found["pet"].call["default"] == "{ id name species born }"
    assert found["anything"].call["default"] == "{ __typename }"
    assert "select" not in found["now"].call


def test_a_type_that_wraps_others_gives_the_leaves_of_those(shop: Operations) -> None:
    found = shop[0]
    assert found["pets"].call["default"] == (
        "{ total nextPageToken nodes { id name species born } pageInfo { hasNextPage endCursor } }"
    )
    assert found["rename_pet"].call["default"] == "{ requestId pet { id name species born } }"
    edges = read("type Query { all: C } type C { edges: [E] } type E { node: P } type P { id: ID }")
    assert edges[0]["all"].call["default"] == "{ edges { node { id } } }"


def test_an_operation_knows_the_types_that_can_be_selected(shop: Operations) -> None:
    call = shop[0]["pet"].call
    assert call["types"]["Pet"]["visits"] == ["Visit", "first", "reason"]
    assert call["types"]["Pet"]["owner"] == "Owner"
    assert call["types"]["Pet"]["id"] == ""
    assert shop[0]["anything"].call["possible"] == {"Found": ["Pet", "Owner"]}


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("createIssue getURLFor HTTPStatus", ["create_issue", "get_url_for", "http_status"]),
        ("aB AB a_b", ["a_b", "ab", "a_b_query"]),
        ("_ x", ["query", "x"]),
        # The names that another field would become are taken already.
        ("ab ab_query ab_2a2ff5 AB", ["ab", "ab_query", "ab_2a2ff5", "ab_2"]),
    ],
)
def test_names_are_words_and_unique(fields: str, names: list[str]) -> None:
    sdl = "type Query { " + " ".join(f"{name}: Int" for name in fields.split()) + " }"
    assert list(read(sdl)[0]) == names


def test_a_query_and_a_mutation_of_one_name_stay_apart() -> None:
    found, _ = read("type Query { pet: Int } type Mutation { pet: Int }")
    effects = {name: each.effect for name, each in found.items()}
    assert effects == {"pet": "read", "pet_mutation": "write"}


def test_long_names_are_short_and_differ() -> None:
    long = "a" * 90
    names = list(read(f"type Query {{ {long}b: Int {long}c: Int }}")[0])
    assert len(set(names)) == 2
    assert all(len(name) == 40 for name in names)


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (a_field("gone", type=named("Missing")), "type"),
        (a_field("deep", type=named("String", *["LIST"] * 7)), "type"),
        (a_field("odd", type=named("String", "NON_NULL", "NON_NULL")), "type"),
        (a_field("untyped", type=None), "type"),
        (a_field("a b"), "name"),
        (a_field("x} evil {y"), "name"),
        (a_field("__meta"), "name"),
        (a_field("a" * 101), "name"),
        (
            a_field("needs", args=[{"name": "a", "type": named("Query", "NON_NULL")}]),
            "argument_type",
        ),
        (a_field("odd_argument", args=[{"name": "a: 1) { b", "type": named("Int")}]), "name"),
        (a_field("no_argument", args=["text"]), "argument"),
        (
            a_field("many", args=[{"name": f"a{n}", "type": named("Int")} for n in range(101)]),
            "too_many_arguments",
        ),
        ("text", "field"),
    ],
)
def test_what_lies_is_skipped_with_its_reason_and_costs_no_other(field: object, code: str) -> None:
    found, skipped = read(introspection(field, a_field("fine")))  # type: ignore[arg-type]
    assert list(found) == ["fine"]
    assert [each.code for each in skipped] == [code]
    assert skipped[0].reason


def test_an_argument_that_may_be_left_out_is_left_out_if_it_cannot_be_read() -> None:
    arguments = [{"name": "a", "type": named("Nowhere")}, {"name": "b", "type": named("Int")}]
    found, skipped = read(introspection(a_field("fine", args=arguments)))
    assert found["fine"].call["arguments"] == {"b": "Int"}
    assert not skipped


def test_a_built_in_type_stays_what_it_is() -> None:
    lie = {"kind": "OBJECT", "name": "String", "fields": [a_field("evil")]}
    found, _ = read(introspection(a_field("fine"), types=(lie,)))
    assert "select" not in found["fine"].call


def test_one_root_type_for_both_is_a_mutation() -> None:
    found, _ = read(introspection(a_field("fine"), mutationType={"name": "Query"}))
    assert [each.effect for each in found.values()] == ["write"]


def test_huge_enums_and_many_input_types_are_told_in_short() -> None:
    values = " ".join(f"V{n}" for n in range(100_000))
    inputs = " ".join(f"input I{n} {{ next: I{n + 1} x: Int }}" for n in range(100))
    found, _ = read(
        f"type Query {{ a(e: E, i: I0): Int }} enum E {{ {values} }} {inputs} "
        "input I100 { x: Int }"
    )
    schema = found["a"].input_schema
    assert schema["properties"]["e"] == {"type": "string", "description": "A name of E"}
    assert len(schema["$defs"]) == 30
    assert schema["$defs"]["I29"]["properties"]["next"] == {"type": "object", "description": "I30"}


@pytest.mark.parametrize("literal", ["99999999999999999999", "1e999", "[1]", "{a: $b}", "}{", '"'])
def test_a_default_that_json_does_not_have_is_not_told(literal: str) -> None:
    argument = {"name": "a", "type": named("Int"), "defaultValue": literal}
    found, _ = read(introspection(a_field("fine", args=[argument])))
    assert found["fine"].input_schema["properties"]["a"] == {"type": "integer"}


def test_too_many_operations_end_in_a_line_that_says_how_many_are_left_out() -> None:
    found, skipped = read("type Query { " + " ".join(f"f{n}: Int" for n in range(2_300)) + " }")
    assert len(found) == 2_000
    assert len(skipped) == 201
    assert skipped[-1].reason == "100 more are left out"


def test_descriptions_have_no_control_characters_and_an_end() -> None:
    evil = "x\u202e\x1b[31m" + "y" * 5_000
    found, _ = read(introspection(a_field("fine", description=evil)))
    assert found["fine"].description == "x[31m" + "y" * 995


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"\xff\xfe", "not_text"),
        (b" " * (4 * 1024 * 1024 + 1), "too_large"),
        (b"type Query {", "sdl_syntax"),
        (b"query { a }", "no_schema"),
        (b"", "sdl_syntax"),
        (b"{", "no_schema"),
        (b'{"data": {"__schema": {"types": 1}}}', "no_schema"),
        (b"[" * 100_000, "sdl_syntax"),
        (b'{"a":' * 100_000, "no_schema"),
        (b"type Q { a: " + b"[" * 100_000, "sdl_syntax"),
        (b"type Q { a: Int }\n" * 50_000, "sdl_syntax"),
    ],
)
def test_a_document_that_is_no_schema_is_refused(document: bytes, code: str) -> None:
    with pytest.raises(IntegrationRefused) as caught:
        read_document(document)
    assert caught.value.code == code
