"""Slugs, connector names and tool names of integrations."""

from __future__ import annotations

import pytest

from gateway.errors import InvalidRequest
from gateway.integrations.slugs import (
    MAX_SLUG,
    check_slug,
    connector_name,
    slug_in,
    suggested_slug,
    tag_of,
    tool_name,
)


def test_a_connectors_name_is_unique_over_tenants() -> None:
    tenants = ["default", "acme", "Acme", "a" * 33, "acme corp", "0123456789ab", tag_of("Acme")]
    assert len({connector_name(tenant, "petstore") for tenant in tenants}) == len(tenants)
    assert connector_name("acme", "petstore") == "petstore--acme"


def test_a_name_is_read_by_its_own_tenant_alone() -> None:
    assert slug_in("acme", "petstore--acme") == "petstore"
    for name in ("petstore--other", "petstore", "--acme", "a--b--acme", "Petstore--acme"):
        assert slug_in("acme", name) is None


@pytest.mark.parametrize(
    ("texts", "slug"),
    [
        (["Swagger Petstore - OpenAPI 3.1"], "swagger-petstore-openapi-3-1"),
        (["Crème Brûlée"], "creme-brulee"),
        (["", "https://api.example.com/openapi.json"], "example"),
        (["日本", "https://mcp.linear.app/mcp"], "linear"),
        (["https://127.0.0.1:8000/"], "127-0-0-1"),
        (["detect", "!!"], "api"),
        (["x" * 100], "x" * MAX_SLUG),
    ],
)
def test_a_slug_is_suggested_from_a_title_or_a_url(texts: list[str], slug: str) -> None:
    assert suggested_slug(*texts) == slug


@pytest.mark.parametrize(
    "slug",
    ["", "Pets", "pets-", "a--b", "a_b", "x" * 41, "gateway", "detect", "notion", "git", "pets\n"],
)
def test_a_slug_that_is_no_slug_or_taken_is_refused(slug: str) -> None:
    with pytest.raises(InvalidRequest):
        check_slug(slug, catalog=["notion"], tools=["git_hub_search"])


def test_other_slugs_are_free() -> None:
    for slug in ("petstore", "pet-store-2", "githubby"):
        check_slug(slug, catalog=["notion"], tools=["git_hub_search", "github_search"])


def test_tool_names_are_short_and_different() -> None:
    assert tool_name("pet-store", "list_pets") == "pet_store_list_pets"
    long = [tool_name("pets", f"{'x' * 80}{n}") for n in range(5)]
    assert len(set(long)) == 5
    assert all(len(name) <= 64 for name in long)
