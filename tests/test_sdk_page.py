"""The page about the SDK names everything that the SDK and the token call have."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

import pytest

import gateway.client
from gateway.client import Connection, Gateway, Token
from gateway.web.tokens import RefreshRequest, TokenReply, TokenRequest
from tests.test_docs import read

PAGE = read("docs/sdk.md")
CALLS = [name for name in vars(Gateway) if not name.startswith("_") and name != "aclose"]
INNER = {"Api", "SecretValues", "UserContext", "SyncUserContext"}
"""Exported for annotations; people get them from a call."""


@pytest.mark.parametrize("name", sorted(set(gateway.client.__all__) - INNER))
def test_every_exported_name_is_on_the_page(name: str) -> None:
    assert re.search(rf"`?\b{name}\b", PAGE)


@pytest.mark.parametrize("name", CALLS)
def test_every_call_and_its_arguments_are_on_the_page(name: str) -> None:
    assert f"`{name}(" in PAGE
    parameters = set(inspect.signature(getattr(Gateway, name)).parameters)
    for parameter in parameters - {"self", "name", "user", "connection_id"}:
        assert f"`{parameter}`" in PAGE, parameter


def test_every_field_of_a_token_and_a_connection_is_on_the_page() -> None:
    for field in (*fields(Token), *fields(Connection)):
        assert f"`{field.name}" in PAGE, field.name


def test_the_bodies_of_the_token_calls_are_on_the_page() -> None:
    section = PAGE.partition("## The same over HTTP")[2]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert rows == ["user", "account", "owner", "min_seconds", "scopes", "rejected_token_sha256"]
    assert set(rows) == set(TokenRequest.model_fields)
    assert set(RefreshRequest.model_fields) == {"user", "account", "owner"}
    for name in TokenReply.model_fields:
        assert f'  "{name}": ' in section
