"""A complete grant is complete, in whatever way the provider names the scopes that it granted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from gateway.engine.scopes import missing_scopes
from gateway.store.connection import Status
from gateway.store.mongo import Database
from gateway.testing.workbench import open_workbench
from tests.engine.token_answers import GOOD, read
from tests.support.configs import CATALOG_ENV, make_config
from tests.support.subjects import subject_of

GRAPH = "https://graph.microsoft.com"
GOOGLE = "https://www.googleapis.com/auth"


def asking(name: str, *extra: str) -> ConnectorConfig:
    """Return a connector whose operator adds scopes."""
    return Catalog(CATALOG_ENV).with_scopes({name: extra}).oauth(name)


def missing(config: ConnectorConfig, scope: Any) -> list[str]:
    """Return the requested scopes that are missing in an answer with this ``scope``."""
    fields = ("scopes", "scope_separator", "scope_aliases", "scope_implies", "scopes_not_echoed")
    described = {name: getattr(config, name) for name in fields}
    granted = read(GOOD | {"scope": scope}, **described).scopes
    return missing_scopes(config, config.scopes, granted)


@pytest.mark.parametrize(
    ("connector", "extra", "scope"),
    [
        pytest.param(
            "shopify", "write_products", "write_products,read_orders", id="ericdude4/shopifex#45"
        ),
        pytest.param(
            "microsoft",
            f"mail.read {GRAPH}/Calendars.Read",
            "openid profile User.Read Mail.Read Calendars.Read",
            id="AzureAD/microsoft-authentication-library-for-go#214",
        ),
    ],
)
def test_answer_with_the_provider_s_own_names_is_complete(
    connector: str, extra: str, scope: str
) -> None:
    """Shopify lists no read scope next to its write scope; Entra corrects case and resource."""
    assert missing(asking(connector, *extra.split()), scope) == []


@pytest.mark.parametrize(
    ("connector", "extra"),
    [("shopify", "write_products"), ("microsoft", f"files.read {GRAPH}/Calendars.Read")],
)
async def test_connection_with_extra_scopes_is_active(
    connector: str, extra: str, workplace: Database
) -> None:
    subject = subject_of(connector)
    catalog = subject.catalog.with_scopes({connector: tuple(extra.split())})
    asking_for_more = replace(subject, config=catalog.oauth(connector))
    async with open_workbench(asking_for_more, workplace) as bench:
        connection = await bench.connect()
        assert connection.status is Status.ACTIVE
        renewed = await bench.token(connection, force=True)
        assert renewed.connection.status is Status.ACTIVE


@pytest.mark.parametrize(
    ("changes", "scope"),
    [
        pytest.param(
            {"scopes": ("insight:read", "insight:write")}
            | {"scope_implies": {"*:write": ("*:read",)}},
            "insight:write",
            id="a write scope alone: PostHog/posthog#81072",
        ),
        pytest.param(
            {"scopes": ("user", "read:user", "user:email")}
            | {"scope_implies": {"user": ("read:user", "user:email")}},
            "user",
            id="normalized scopes: docs.github.com, scopes for OAuth apps",
        ),
        pytest.param(
            {"scopes": ("profile",), "scope_aliases": {"profile:*": "profile"}},
            "profile:email profile:avatar profile:uid",
            id="the parts of a scope: mozilla/fxa-content-server#3576",
        ),
        pytest.param(
            {"scopes": ("read:user", "read:org")},
            "read:org,read:user",
            id="commas and another order: datalab-org/datalab#524",
        ),
        pytest.param(
            {"scopes": ("user:read", "meeting:read")},
            "meeting:read user:read user:write",
            id="what was granted before, too: thunderbird/appointment#1157",
        ),
        pytest.param(
            {"scopes": ("https://www.googleapis.com/auth/plus.me",)},
            "openid https://www.googleapis.com/auth/plus.me",
            id="openid unasked: requests/requests-oauthlib#387",
        ),
    ],
)
def test_other_ways_to_name_a_complete_grant(changes: dict[str, Any], scope: str) -> None:
    assert missing(make_config(**changes), scope) == []


@pytest.mark.parametrize("short", ["email", "profile"])
def test_google_s_short_names_are_complete(short: str) -> None:
    """Google answers with URLs (requests/requests-oauthlib#173)."""
    expanded = f"openid {GOOGLE}/userinfo.email {GOOGLE}/userinfo.profile"
    assert missing(asking("google", short), expanded) == []


@pytest.mark.parametrize(
    ("connector", "extra", "scope", "wanted"),
    [
        ("shopify", "write_products", "read_products,read_orders", ["write_products"]),
        (
            "shopify",
            "write_products",
            "write_orders,read_orders",
            ["read_products", "write_products"],
        ),
        ("microsoft", "Mail.Read", f"openid {GRAPH}/User.Read", ["Mail.Read"]),
        ("google", "profile", f"openid {GOOGLE}/userinfo.email", ["profile"]),
    ],
)
def test_refused_scope_is_still_missing(
    connector: str, extra: str, scope: str, wanted: list[str]
) -> None:
    assert missing(asking(connector, extra), scope) == wanted
