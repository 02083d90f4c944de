"""Scopes in sentences."""

from __future__ import annotations

import pytest

from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.config import ConnectorConfig
from gateway.web.scope_words import sentence, sentences

pytestmark = pytest.mark.quick
CATALOG = Catalog({})


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("openid", "See which account you use"),
        ("projects:read", "Read projects"),
        ("read_products", "Read products"),
        ("issues:create", "Create issues"),
        ("user-library-modify", "What it calls “user-library-modify”"),
        (
            "https://api.example/auth/files.read",
            "What it calls “https://api.example/auth/files.read”",
        ),
        ("read", "Read what you may see there"),
        ("", "What it calls “”"),
    ],
)
def test_a_scope_becomes_a_sentence(scope: str, words: str) -> None:
    assert sentence(scope) == words


def test_every_scope_that_a_connector_asks_for_has_words() -> None:
    for name in CONNECTOR_CATALOG:
        config = CATALOG.described(name)
        if isinstance(config, ConnectorConfig):
            for words in sentences(config, config.scopes):
                assert "What it calls" not in words, f"{name}: {words}"


def test_the_words_of_a_set_win_and_stand_once() -> None:
    config = CATALOG.described("github")
    assert isinstance(config, ConnectorConfig)
    assert sentences(config, ["repo", "read:user", "repo"]) == [
        "Read and change your repositories",
        "See your profile",
    ]
