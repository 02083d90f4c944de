"""A call as a request: what goes where, and that it is the operation's own path."""

from __future__ import annotations

import base64
from email.parser import BytesParser
from typing import Any

import pytest

from connectors.tool_context import ToolFailed
from gateway.integrations.openapi.request import build_request
from tests.integrations.openapi.documents import described, operation_of


def parameter(name: str, place: str, **more: Any) -> dict[str, Any]:
    """A parameter of a document."""
    return {"name": name, "in": place, "required": place == "path", "schema": {}, **more}


def with_body(media: str, schema: dict[str, Any], **more: Any) -> Any:
    """The call of an operation that takes a body."""
    content = {media: {"schema": schema, **more}}
    return operation_of({"requestBody": {"content": content}}).call


def test_each_place_gets_its_arguments() -> None:
    call = operation_of(
        {
            "parameters": [
                parameter("id", "path"),
                parameter("id", "query"),
                parameter("X-Trace", "header"),
                parameter("filter", "query", style="deepObject"),
            ]
        },
        path="/things/{id}/parts",
    ).call
    asked = build_request(
        call, {"id": "a", "id_query": ["b", "c"], "X-Trace": 7, "filter": {"x": 1}}
    )
    assert asked.path == "/things/a/parts"
    assert asked.query == (("id", "b"), ("id", "c"), ("filter[x]", "1"))
    assert asked.headers["X-Trace"] == "7"


def test_a_parameter_may_be_written_as_json() -> None:
    where = {"name": "where", "in": "query", "content": {"application/json": {"schema": {}}}}
    call = operation_of({"parameters": [where]}).call
    assert build_request(call, {"where": {"a": [1]}}).query == (("where", '{"a":[1]}'),)


def test_what_the_gateway_owns_is_no_argument() -> None:
    names = ("Authorization", "Host", "cookie", "Content-Length", "X_Forwarded_For", "Accept")
    own = [parameter(name, "header") for name in (*names, "X-HTTP-Method-Override", "Sec-Fetch")]
    mine = operation_of(
        {"parameters": [*own, parameter("api_key", "query"), parameter("sid", "cookie")]},
        components={
            "securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "API_KEY"}}
        },
    )
    assert mine.input_schema["properties"] == {}
    assert mine.call["parameters"] == []


def test_a_path_of_another_operation_is_refused() -> None:
    paths = {
        "/pets/{id}": {"delete": {"operationId": "one"}},
        "/pets/All": {"delete": {"operationId": "all"}},
        "/pets/{id}.json": {"delete": {"operationId": "file"}},
        "/{kind}/last": {"delete": {"operationId": "last"}},
    }
    found = described({"openapi": "3.1.0", "info": {}, "paths": paths})
    calls = {each.name: each.call for each in found.definitions}
    assert build_request(calls["one"], {"id": "7"}).path == "/pets/7"
    for value in ("All", "aLL", "%41ll", "x.json"):
        with pytest.raises(ToolFailed, match=r"another operation|only dots"):
            build_request(calls["one"], {"id": value})


@pytest.mark.parametrize("values", [{"a": ".", "b": "x"}, {"a": "", "b": ""}, {"b": "x"}])
def test_values_that_lead_elsewhere_are_refused(values: dict[str, str]) -> None:
    call = operation_of({}, path="/x/{a}{b}/y").call
    with pytest.raises(ToolFailed):
        build_request(call, values)


def test_a_label_of_dots_is_refused() -> None:
    operation = {"parameters": [parameter("a", "path", style="label")]}
    call = operation_of(operation, path="/x/{a}/y").call
    assert build_request(call, {"a": "b"}).path == "/x/.b/y"
    with pytest.raises(ToolFailed):
        build_request(call, {"a": "."})


def test_json_of_another_type_keeps_its_type() -> None:
    call = with_body("application/merge-patch+json", {"type": "object"})
    asked = build_request(call, {"body": {"a": None}})
    assert (asked.content, asked.content_type) == (b'{"a": null}', "application/merge-patch+json")


def test_a_form_is_written_by_its_encoding() -> None:
    schema = {"type": "object", "properties": {"tags": {"type": "array"}, "o": {}, "p": {}}}
    encoding = {"tags": {"explode": False}, "p": {"style": "deepObject"}}
    call = with_body("application/x-www-form-urlencoded", schema, encoding=encoding)
    asked = build_request(
        call, {"body": {"tags": ["a", "b"], "o": {"x": 1}, "p": {"x": 1}, "n": None, "l": [1, 2]}}
    )
    assert asked.form == (("tags", "a,b"), ("o", '{"x": 1}'), ("p[x]", "1"), ("l", "1"), ("l", "2"))


def test_a_form_cannot_choose_another_method() -> None:
    call = with_body("application/x-www-form-urlencoded", {"type": "object"})
    with pytest.raises(ToolFailed):
        build_request(call, {"body": {"_method": "DELETE"}})


def test_a_multipart_body_is_read_as_it_was_meant_and_is_the_same_each_time() -> None:
    schema = {
        "type": "object",
        "properties": {"note": {"type": "string"}, "file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    }
    call = with_body("multipart/form-data", schema)
    content = b"\x00--gateway\r\n\xff"
    file = {"base64": base64.b64encode(content).decode(), "filename": 'a"b\r\nc.png'}
    given = {"body": {"note": "x\r\n--", "file": {**file, "content_type": "image/png"}}}
    asked = build_request(call, given)
    again = build_request(call, given)
    assert (asked.content, asked.content_type) == (again.content, again.content_type)
    head = f"Content-Type: {asked.content_type}\r\n\r\n".encode()
    read = BytesParser().parsebytes(head + (asked.content or b""))
    parts = {
        str(each.get_param("name", header="content-disposition")): each
        for each in read.walk()
        if not each.is_multipart()
    }
    assert parts["file"].get_payload(decode=True) == content
    assert parts["file"].get_filename() == "a%22b%0D%0Ac.png"
    assert parts["file"].get_content_type() == "image/png"
    assert parts["note"].get_payload(decode=True) == b"x\r\n--"


@pytest.mark.parametrize(
    "file",
    [
        {"base64": "not base64!"},
        {"base64": "YQ==", "content_type": "text/html\r\nX: y"},
        {"base64": "YQ==", "filename": "\x00"},
    ],
)
def test_a_file_that_breaks_out_of_its_part_is_refused(file: dict[str, str]) -> None:
    schema = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
    call = with_body("multipart/form-data", schema)
    with pytest.raises(ToolFailed):
        build_request(call, {"body": {"file": file}})


def test_a_file_and_a_text_can_be_the_whole_body() -> None:
    png = build_request(with_body("image/png", {}), {"body": {"base64": "YQ=="}})
    assert (png.content, png.content_type) == (b"a", "image/png")
    csv = build_request(with_body("text/csv", {}), {"body": "a,b"})
    assert (csv.content, csv.content_type) == (b"a,b", "text/csv")


def test_a_body_that_is_not_given_is_not_sent() -> None:
    asked = build_request(with_body("application/json", {}), {})
    assert (asked.json, asked.content, asked.form) == (None, None, None)
