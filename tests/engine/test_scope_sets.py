"""Named sets of scopes: what a caller may name, what is asked for, and what stays needed."""

from __future__ import annotations

import pytest

from connectors.config import ConnectorConfig
from connectors.config_types import ScopeSet
from gateway.engine.scopes import held_scopes, kept_scopes, named_scopes, scopes_to_ask
from gateway.errors import InvalidRequest
from tests.support.configs import make_config

SETS = {
    "mail": ScopeSet(title="Mail", sentence="Read mail", scopes=("Mail.Read", "Mail.Send")),
    "files": ScopeSet(title="Files", sentence="Read files", scopes=("Files.Read", "Mail.Read")),
}


@pytest.fixture
def config() -> ConnectorConfig:
    return make_config(
        scopes=("id",), scope_sets=SETS, scope_aliases={"https://api.example.com/*": "*"}
    )


@pytest.mark.parametrize(
    ("names", "scopes"),
    [
        ([], ()),
        (["mail"], ("Mail.Read", "Mail.Send")),
        (["files", "mail"], ("Files.Read", "Mail.Read", "Mail.Send")),
        (["Mail.Send", "id"], ("Mail.Send", "id")),
        (["mail.send"], ("Mail.Send",)),
        (["https://api.example.com/Mail.Send"], ("Mail.Send",)),
    ],
)
def test_names_are_sets_or_scopes_in_any_spelling(
    config: ConnectorConfig, names: list[str], scopes: tuple[str, ...]
) -> None:
    assert named_scopes(config, names) == scopes


@pytest.mark.parametrize("name", ["Mail.Delete", "MAIL", "mail files", "*", ""])
def test_any_other_name_is_refused_with_those_that_exist(
    config: ConnectorConfig, name: str
) -> None:
    with pytest.raises(InvalidRequest, match="it has mail, files, id"):
        named_scopes(config, ["mail", name])


def test_the_defaults_the_declared_grant_and_the_wish_are_asked_for(
    config: ConnectorConfig,
) -> None:
    """What a provider granted beyond the description is not asked for: it may be no scope there."""
    assert scopes_to_ask(config, ["Files.Read"], ["ID", "MAIL.SEND", "extra"]) == (
        "id",
        "Mail.Send",
        "Files.Read",
    )
    assert scopes_to_ask(config, []) == ("id",)
    assert held_scopes(config, ["mail.read", "extra"]) == ("Mail.Read",)


def test_a_refused_addition_is_not_needed_later(config: ConnectorConfig) -> None:
    """A refused default is: without it the connection is not whole."""
    asked = ("id", "Mail.Read", "Mail.Send")
    assert kept_scopes(config, asked, ["Mail.Read"]) == ("id", "Mail.Read")
