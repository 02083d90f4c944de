"""Databricks' contract, by docs.databricks.com/dev-tools/auth/oauth-u2m and its own SDK."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, Person, ToolContract, documented

HOST = "dbc-a1b2345c-d6e7.cloud.databricks.com"
ME = f"{HOST}/api/2.0/preview/scim/v2/Me"
TOKENS = {"token_type": "Bearer", "expires_in": 3600, "scope": "all-apis offline_access"}


class TestDatabricks(ConnectorContract):
    connector = "databricks"
    scopes = ("all-apis", "offline_access")
    people = (
        Person(account="7001", typed={"workspace": HOST}),
        Person(account="7001", typed={"workspace": "https://Globex.gcp.databricks.com/"}),
    )
    accepted_inputs = {
        "workspace": {
            HOST: HOST,
            "adb-1234567890.azuredatabricks.net": "adb-1234567890.azuredatabricks.net",
        }
    }
    refused_inputs = {
        "workspace": ("", "acme", "cloud.databricks.com", f"{HOST}.evil.example", f"{HOST}/x")
    }
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        (f"{HOST}:7", "ana@acme.example"): {
            ME: {"id": "7", "userName": "ana@acme.example", "displayName": "Ana Diaz"}
        },
        (f"{HOST}:7", "Ana Diaz"): {ME: {"id": "7", "displayName": "Ana Diaz"}},
        (f"{HOST}:7", f"{HOST}:7"): {ME: {"id": "7"}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)


class TestDatabricksTools(ToolContract):
    connector = "databricks"
