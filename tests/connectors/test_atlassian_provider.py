"""Atlassian's contract; the site that a person chose: test_atlassian_sites.py.

Source: https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/.
"""

from gateway.errors import TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Person, Probe, documented

SITE = {
    "id": "33333333-cccc-4000-8000-000000000301",
    "name": "acme",
    "url": "https://acme.atlassian.net",
    "scopes": ["read:jira-work"],
    "avatarUrl": "https://site-admin-avatar-cdn.example/240.png",
}
OTHER_SITE = {"id": "other", "url": "https://globex.atlassian.net"}
ME = {
    "account_type": "atlassian",
    "account_id": "55aa00000000000000000501",
    "email": "ana@acme.com",
    "name": "Ana Diaz",
    "account_status": "active",
}


def told(me: object, *sites: object) -> AccountSample:
    """The person and the sites, as the API tells them to somebody who typed ``acme``."""
    resources = "api.atlassian.com/oauth/token/accessible-resources"
    metadata = {"cloud_id": SITE["id"], "site_url": SITE["url"]}
    return AccountSample({"api.atlassian.com/me": me, resources: [*sites]}, metadata=metadata)


class TestAtlassian(ConnectorContract):
    connector = "atlassian"
    scopes = ("read:me", "read:jira-work", "offline_access")
    people = (
        Person(account="55aa00000000000000000501", typed={"site": "acme"}),
        Person(
            account="55aa00000000000000000502", typed={"site": "https://umbrella.atlassian.net/"}
        ),
    )
    accepted_inputs = {
        "site": dict.fromkeys(("acme", "Acme.atlassian.net", "https://acme.atlassian.net/"), "acme")
        | {"acme-2": "acme-2"}
    }
    refused_inputs = {
        "site": (
            *("", "a" * 64, "a b", "-acme", "acme/..", "acme.example.com"),
            *("acme.atlassian.net.example.com", "http://acme.atlassian.net"),
        )
    }
    probe = Probe("/rest/api/3/myself")
    exchange = refresh = documented(
        {
            "access_token": "eyJFAKE",
            "expires_in": 3600,
            "token_type": "Bearer",
            "refresh_token": "eyJFAKEr",
            "scope": "read:jira-work offline_access read:me",
        }
    )
    accounts = {
        # A site is listed once per product, and the first one listed may be another.
        ("55aa00000000000000000501:acme", "acme (ana@acme.com)"): told(
            ME, SITE, {**SITE, "scopes": ["read:confluence"]}
        ),
        ("55aa00000000000000000501:acme", "acme (Ana Diaz)"): told(
            {**ME, "email": None}, OTHER_SITE, SITE
        ),
    }
    refusals = (
        ErrorSample(403, {"error": "invalid_grant"}, TokenRejected),
        ErrorSample(
            403,
            {"error": "unauthorized_client", "error_description": "refresh_token is invalid"},
            TokenRejected,
        ),
    )
