"""The small GraphQL of simulated providers: what it refuses before it runs anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.simulated_graphql import GraphqlError, Member, Schema, execute

SCHEMA = Schema(
    types={
        "query": {"task": Member(type="Task", arguments={"id": "String!", "deep": "Boolean"})},
        "mutation": {"add": Member(type="Task", arguments={"input": "TaskInput!"})},
        "Task": {"id": Member(), "title": Member(), "parts": Member(type="Task")},
    },
    inputs={"TaskInput": {"title": str, "size?": int}},
)


def run(document: str, variables: Mapping[str, Any] | None = None) -> tuple[Any, list[Any]]:
    asked: list[Any] = []

    def resolve(name: str, arguments: Mapping[str, Any]) -> Any:
        asked.append((name, dict(arguments)))
        return {"id": "1", "title": "Pay", "parts": [{"id": "2", "title": "Sign"}]}

    return execute(SCHEMA, document, variables or {}, resolve), asked


def test_what_was_selected_is_answered_under_its_alias() -> None:
    document = 'query Q($id: String!) { first: task(id: $id) { id parts { name: title } } } # "'
    answer, asked = run(document, {"id": 'a"}'})
    assert answer == {"first": {"id": "1", "parts": [{"name": "Sign"}]}}
    assert asked == [("task", {"id": 'a"}'})]


def test_a_text_in_the_document_is_a_value_too() -> None:
    _, asked = run('mutation { add(input: {title: "a \\" } b", size: 2}) { id } }')
    assert asked == [("add", {"input": {"title": 'a " } b', "size": 2}})]


@pytest.mark.parametrize(
    ("document", "variables", "text"),
    [
        ('{ task(id: "1") { colour } }', {}, 'Cannot query field "colour"'),
        ('{ nothing(id: "1") { id } }', {}, 'Cannot query field "nothing"'),
        ('{ task(id: "1", colour: 1) { id } }', {}, 'Unknown argument "colour"'),
        ("{ task { id } }", {}, "must not be null"),
        ("{ task(id: 1) { id } }", {}, "id must be str"),
        ('{ task(id: "1") }', {}, "wrong selection"),
        ('{ task(id: "1") { id { id } } }', {}, "wrong selection"),
        ("query Q($id: String!) { task(id: $id) { id } }", {}, "must not be null"),
        ("query Q($id: Int!) { task(id: $id) { id } }", {"id": 1}, "expecting type"),
        ("query Q($id: String) { task(id: $id) { id } }", {"id": "1"}, "expecting type"),
        ("query Q($id: String!) { task(id: $no) { id } }", {"id": "1"}, "is not defined"),
        ('query Q($id: String!) { task(id: "1") { id } }', {"id": "1"}, "is never used"),
        ('{ task(id: "1") { id } }', {"id": "1"}, "is not declared"),
        (
            "mutation M($input: TaskInput!) { add(input: $input) { id } }",
            {"input": {"title": "a", "colour": 1}},
            "unknown member",
        ),
        ('{ task(id: "1") { id } } { task(id: "1") { id } }', {}, "one operation"),
        ("subscription { task { id } }", {}, "Unexpected Name"),
        ('{ task(id: "1") { ...Parts } }', {}, "Unexpected"),
        ('{ task(id: "1) { id } }', {}, "Cannot parse"),
        ("{ task(id: ", {}, "Unexpected end"),
        ("{ }", {}, "Expected Name"),
    ],
)
def test_a_document_that_is_not_in_order_runs_nothing(
    document: str, variables: dict[str, Any], text: str
) -> None:
    with pytest.raises(GraphqlError, match=text):
        run(document, variables)
