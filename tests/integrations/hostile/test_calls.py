"""Hostile arguments: whatever a model sends, no other operation is reached."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.tool_context import ToolFailed
from gateway.errors import PathRefused
from gateway.integrations.openapi.request import build_request
from gateway.proxy.destination import destination
from tests.integrations.openapi.documents import described

PATHS = (
    *("/pets", "/pets/{id}", "/pets/mine", "/pets/{id}/toys", "/pets/{id}/toys/{toy}"),
    *("/pets/{id}.json", "/files/{name}{suffix}", "/admin", "/admin/pets/{id}", "/{kind}/all"),
)
STYLES = {"toy": "matrix", "suffix": "label"}
FOUND = described(
    {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {
            path: {
                "delete": {
                    "parameters": [
                        {
                            "name": name,
                            "in": "path",
                            "required": True,
                            "style": STYLES.get(name, "simple"),
                            "schema": {},
                        }
                        for name in re.findall(r"\{(\w+)\}", path)
                    ]
                }
            }
            for path in PATHS
        },
    }
)
CALLS = {each.call["path"]: each.call for each in FOUND.definitions}
PIECES = (
    *("", ".", "..", "/", "\\", "%", "2e", "%2e", "%2f", "%5c", "%25", ";", "?", "#", "@", ":"),
    *("mine", "MINE", "toys", "all", "admin", "pets", ".json", "a", " ", "\t", "\r\n", "\0"),
    *("\u2024", "\uff0e", "\uff0f", "\u2215", "\u202e", "\ud800", "//evil.example"),
)
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
VALUES = (
    st.sampled_from(PIECES)
    | HOSTILE
    | st.lists(HOSTILE, max_size=3)
    | st.dictionaries(HOSTILE, HOSTILE, max_size=2)
)


def served(path: str) -> set[str]:
    """The paths of the document that some server could read this one as."""
    found = set()
    spellings = {path, unquote(path), unquote(unquote(path))}
    for each in {*spellings, *(posixpath.normpath(spelling) for spelling in spellings)}:
        for known in PATHS:
            literal = re.split(r"\{\w+\}", known)
            if re.fullmatch("[^/]+".join(map(re.escape, literal)), each, re.IGNORECASE):
                found.add(known)
    return found


def outcome(path: str, arguments: dict[str, Any]) -> str | None:
    """The address of a call as it is sent, ``None`` if it is refused."""
    try:
        asked = build_request(CALLS[path], arguments)
        sent = destination("https://pets.example/v1", asked.path.removeprefix("/").encode(), b"")
    except (ToolFailed, PathRefused):
        return None
    return sent.target.decode().removeprefix("/v1")


def is_more_general(other: str, own: str) -> bool:
    """Whether a server prefers ``own``, of which more is fixed."""
    return len(re.sub(r"\{\w+\}", "", other)) < len(re.sub(r"\{\w+\}", "", own))


def test_every_operation_of_the_world_is_there() -> None:
    assert set(CALLS) == set(PATHS)
    assert (
        outcome("/pets/{id}/toys/{toy}", {"id": "7", "toy": ["a", "b"]}) == "/pets/7/toys/;toy=a,b"
    )
    assert outcome("/files/{name}{suffix}", {"name": "a", "suffix": "txt"}) == "/files/a.txt"


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("/pets/{id}", {"id": ""}),
        ("/pets/{id}", {"id": ".."}),
        ("/pets/{id}", {"id": "../admin"}),
        ("/pets/{id}", {"id": "%2e%2e%2fadmin"}),
        ("/pets/{id}", {"id": "mine"}),
        ("/pets/{id}", {"id": "x.json"}),
        ("/pets/{id}", {}),
        ("/pets/{id}/toys", {"id": ".."}),
        ("/pets/{id}/toys/{toy}", {"id": "1", "toy": []}),
        ("/{kind}/all", {"kind": "//evil.example"}),
        ("/{kind}/all", {"kind": "pets"}),
        ("/pets/{id}", {"id": "all"}),
        ("/files/{name}{suffix}", {"name": ".", "suffix": "."}),
        ("/files/{name}{suffix}", {"name": "..", "suffix": "/"}),
    ],
)
def test_a_call_that_would_leave_its_operation_is_refused(
    path: str, arguments: dict[str, Any]
) -> None:
    assert outcome(path, arguments) is None


@given(
    st.sampled_from(PATHS),
    st.dictionaries(st.sampled_from(["id", "toy", "name", "suffix", "kind"]), VALUES),
)
def test_no_argument_reaches_another_operation(path: str, arguments: dict[str, Any]) -> None:
    sent = outcome(path, arguments)
    if sent is not None:
        reached = served(sent)
        assert path in reached
        assert all(other == path or is_more_general(other, path) for other in reached), sent
