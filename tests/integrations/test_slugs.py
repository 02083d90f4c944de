"""Slugs of integrations."""

from __future__ import annotations

import pytest

from gateway.errors import InvalidRequest
from gateway.integrations.slugs import SUGGESTED, check_slug, suggested_slug


@pytest.mark.parametrize(
    ("texts", "slug"),
    [
        (["Swagger Petstore - OpenAPI 3.1"], "swagger-petstore"),
        (["Crème Brûlée"], "creme-brulee"),
        (["", "https://api.example.com/openapi.json"], "example"),
        (["日本", "https://mcp.linear.app/mcp"], "linear"),
        (["https://127.0.0.1:8000/"], "127-0-0-1"),
        (["detect", "!!"], "api"),
        (["x" * 100], "x" * SUGGESTED),
    ],
)
def test_a_slug_is_suggested_from_a_title_or_a_url(texts: list[str], slug: str) -> None:
    assert suggested_slug(*texts) == slug


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "Pets",
        "pets-",
        "a--b",
        "a_b",
        "x" * 41,
        "gateway",
        "detect",
        "notion",
        "git",
        "pets\n",
        "pet",
        "a-b",
    ],
)
def test_a_slug_that_is_no_slug_or_taken_is_refused(slug: str) -> None:
    with pytest.raises(InvalidRequest):
        check_slug(
            slug, is_taken=slug == "notion", tools=["git_hub_search"], others=["pet-store", "a-b-c"]
        )


def test_other_slugs_are_free() -> None:
    for slug in ("petstore", "pet-store-2", "githubby"):
        check_slug(
            slug, is_taken=False, tools=["git_hub_search", "github_search"], others=["pets", slug]
        )
