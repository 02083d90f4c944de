"""Linear's contract. Source: https://linear.app/developers/oauth-2-0-authentication."""

from __future__ import annotations

from gateway.errors import UnreadableResponse
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Probe, documented

GRAPHQL = "api.linear.app/graphql"


class TestLinear(ConnectorContract):
    connector = "linear"
    scopes = ("read", "issues:create")
    probe = Probe(
        "/graphql",
        "POST",
        {"query": "{ viewer { id name email } organization { id name urlKey } }"},
    )
    exchange = documented(
        {
            "access_token": "lin_oauth_FAKE",
            "token_type": "Bearer",
            "expires_in": 86399,
            "scope": "read write",
            "refresh_token": "lin_rt_FAKE",
        }
    )
    refresh = documented(
        {
            "access_token": "lin_oauth_NEW",
            "token_type": "Bearer",
            "expires_in": 86399,
            "scope": ["read", "write"],  # as apps from before December 2023 get it
            "refresh_token": "lin_rt_NEW",
        },
        scopes=("read", "write"),
    )
    accounts = {
        ("1f0e:9c2b", "Acme"): AccountSample(
            {
                GRAPHQL: {
                    "data": {
                        "viewer": {"id": "9c2b", "name": "Ana", "email": "ana@acme.com"},
                        "organization": {"id": "1f0e", "name": "Acme", "urlKey": "acme"},
                    }
                }
            },
            metadata={"organization_url_key": "acme", "email": "ana@acme.com"},
        ),
        ("1f0e:9c2b", "Ana"): {
            GRAPHQL: {
                "data": {
                    "viewer": {"id": "9c2b", "name": "Ana"},
                    "organization": {"id": "1f0e", "name": ""},
                }
            }
        },
    }
    refusals = (ErrorSample(400, {"errors": [{"message": "…"}]}, UnreadableResponse),)
