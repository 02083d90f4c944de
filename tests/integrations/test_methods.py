"""Merging and replacing auth templates."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.engine.integration import AuthMethod, OAuth, Placement
from gateway.errors import InvalidRequest
from gateway.integrations.methods import configured

KEY = AuthMethod(slug="key", kind="apikey", placements=(Placement(carrier="header", name="X-Key"),))
BASIC = AuthMethod(slug="basic", kind="apikey", basic=True)


def key(slug: str = "", name: str = "X-Key", **more: Any) -> AuthMethod:
    """An API key in a header."""
    return AuthMethod(
        slug=slug, kind="apikey", placements=(Placement(carrier="header", name=name, **more),)
    )


def test_merge_replaces_in_place_and_adds_at_the_end() -> None:
    new = key("key", "X-Other")
    other = key("other", "X-Third")
    assert configured([KEY, BASIC], [other, new], "merge") == (new, BASIC, other)


def test_replace_keeps_nothing() -> None:
    assert configured([KEY, BASIC], [key("other")], "replace") == (key("other"),)


def test_a_method_without_a_slug_gets_one_of_its_own() -> None:
    first, second = configured([], [key(), key(name="X-B")], "merge")
    assert first.slug.startswith("custom_")
    assert first.slug != second.slug
    # The same again is no second method.
    assert configured([first, second], [key()], "merge") == (first, second)


@pytest.mark.parametrize(
    "method",
    [
        key(name="Host"),
        key(name="content-length"),
        key(name="Cookie"),
        key(name="X Key"),
        key(name="X-Key\r\nX-Other"),
        key(prefix="Bearer\n"),
        key(prefix="ü"),
        key(variable="Token"),
        key(literal="constant"),
        key("Not A Slug"),
        AuthMethod(slug="a", kind="apikey"),
        AuthMethod(slug="a", kind="none", basic=True),
        AuthMethod(slug="a", kind="oauth"),
        AuthMethod(slug="a", kind="none", oauth=OAuth()),
        AuthMethod(slug="a", kind="oauth", oauth=OAuth(token_url="https://me:pw@a.example/t")),
        AuthMethod(slug="a", kind="oauth", oauth=OAuth(discovery_url="a.example/mcp")),
        AuthMethod(slug="a", kind="oauth", oauth=OAuth(refresh_url="https://[a.example/t")),
        AuthMethod(slug="a", kind="apikey", basic=True, placements=KEY.placements),
        AuthMethod(slug="a", kind="apikey", placements=KEY.placements * 2),
    ],
)
def test_a_method_that_cannot_work_is_refused(method: AuthMethod) -> None:
    with pytest.raises(InvalidRequest):
        configured([], [method], "merge")


def test_two_methods_with_one_slug_are_refused() -> None:
    with pytest.raises(InvalidRequest):
        configured([], [key("a"), key("a", "X-B")], "replace")


def test_there_are_not_too_many() -> None:
    with pytest.raises(InvalidRequest):
        configured([], [key(name=f"X-{n}") for n in range(21)], "replace")
