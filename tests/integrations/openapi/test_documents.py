"""The text of a document: JSON, YAML as OpenAPI means it, Swagger 2."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.integrations.openapi.document import read_document
from gateway.integrations.openapi.limits import ORDINARY
from gateway.integrations.openapi.refusals import DocumentRefused
from gateway.integrations.openapi.request import build_request
from tests.integrations.openapi.documents import described


def read(text: str | bytes) -> Any:
    """The values of a document."""
    return read_document(text if isinstance(text, bytes) else text.encode(), ORDINARY)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("no", "no"), ("yes", "yes"), ("on", "on"), ("2024-01-01", "2024-01-01")),
        *(("true", True), ("False", False), ("null", None), ("~", None), ("", None)),
        *(("12", 12), ("-1.5e3", -1500.0), ("0777", 777), ("1_000", "1_000"), ("0x1f", "0x1f")),
        *(("'12'", "12"), ('"\\u00e9"', "é"), ("12:30:45", "12:30:45"), (".inf", ".inf")),
        *(("!!str 12", "12"), ("!!python/object:os.system {a: 1}", {"a": 1}), ("1e999", "1e999")),
        *(("[a, {b: 1}]", ["a", {"b": 1}]), ("|\n  a\n  b\n", "a\nb\n"), ("=", "=")),
    ],
)
def test_yaml_has_the_types_of_json(text: str, value: Any) -> None:
    assert read(f"a: {text}") == {"a": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("200: a\n1.10: b\nno: c\n~: d", {"200": "a", "1.10": "b", "no": "c", "~": "d"}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: &x {b: 1, c: 2}\nd: {c: 3, <<: *x}", {"a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}}),
        ("{a: 1}", {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ("# c\n---\na: 1\n...\n", {"a": 1}),
    ],
)
def test_names_aliases_and_merges(text: str, value: Any) -> None:
    assert read(text) == value


def test_utf_16_is_read() -> None:
    assert read('{"a": "é"}'.encode("utf-16")) == {"a": "é"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[1]", "not_openapi"),
        ("", "not_openapi"),
        ("a: [", "not_readable"),
        ("a: 1\n---\nb: 2", "not_readable"),
        ("a: *x", "alias_unknown"),
        ("a: &x [*x]", "alias_unknown"),
        ("? [a]\n: b", "name_not_text"),
        (b"\xff\xfe\x00", "not_text"),
        ('{"a": "\0"}', "not_text"),
        (b"\x1f\x8b\x08", "not_text"),
        ("x" * (4 * 1024 * 1024 + 1), "document_too_large"),
        ('{"a":' * 200 + "1" + "}" * 200, "too_deep"),
        ("[" * 100_000, "too_deep"),
        ("a: " + "[" * 200 + "]" * 200, "too_deep"),
        ("a: &a [1]\n" + "b: [" + "*a, " * 10_001 + "]", "too_many_aliases"),
    ],
)
def test_a_document_that_is_none_is_refused(text: str | bytes, code: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read(text)
    assert refused.value.code == code


def test_an_alias_bomb_is_counted_and_never_written_out() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(DocumentRefused) as refused:
        read("\n".join(lines))
    assert refused.value.code == "too_many_values"


SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Old pets", "version": "1"},
    "host": "old.example",
    "basePath": "/api",
    "schemes": ["http", "https"],
    "consumes": ["application/json"],
    "paths": {
        "/pets/{id}": {
            "parameters": [{"$ref": "#/parameters/Id"}],
            "get": {
                "operationId": "find",
                "parameters": [
                    {"name": "t", "in": "query", "type": "array", "items": {"type": "string"}},
                    {
                        "name": "u",
                        "in": "query",
                        "type": "array",
                        "items": {"type": "integer"},
                        "collectionFormat": "multi",
                    },
                    {"name": "v", "in": "query", "type": "array", "collectionFormat": "pipes"},
                ],
                "responses": {"200": {"schema": {"$ref": "#/definitions/Pet"}}},
            },
            "put": {
                "operationId": "change",
                "parameters": [
                    {"name": "pet", "in": "body", "schema": {"$ref": "#/definitions/Pet"}}
                ],
            },
            "post": {
                "operationId": "photo",
                "consumes": ["multipart/form-data"],
                "parameters": [
                    {"name": "file", "in": "formData", "type": "file", "required": True},
                    {"name": "note", "in": "formData", "type": "string"},
                ],
            },
        }
    },
    "parameters": {"Id": {"name": "id", "in": "path", "required": True, "type": "integer"}},
    "definitions": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}},
    "securityDefinitions": {
        "login": {
            "type": "oauth2",
            "flow": "accessCode",
            "authorizationUrl": "https://old.example/auth",
            "tokenUrl": "https://old.example/token",
            "scopes": {"read": "Read"},
        },
        "basic": {"type": "basic"},
    },
}


def test_swagger_2_is_read_as_openapi_3() -> None:
    found = described(SWAGGER)
    assert found.servers == ("https://old.example/api", "http://old.example/api")
    assert [each.slug for each in found.methods] == ["login", "basic"]
    assert found.skipped == ()
    calls = {each.name: each for each in found.definitions}
    asked = build_request(
        calls["find"].call, {"id": 3, "t": ["a", "b"], "u": [1, 2], "v": ["c", "d"]}
    )
    assert asked.path == "/pets/3"
    assert asked.query == (("t", "a,b"), ("u", "1"), ("u", "2"), ("v", "c|d"))
    assert calls["find"].output_schema["properties"]["body"]["properties"]["name"]
    assert build_request(calls["change"].call, {"id": 3, "body": {"name": "R"}}).json == {
        "name": "R"
    }
    photo = build_request(calls["photo"].call, {"id": 3, "body": {"file": {"base64": "YQ=="}}})
    assert photo.content_type.startswith("multipart/form-data")
    assert calls["photo"].input_schema["required"] == ["id", "body"]


def test_swagger_2_without_a_host_is_where_the_document_is() -> None:
    given = {**SWAGGER, "host": None, "schemes": None}
    assert described(json.loads(json.dumps(given))).servers == ("https://pets.example/api",)


@pytest.mark.parametrize("version", ["1.2", "4.0.0", "3.01", "", None, True, [], {}])
def test_another_version_is_refused_and_named(version: Any) -> None:
    with pytest.raises(DocumentRefused) as refused:
        described({"openapi": version, "paths": {}})
    assert refused.value.code in ("version_unknown", "not_openapi")
