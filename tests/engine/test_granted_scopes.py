"""Which scopes an answer grants: their place, their names, and what is not said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.token_answers import GOOD, read, unread

UNSAID = {name: value for name, value in GOOD.items() if name != "scope"}


@pytest.mark.requirement("A16")
@pytest.mark.parametrize(
    ("separator", "value", "scopes"),
    [
        (" ", "read write", ("read", "write")),
        (" ", "  read   read ", ("read",)),
        (" ", "", ()),
        (",", "read,write", ("read", "write")),
        (",", "read, write", ("read", "write")),
        (" ", "repo,gist", ("repo,gist",)),
        (" ", ["read", "write"], ("read", "write")),
        (" ", ["read", "read"], ("read",)),
        (" ", [], ()),
        (" ", [""], ()),
        (",", ["read,write", "admin"], ("read", "write", "admin")),
    ],
)
def test_granted_scopes_are_split_as_the_provider_joins_them(
    separator: str, value: Any, scopes: tuple[str, ...]
) -> None:
    """The granted scopes, which may be fewer than the requested ones."""
    assert read(GOOD | {"scope": value}, scope_separator=separator).scopes == scopes


@pytest.mark.parametrize("change", [{}, {"scope": None}], ids=repr)
def test_an_absent_scope_means_as_requested(change: Any) -> None:
    """RFC 6749 5.1."""
    assert read(UNSAID | change).scopes == ("read", "write")


@pytest.mark.requirement("A16")
@pytest.mark.parametrize("change", [{}, {"scope": None}], ids=repr)
@pytest.mark.parametrize("granted", [("read",), ("read", "write", "admin"), ()], ids=repr)
def test_a_refresh_that_names_no_scope_leaves_the_granted_ones(
    change: Any, granted: tuple[str, ...]
) -> None:
    """RFC 6749 6, A16: what the person declined does not come back by silence."""
    assert read(UNSAID | change, granted=granted).scopes == granted


def test_a_refresh_that_names_scopes_is_believed() -> None:
    assert read(GOOD, granted=("admin",)).scopes == ("read", "write")


@pytest.mark.requirement("C3", "C6")
@pytest.mark.parametrize(
    "value",
    [
        1,
        True,
        False,
        0,
        {},
        {"read": True},
        [1],
        ["read", None],
        ["read", ["write"]],
        "read\nwrite",
        "re\x00ad",
        "\ud800",
        "réad",
        "r " * 8193,
        ["read\nwrite"],
        ["réad"],
        ["r"] * 8193,
    ],
    ids=lambda value: repr(value)[:40],
)
@pytest.mark.parametrize("granted", [None, ("read",)], ids=["exchange", "refresh"])
def test_a_scope_that_is_no_list_of_names_is_unknown(
    value: Any, granted: tuple[str, ...] | None
) -> None:
    """Scopes are stored and shown, so they are printable and not a megabyte."""
    tokens = read(GOOD | {"scope": value}, granted=granted)
    assert tokens.scopes == (granted or ("read", "write"))
    assert tokens.refresh_token is not None
    assert unread(GOOD | {"scope": value}) == ("scope",)


@pytest.mark.parametrize(
    ("path", "body", "scopes"),
    [
        ("scopes", {"scopes": ["read"]}, ("read",)),
        ("scopes", {"scopes": "read admin"}, ("read", "admin")),
        ("grant.scopes", {"grant": {"scopes": ["read"]}}, ("read",)),
        ("grant.scopes", {"grant": {"scopes": []}}, ()),
        ("grant.scopes", {"grant": {}}, ("read", "write")),
        ("grant.scopes", {"grant": "scopes"}, ("read", "write")),
        ("grant.scopes", {}, ("read", "write")),
    ],
)
def test_the_granted_scopes_may_be_in_another_place(
    path: str, body: dict[str, Any], scopes: tuple[str, ...]
) -> None:
    """The standard place is not read then: it may hold something else, as a bot's scopes."""
    answer = UNSAID | {"scope": "elsewhere"} | body
    assert read(answer, granted_scopes_path=path).scopes == scopes


def test_scopes_are_read_from_the_object_of_the_token() -> None:
    """Where an answer has two sets of tokens, the scopes are those of the set that is kept."""
    answer = {"access_token": "bot", "scope": "bot", "user": {"token": "u", "scope": "read"}}
    tokens = read(answer, alternate_access_token_response_path="user.token")
    assert tokens.scopes == ("read",)


@pytest.mark.requirement("A16")
def test_another_name_for_a_scope_is_the_scope() -> None:
    """An abbreviation or expansion is no missing permission."""
    aliases = {"https://acme.example/read": "read", "w": "write"}
    answer = GOOD | {"scope": "https://acme.example/read w read other"}
    assert read(answer, scope_aliases=aliases).scopes == ("read", "write", "other")


def test_only_a_whole_name_is_an_alias() -> None:
    answer = GOOD | {"scope": "ww W"}
    assert read(answer, scope_aliases={"w": "write"}).scopes == ("ww", "W")


def test_a_scope_that_is_never_named_counts_as_granted_with_the_rest() -> None:
    """``offline_access`` is often asked for, granted, and not repeated."""
    unnamed = frozenset({"write"})
    named: dict[str, Any] = {"scopes_not_echoed": unnamed}
    assert read(GOOD | {"scope": "read"}, **named).scopes == ("read", "write")
    assert read(GOOD | {"scope": "write read"}, **named).scopes == ("write", "read")
    assert read(GOOD | {"scope": ""}, **named).scopes == ("write",)
    assert read(GOOD | {"scope": "read"}, granted=("read",), **named).scopes == ("read", "write")


def test_an_answer_that_names_no_scope_grants_nothing_by_not_echoing() -> None:
    tokens = read(UNSAID, granted=("read",), scopes_not_echoed=frozenset({"write"}))
    assert tokens.scopes == ("read",)
