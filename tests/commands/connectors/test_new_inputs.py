"""``connectors new`` for a provider with a host for every tenant: what people type is in the URLs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from connectors.catalog import Catalog
from gateway.__main__ import main
from gateway.commands.connectors.description import FILL_IN

URLS = {
    "authorization_url": "https://${connection_config.team}.acme.example/oauth/authorize",
    "token_url": "https://${connection_config.team}.acme.example/oauth/token",
    "api_base_url": "https://api.acme.example/v1/${connection_config.region_1}",
}
ABOUT = (
    "--category",
    "crm",
    "--scopes",
    "read",
    "--docs-url",
    "https://docs.acme.example/",
    "--console-url",
    "https://acme.example/apps",
)


def test_what_people_type_is_an_input_to_fill_in(tmp_path: Path) -> None:
    options = [text for name, url in URLS.items() for text in (_option(name), url)]
    assert main(["connectors", "new", "acme", *ABOUT, *options, "--folder", str(tmp_path)]) == 0
    env = {"OAUTH_ACME_CLIENT_ID": "x", "OAUTH_ACME_CLIENT_SECRET": "y"}
    config = Catalog(env, tmp_path).get("acme")
    assert {name: getattr(config, name) for name in URLS} == URLS
    assert [*config.connection_config] == ["team", "region_1"]
    team, region = config.connection_config.values()
    for part in (team, region):
        assert (part.title, part.description, part.example) == (FILL_IN,) * 3
        assert not re.fullmatch(part.pattern, "evil.com")
    assert (team.suffix, region.suffix) == (".acme.example", "")


def _option(field: str) -> str:
    return f"--{field.replace('_', '-')}"


@pytest.mark.parametrize(
    ("option", "url", "said"),
    [
        ("--docs-url", "https://a.example/${connection_config.x}", "docs_url holds a quote"),
        ("--token-url", "https://${x}.a.example/", "token_url holds a quote"),
        ("--token-url", "https://${connection_config.X}.a.example/", "token_url holds a quote"),
        (
            "--token-url",
            "https://x${connection_config.x}.a.example/",
            "token_url has a placeholder that is not a whole host label",
        ),
        (
            "--token-url",
            "https://${connection_config.x}/",
            "token_url has a placeholder without a domain",
        ),
    ],
)
def test_a_place_where_nothing_can_be_typed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, url: str, said: str
) -> None:
    own = str(tmp_path / "own")
    assert main(["connectors", "new", "acme", option, url, "--folder", own]) == 2
    assert capsys.readouterr().err.startswith(f"gateway: {said}")
    assert os.listdir(tmp_path) == []
