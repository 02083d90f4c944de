"""Tokens that are not at the top of the answer (``alternate_access_token_response_path``)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.errors import UnreadableResponse
from tests.engine.token_answers import GOOD, NOW, read

NESTED: dict[str, Any] = {
    "token": "nested-access",
    "refresh_token": "nested-refresh",
    "token_type": "bearer",
    "expires_in": 60,
    "scope": "nested",
}


def test_everything_is_read_from_the_object_that_holds_the_token() -> None:
    """Fields next to another token belong to that token."""
    tokens = read(
        GOOD | {"user": {"auth": NESTED}}, alternate_access_token_response_path="user.auth.token"
    )
    assert tokens.access_token.reveal() == "nested-access"
    assert tokens.refresh_token is not None
    assert tokens.refresh_token.reveal() == "nested-refresh"
    assert tokens.expires_at == NOW + timedelta(seconds=60)
    assert tokens.scopes == ("nested",)


@pytest.mark.requirement("C5")
def test_missing_fields_next_to_the_token_are_not_taken_from_elsewhere() -> None:
    """The outer refresh token renews the outer token."""
    tokens = read(
        GOOD | {"user": {"token": "u"}}, alternate_access_token_response_path="user.token"
    )
    assert tokens.access_token.reveal() == "u"
    assert tokens.refresh_token is None
    assert tokens.expires_at is None
    assert tokens.scopes == ("read", "write")  # as requested: the outer scopes are another token's


@pytest.mark.requirement("C5")
def test_declared_place_that_is_empty_leaves_the_member_under_its_own_name() -> None:
    """A refresh is answered flat, where the exchange nests: a lost rotation ends the grant."""
    paths = {"refresh_token": "data.refresh_token", "expires_in": "data.expires_in"}
    tokens = read(GOOD | {"refresh_token": "second", "expires_in": 60}, token_paths=paths)
    assert tokens.refresh_token is not None
    assert tokens.refresh_token.reveal() == "second"
    assert tokens.expires_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(
    "change",
    [{}, {"user": None}, {"user": {}}, {"user": "token"}, {"user": ["token"]}, {"user": []}],
    ids=repr,
)
def test_where_the_place_is_absent_the_answer_is_flat(change: dict[str, Any]) -> None:
    """Providers nest the answer to the exchange and not the one to a refresh."""
    tokens = read(GOOD | change, alternate_access_token_response_path="user.token")
    assert tokens.access_token.reveal() == "canary-access"
    assert tokens.scopes == ("read", "write")


def test_a_place_at_the_top_is_another_name_for_the_token() -> None:
    answer = {**GOOD, "user_token": "u"}
    tokens = read(answer, alternate_access_token_response_path="user_token")
    assert tokens.access_token.reveal() == "u"
    assert tokens.refresh_token is not None
    assert tokens.refresh_token.reveal() == "canary-refresh"
    flat = read(GOOD, alternate_access_token_response_path="user_token")
    assert flat.access_token.reveal() == "canary-access"


@pytest.mark.requirement("C3")
@pytest.mark.parametrize("value", [None, "", 1, {}, ["u"], "a b", "a\r\nX-Evil: 1"], ids=repr)
def test_a_token_in_its_place_that_is_none_is_unreadable(value: Any) -> None:
    """The outer one is another token, and no substitute."""
    with pytest.raises(UnreadableResponse, match="no usable token"):
        read(GOOD | {"user": {"token": value}}, alternate_access_token_response_path="user.token")


def test_without_a_token_anywhere_the_answer_is_unreadable() -> None:
    with pytest.raises(UnreadableResponse, match="no usable access_token"):
        read({"user": {}}, alternate_access_token_response_path="user.token")
