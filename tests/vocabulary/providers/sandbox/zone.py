"""Zone, seen from its own side."""

from connectors.sandbox import facts, rfc6749

PROVIDER = rfc6749(
    "zone",
    title="Zone",
    authorize="{eu=accounts.zone.eu|in=accounts.zone.in}/oauth/auth",
    token="{eu=accounts.zone.eu|in=accounts.zone.in}/oauth/token",
    revoke="{eu=accounts.zone.eu|in=accounts.zone.in}/oauth/revoke",
    api_base="{eu=www.zoneapis.eu|in=api.zone.in}/v1",
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
