"""The selection of a caller: read as a tree, checked, printed anew, and never able to break out."""

from __future__ import annotations

import pytest
from graphql import build_schema, parse, validate
from graphql.language import ast
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.tool_context import ToolFailed
from gateway.integrations.graphql.request import request_of
from gateway.integrations.graphql.selection import Known, selection
from tests.integrations.graphql.schemas import SHOP, read

OPERATIONS = read(SHOP)[0]
PET = OPERATIONS["pet"].call


def chosen(text: str, operation: str = "pet") -> str:
    """The selection that is sent for ``text``, on one line."""
    call = OPERATIONS[operation].call
    known = Known(types=call["types"], possible=call["possible"])
    return " ".join(selection(text, call["type"], known).split())


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("{ id name }", "{ id name }"),
        ("id, name", "{ id name }"),
        (" { id } # all", "{ id }"),
        ("id # all", "{ id }"),
        ("owner { id }", "{ owner { id } }"),
        ("__typename", "{ __typename }"),
        ("id id", "{ id id }"),
        (
            'visits(first: 2, reason: """a " b""") { on }',
            r'{ visits(first: 2, reason: "a \" b") { on } }',
        ),
        ("apiToken", "{ apiToken }"),
    ],
)
def test_a_selection_is_printed_anew(text: str, sent: str) -> None:
    assert chosen(text) == sent


def test_fragments_on_the_types_of_a_union_are_allowed() -> None:
    text = "... on Pet { id } ... on Owner { name }"
    assert chosen(text, "anything") == f"{{ {text} }}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        # What would close the field, and begin another one or another operation.
        ("id } other { id", "Unexpected"),
        ("{ id } other", "Unexpected"),
        ("{ id } { id }", "one list of fields"),
        ("id } } mutation { closeShop", "Unexpected"),
        ("{ id } mutation { closeShop }", "one list of fields"),
        ("mutation { closeShop }", "no field mutation"),
        ("{ id } fragment F on Pet { id }", "one list of fields"),
        ("{ id } type Evil { id: ID }", "one list of fields"),
        ("id # \n } } mutation { closeShop } #", "Unexpected"),
        # What has power of its own.
        ("...F", "named fragments"),
        ("... { id }", "without a type"),
        ("... on Owner { id }", "Pet is never a Owner"),
        ("id @skip(if: true)", "directives"),
        ("... on Pet @include(if: true) { id }", "directives"),
        ("other: id", "other names"),
        ("visits(first: $n) { on }", "variables"),
        ("visits(reason: [{a: $n}]) { on }", "variables"),
        ("__schema { types { name } }", "two underscores"),
        ("__typename { id }", "__typename is a text"),
        # What the schema does not have.
        ("nam", "no field nam: there is name"),
        ("friends", "is a PetPage"),
        ("id { id }", "id of Pet has no fields"),
        ("visits(last: 1) { on }", "no argument last"),
        # What is too much.
        ("", "empty"),
        ("{ }", "empty"),
        ("owner { }", "empty"),
        (" ".join(["id"] * 201), "more than 200 fields"),
        (" ".join(["id"] * 2_001), "tokens"),
        ("id" + " " * 8_000, "8000 code points"),
        ("#\n" * 30 + "id", "comments"),
        ("owner { pets { " * 5 + "id" + " } }" * 5, "more than 8 levels"),
        ("owner {" * 900, "nested too deeply|Unexpected|tokens"),
        ("visits(reason: [[[[[[1]]]]]]) { on }", "more than 5 levels"),
        ('visits(reason: "\\ud800") { on }', "Unicode"),
        ("id \x00", "Unexpected character"),
        ("query Q { id }", "no field query"),
        ("(a: 1)", "Expected Name"),
    ],
)
def test_what_is_not_a_plain_selection_is_refused(text: str, why: str) -> None:
    with pytest.raises(ToolFailed, match=why) as caught:
        chosen(text)
    assert caught.value.code == "selection_refused"


def test_far_from_the_field_the_api_judges_the_names_and_nothing_else_is_allowed() -> None:
    known = Known(types={"Pet": {"owner": "Owner"}}, possible={})
    assert "later(a: 1)" in selection("owner { later(a: 1) { x } }", "Pet", known)
    for text in ("owner { a: b }", "owner { a @b }", "owner { ...F }", "owner { a(b: $c) }"):
        with pytest.raises(ToolFailed):
            selection(text, "Pet", known)


WORDS = [
    *'{ } ( ) [ ] : ! $ @ ... # , & | = " """ \\ \n \' ` id name owner visits pets on'.split(" "),
    *"mutation query subscription fragment type closeShop __typename __schema $x @skip".split(),
    *"... on Pet,reason,first,\u2028,\ufeff,\x00,é".split(","),
]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), st.text()))
def test_whatever_is_selected_the_request_has_one_root_field(text: str) -> None:
    try:
        sent = request_of(PET, {"id": "1", "select": text or "id"}).json
    except ToolFailed:
        return
    (operation,) = parse(sent["query"]).definitions
    assert isinstance(operation, ast.OperationDefinitionNode)
    assert operation.operation.value == "query"
    (root,) = operation.selection_set.selections
    assert isinstance(root, ast.FieldNode)
    assert (root.name.value, root.alias) == ("pet", None)
    assert not root.directives
    assert [each.name.value for each in root.arguments or ()] == ["id"]
    assert sent["variables"] == {"id": "1"}


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_a_text_in_a_selection_keeps_its_value(value: str) -> None:
    quoted = (
        value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    )
    try:
        sent = chosen(f'visits(reason: "{quoted}") {{ on }}')
    except ToolFailed:  # control characters, which a text of GraphQL does not have
        assert not value.isprintable()
        return
    (operation,) = parse(sent).definitions
    assert isinstance(operation, ast.OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, ast.FieldNode)
    (argument,) = field.arguments or ()
    assert isinstance(argument.value, ast.StringValueNode)
    assert "".join(argument.value.value.split()) == "".join(value.split())


def test_arguments_go_as_variables_of_the_types_of_the_schema() -> None:
    hostile = '") { closeShop } #'
    call = OPERATIONS["rename_pet"].call
    request = request_of(call, {"id": hostile, "name": None, "other": 1, "select": "requestId"})
    assert request.json["variables"] == {"id": hostile, "name": None}
    assert " ".join(request.json["query"].split()) == (
        "mutation($id: ID!, $name: String) { renamePet(id: $id, name: $name) { requestId } }"
    )
    assert (request.method, request.path, request.reads) == ("POST", "", False)
    assert request_of(OPERATIONS["now"].call, {}).json == {"query": "query { now }"}
    assert request_of(OPERATIONS["now"].call, {}).reads


def test_every_operation_is_valid_for_its_schema_with_its_default_selection() -> None:
    schema = build_schema(SHOP)
    for each in OPERATIONS.values():
        arguments = dict.fromkeys(each.call["arguments"], None)
        document = parse(request_of(each.call, arguments).json["query"])
        assert validate(schema, document) == []
