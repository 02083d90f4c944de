"""Which types of tokens a connector takes: any, or those that it declares."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import UnreadableResponse
from tests.engine.token_answers import GOOD, read, unread


@pytest.mark.parametrize("value", ["bearer", "Bearer", "BEARER", " bearer", "Bearer ", "bearer\n"])
def test_the_token_type_is_bearer_in_any_case_and_spacing(value: str) -> None:
    """RFC 6749 5.1: the value is case insensitive."""
    assert read(GOOD | {"token_type": value}).token_type == "Bearer"


@pytest.mark.parametrize("change", [{}, {"token_type": None}], ids=repr)
@pytest.mark.parametrize("types", [set(), {"bearer"}, {"user"}], ids=repr)
def test_an_absent_token_type_is_the_connectors(change: dict[str, Any], types: set[str]) -> None:
    assert read({"access_token": "a"} | change, token_types=frozenset(types)).token_type == "Bearer"


OTHERS = ["mac", "DPoP", "JWT", "N_A", "bot", "", " ", "bearer,", 1, True, ["bearer"], {}]


@pytest.mark.parametrize("value", OTHERS, ids=repr)
def test_undeclared_token_type_costs_no_token(value: Any) -> None:
    """Providers call bearer tokens ``JWT``, and the refresh token may be the only one."""
    tokens = read(GOOD | {"token_type": value})
    assert tokens.token_type == "Bearer"
    assert tokens.refresh_token is not None
    assert unread(GOOD | {"token_type": value}) == ("token_type",)


@pytest.mark.requirement("C4")
@pytest.mark.parametrize("value", OTHERS, ids=repr)
def test_connector_that_declares_bearer_takes_no_other_type(value: Any) -> None:
    with pytest.raises(UnreadableResponse, match="token_type"):
        read(GOOD | {"token_type": value}, token_types=frozenset({"bearer"}))


@pytest.mark.parametrize("value", ["user", "User", " USER "])
def test_a_connector_may_take_another_type_which_tools_see_as_bearer(value: str) -> None:
    assert (
        read(GOOD | {"token_type": value}, token_types=frozenset({"user"})).token_type == "Bearer"
    )


@pytest.mark.requirement("C4")
@pytest.mark.parametrize("value", ["bearer", "bot"])
def test_a_connector_that_declares_its_types_takes_no_other(value: str) -> None:
    """A bot's token in the place of a person's is a token with other rights."""
    with pytest.raises(UnreadableResponse, match="token_type"):
        read(GOOD | {"token_type": value}, token_types=frozenset({"user"}))


def test_several_types_may_be_declared() -> None:
    types = frozenset({"bearer", "user"})
    for value in ("user", "Bearer"):
        assert read(GOOD | {"token_type": value}, token_types=types).token_type == "Bearer"


def test_token_type_comes_from_the_object_of_the_token() -> None:
    answer = GOOD | {"token_type": "bot", "user": {"token": "u", "token_type": "user"}}
    tokens = read(
        answer, alternate_access_token_response_path="user.token", token_types=frozenset({"user"})
    )
    assert tokens.access_token.reveal() == "u"
