"""Peak, seen from its own side."""

from connectors.sandbox import facts, rfc6749

PROVIDER = rfc6749(
    "peak",
    title="Peak",
    authorize="{*.my.peak.example|*.sandbox.my.peak.example|login.peak.example}/oauth/authorize",
    token="{*.my.peak.example|*.sandbox.my.peak.example|login.peak.example}/oauth/token",
    revoke="{*.my.peak.example|*.sandbox.my.peak.example|login.peak.example}/oauth/revoke",
    api_base="{*.my.peak.example|*.sandbox.my.peak.example|login.peak.example}/services",
    client_auth="post",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=3600,
    scopes="read write",
    accounts={
        ("ana", "Ana"): {"id": "1", "name": "Ana"},
        ("ben", "Ben"): {"id": "2", "name": "Ben"},
    },
    api={"/me": facts("id", "name")},
)
