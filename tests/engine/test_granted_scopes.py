"""Which scopes an answer grants: their place, their names, and what is not said."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.engine.scopes import answered_name, missing_scopes
from tests.engine.token_answers import GOOD, read, unread
from tests.support.configs import make_config

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
        (" ", "repo,gist", ("repo", "gist")),
        ("+", "read+write", ("read", "write")),
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
    assert read(answer, scope_aliases={"w": "write"}).scopes == ("ww", "write")


@pytest.mark.parametrize(
    ("pattern", "name", "answered", "scopes"),
    [
        ("https://acme.example/*", "*", "https://acme.example/read other", ("read", "other")),
        ("*.all", "*", "read.all .all", ("read", ".all")),
        ("a.*.b", "*", "a.x.b a.b a..b", ("x", "a.b", "a..b")),
        ("read:*", "read", "read:mail read:files", ("read",)),
        ("a+b", "read", "a+b aab", ("read", "aab")),
    ],
)
def test_star_in_an_alias_stands_for_any_text(
    pattern: str, name: str, answered: str, scopes: tuple[str, ...]
) -> None:
    assert read(GOOD | {"scope": answered}, scope_aliases={pattern: name}).scopes == scopes


@pytest.mark.requirement("A16")
def test_granted_scope_brings_those_that_it_implies() -> None:
    implies = {"write:*": ("read:*", "list"), "admin": ("write:mail",)}
    answer = GOOD | {"scope": "write:mail admin other"}
    expected = ("write:mail", "admin", "other", "read:mail", "list")
    assert read(answer, scope_implies=implies).scopes == expected


@pytest.mark.requirement("A16")
@pytest.mark.parametrize(
    ("requested", "granted", "missing"),
    [
        (("read", "write"), ("read", "write"), []),
        (("read", "write"), ("write", "other", "read"), []),
        (("Mail.Read",), ("mail.read",), []),
        (("https://acme.example/mail.read",), ("Mail.Read",), []),
        (("read", "write"), ("READ",), ["write"]),
        (("read",), (), ["read"]),
        (("read",), ("reads", "rea"), ["read"]),
    ],
)
def test_scope_is_missing_only_if_no_spelling_of_it_was_granted(
    requested: tuple[str, ...], granted: tuple[str, ...], missing: list[str]
) -> None:
    config = make_config(scopes=requested, scope_aliases={"https://acme.example/*": "*"})
    assert missing_scopes(config, requested, granted) == missing


def test_spelling_of_the_answers_is_told() -> None:
    aliases = {"https://acme.example/*": "*", "w": "write"}
    config = make_config(scopes=("read", "W", "https://acme.example/READ"), scope_aliases=aliases)
    named = {name: answered_name(config, name) for name in config.scopes}
    assert named == {"read": "read", "W": "write", "https://acme.example/READ": "read"}


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
