"""Operations: what an event keeps of a path, and what a rule or a price names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.usage.operations import MOST, matches, operation_of, pattern, words_of


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/v1/pages", "/v1/pages"),
        ("/v1/pages/", "/v1/pages"),
        ("/v1/pages/1a2b3c", "/v1/pages/{id}"),
        ("/v1.0/me/drive/root:", "/v1.0/me/drive/root:"),
        ("/users/ana@acme.example", "/users/{id}"),
        ("/2010-04-01/Accounts/AC5ef8/Messages.json", "/2010-04-01/Accounts/{id}/Messages.json"),
        ("/admin/api/2026-10/orders.json", "/admin/api/2026-10/orders.json"),
        ("/files/my-secret-plan", "/files/{id}"),
        ("/files/Geheim%20Plan", "/files/{id}"),
        ("/chat.postMessage", "/chat.postMessage"),
        ("/" + "x" * 31, "/{id}"),
        ("", "/"),
    ],
)
def test_ids_and_content_are_left_out(path: str, kept: str) -> None:
    assert operation_of("GET", path) == f"GET {kept}"


@given(st.text(max_size=400))
def test_an_operation_is_short_and_plain_whatever_the_path(path: str) -> None:
    operation = operation_of("POST", path)
    assert len(operation) <= MOST
    assert re.fullmatch(r"POST /[A-Za-z0-9_.:{}/-]*", operation)


@pytest.mark.parametrize(
    ("operation", "method", "path", "fits"),
    [
        ("GET /pages", "GET", "/pages", True),
        ("GET /pages", "GET", "/pages/", True),
        ("GET /pages", "POST", "/pages", False),
        ("* /pages", "POST", "/pages", True),
        ("GET /pages/{id}", "GET", "/pages/42", True),
        ("GET /pages/{id}", "GET", "/pages", False),
        ("GET /pages/{id}", "GET", "/pages/42/blocks", False),
        ("GET /users/{number}", "GET", "/users/42", True),
        ("GET /users/{number}", "GET", "/users/me", False),
        ("GET /pages/**", "GET", "/pages", True),
        ("GET /pages/**", "GET", "/pages/42/blocks", True),
        ("GET /pages/**", "GET", "/pagesets", False),
        ("* /**", "DELETE", "/", True),
        ("* /**", "DELETE", "/a/b", True),
        ("* /", "GET", "/", True),
        ("* /", "GET", "/a", False),
        ("GET /a.b", "GET", "/axb", False),
        ("POST /chat/completions", "POST", "/Chat/comple%74ions", True),
        ("POST /chat/completions", "POST", "/chat/comple%2574ions", True),
        ("GET /pages/{id}", "GET", "/pages/%F0%9F%92%A9", True),
    ],
)
def test_what_an_operation_matches(operation: str, method: str, path: str, fits: bool) -> None:
    assert matches(operation, method, path) is fits


@pytest.mark.parametrize(
    "operation",
    [
        "",
        "GET",
        "GET pages",
        "get /pages",
        "/pages",
        "GET /**/x",
        "GET /a b",
        "GET /{x}y",
        "GET /a//b",
        "GET /" + "a" * 250,
        "GET /(.*)+\n",
    ],
)
def test_a_malformed_operation_is_refused(operation: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        pattern(operation)


@given(st.lists(st.from_regex(r"[A-Za-z0-9._~-]{1,20}", fullmatch=True), max_size=6))
def test_a_path_matches_itself_and_its_pattern(parts: list[str]) -> None:
    path = "/" + "/".join(parts)
    assert matches(f"GET {path}", "GET", path)
    assert matches("GET /" + "/".join("{x}" for _ in parts), "GET", path)
    assert matches("* /**", "PUT", path)


def test_an_operation_may_have_the_path_of_the_apis_address_or_not() -> None:
    for operation in ("GET /v1/users/me", "GET /users/me", "* /v1/**", "* /users/**"):
        assert matches(operation, "GET", "/users/me", "/v1")
    assert not matches("GET /v1/users/me", "GET", "/users/me")
    assert not matches("GET /v2/users/me", "GET", "/users/me", "/v1")


@pytest.mark.parametrize(
    ("operation", "connector", "tool", "words"),
    [
        ("GET /v1/pages/{id}/children", "notion", None, "Read pages/…/children"),
        ("POST /v1/search", "notion", "", "Send to search"),
        ("POST /v1/search", "notion", "notion_search_pages", "Search pages"),
        ("POST /x", "zoho-crm", "zoho_crm_list_records", "List records"),
        ("GET /pets", "pet-store--0a1b", "pet_store_pets.list", "Pets list"),
        ("GET /x", "notion", "weekly_report", "Weekly report"),
        ("GET /x", "notion", "notion_", "Notion_"),
        ("DELETE /2022-11-28/rows/{number}", "x", None, "Delete rows/…"),
        ("PURGE /", "x", None, "PURGE the API"),
        ("PATCH /v2", "x", None, "Change the API"),
    ],
)
def test_an_operation_in_words(
    operation: str, connector: str, tool: str | None, words: str
) -> None:
    assert words_of(operation, connector, tool) == words
