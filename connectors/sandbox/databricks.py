"""Databricks, by its own SDK (databricks/databricks-sdk-py: ``oauth.py``, ``service/iam.py``),
docs.databricks.com/dev-tools/auth/oauth-u2m and the OAuth reference for its partners
(databrickslabs.github.io). An app whose refresh tokens work once.
"""

from connectors.sandbox import Refusal, facts, rfc6749

_HOST = "{*.cloud.databricks.com|*.gcp.databricks.com|*.azuredatabricks.net}"

PROVIDER = rfc6749(
    "databricks",
    title="Databricks",
    authorize=f"{_HOST}/oidc/v1/authorize",
    token=f"{_HOST}/oidc/v1/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    offline="offline_access",
    expires_in=3600,
    scopes="all-apis sql offline_access openid profile email",
    accounts={
        (key, name): {"id": key, "userName": login, "displayName": name}
        for key, name, login in (
            ("7001", "Ana Diaz", "ana@acme.example"),
            ("7002", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base=_HOST,
    api={"/api/2.0/preview/scim/v2/Me": facts("id", "userName", "displayName")},
    api_refusal=Refusal(401, {"error_code": 401, "message": "Credential was not sent or invalid"}),
)
