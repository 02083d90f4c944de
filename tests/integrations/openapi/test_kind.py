"""An API that a document describes: detected, described, called."""

from __future__ import annotations

import json

import pytest

from connectors.tool_context import ToolFailed
from gateway.engine.integration import Claim, Confidence, Kind
from gateway.errors import IntegrationRefused
from gateway.integrations.kind import Kind as KindProtocol
from gateway.integrations.kind import Source
from gateway.integrations.openapi.kind import OPENAPI
from tests.integrations.openapi.documents import PETS, URL, Server, described

DEFINITIONS = {each.name: each for each in described(PETS).definitions}
CHECKED: KindProtocol = OPENAPI


async def test_a_document_is_claimed_with_its_title() -> None:
    claim = await OPENAPI.detect(URL, Server(PETS).fetch)
    assert claim == Claim(
        kind=Kind.OPENAPI,
        confidence=Confidence.HIGH,
        endpoint=URL,
        name="Pet Store API",
        slug="pet-store-api",
    )


@pytest.mark.parametrize(
    "content",
    [
        b"<html>see our openapi document</html>",
        b'{"openapi": "4.0.0"}',
        b'{"info": {"title": "swagger"}}',
        b"{}",
        b"\xff\xfeopenapi",
    ],
)
async def test_another_answer_is_not_claimed(content: bytes) -> None:
    assert await OPENAPI.detect(URL, Server(content).fetch) is None


async def test_an_error_page_is_not_claimed() -> None:
    assert await OPENAPI.detect(URL, Server(PETS, status=404).fetch) is None


async def test_a_url_and_an_upload_give_the_same_definitions() -> None:
    by_url = await OPENAPI.describe(Source(url=URL), Server(PETS).fetch)
    nobody = Server(status=500)
    upload = await OPENAPI.describe(Source(document=json.dumps(PETS).encode()), nobody.fetch)
    assert by_url == described(PETS)  # and nothing is remarked
    assert upload.definitions == by_url.definitions
    assert (by_url.servers, upload.servers) == (("https://pets.example/v1",), ())
    assert "base URL" in upload.notes[-1]
    assert nobody.fetched == []


async def test_yaml_gives_the_same_definitions() -> None:
    text = (
        "openapi: 3.0.3\ninfo: {title: Pets, version: 1}\npaths:\n  /pets: {get: {operationId: no}}"
    )
    found = await OPENAPI.describe(Source(document=text.encode()), Server().fetch)
    assert [each.name for each in found.definitions] == ["no"]


async def test_a_document_that_is_not_served_is_refused() -> None:
    with pytest.raises(IntegrationRefused) as refused:
        await OPENAPI.describe(Source(url=URL), Server(status=403).fetch)
    assert refused.value.code == "document_not_served"


async def test_an_operation_is_one_request() -> None:
    server = Server({"id": 7, "name": "Rex"})
    ran = await OPENAPI.run(DEFINITIONS["get_pet"].call, {"petId": "a b"}, server.send)
    (sent,) = server.sent
    assert (sent.method, sent.path, sent.json) == ("GET", "/pets/a%20b", None)
    assert ran.result == {"status": 200, "body": {"id": 7, "name": "Rex"}}


async def test_a_body_goes_out_as_json() -> None:
    server = Server(status=204)
    ran = await OPENAPI.run(DEFINITIONS["create_pet"].call, {"body": {"name": "Rex"}}, server.send)
    assert (server.sent[0].method, server.sent[0].json) == ("POST", {"name": "Rex"})
    assert ran.result == {"status": 204}


async def test_a_refusal_of_the_api_is_told() -> None:
    server = Server({"error": {"code": "no_such_pet", "message": "there is none"}}, status=404)
    with pytest.raises(ToolFailed, match="there is none") as failed:
        await OPENAPI.run(DEFINITIONS["delete_pet"].call, {"petId": "1"}, server.send)
    assert (failed.value.code, failed.value.status) == ("no_such_pet", 404)


@pytest.mark.parametrize(
    ("content", "kind", "result"),
    [
        (b'[{"name": "Rex"}]', "application/json", {"body": [{"name": "Rex"}]}),
        (b'[{"name": null}]', "", {"body": [{"name": None}]}),
        (b'{"pets": []}', "application/json", {"unexpected": {"pets": []}}),
        (b"a,b", "text/csv", {"content_type": "text/csv", "text": "a,b"}),
        (b"\x89PNG", "image/png", {"content_type": "image/png", "base64": "iVBORw=="}),
        (
            b'{"a": NaN}',
            "application/json",
            {"content_type": "application/json", "text": '{"a": NaN}'},
        ),
    ],
)
async def test_what_is_not_as_documented_is_told_apart(
    content: bytes, kind: str, result: object
) -> None:
    ran = await OPENAPI.run(DEFINITIONS["list_pets"].call, {}, Server(content, kind=kind).send)
    assert ran.result == {"status": 200, **dict(result)}  # type: ignore[call-overload]


async def test_a_long_text_and_a_big_file_are_cut() -> None:
    call = DEFINITIONS["list_pets"].call
    text = await OPENAPI.run(call, {}, Server(b"x" * 60_000, kind="text/plain").send)
    assert (len(text.result["text"]), text.truncated) == (50_000, True)
    file = await OPENAPI.run(call, {}, Server(b"\xff" * 60_000, kind="image/png").send)
    assert ("base64" in file.result, file.truncated) == (False, True)


async def test_nothing_is_discovered_with_a_credential() -> None:
    with pytest.raises(IntegrationRefused) as refused:
        await OPENAPI.discover(Server().send)
    assert refused.value.code == "nothing_to_discover"
