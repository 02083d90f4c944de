"""The caller over MCP, and the scopes of an operation."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from gateway.mcp.principal import READ, SCOPES, WRITE, Principal, scopes_of

ALICE = Principal(tenant="acme", user="alice", client="c1", scopes=frozenset({READ}), via="token")


@pytest.mark.parametrize(
    "other",
    [
        replace(ALICE, tenant="other"),
        replace(ALICE, user="bob"),
        replace(ALICE, client="c2"),
        replace(ALICE, via="key"),
        replace(ALICE, user="alicec1", client=""),
    ],
)
def test_another_tenant_user_or_client_has_another_id(other: Principal) -> None:
    assert other.id != ALICE.id


def test_the_same_client_with_more_scopes_has_the_same_id() -> None:
    assert replace(ALICE, scopes=frozenset(SCOPES)).id == ALICE.id


def test_a_tool_that_only_reads_needs_the_scope_for_reading_alone() -> None:
    assert scopes_of(SimpleNamespace(effect="read")) == {READ}


@pytest.mark.parametrize("effect", ["write", "destructive"])
def test_a_tool_that_changes_something_needs_both_scopes(effect: str) -> None:
    assert scopes_of(SimpleNamespace(effect=effect)) == {READ, WRITE}
