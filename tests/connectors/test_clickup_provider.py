"""ClickUp's contract, by developer.clickup.com: authentication, common errors, the user."""

from gateway.errors import ProviderMisconfigured
from gateway.testing import ConnectorContract, ErrorSample, ToolContract, documented

USER = "api.clickup.com/api/v2/user"
ANA = {"id": 123, "username": "Ana Diaz", "color": "#008600", "profilePicture": None}


class TestClickUp(ConnectorContract):
    connector = "clickup"
    scopes = ()
    exchange = documented({"access_token": "123_FAKE"})
    accounts = {
        ("123", "ana@acme.example"): {USER: {"user": ANA | {"email": "ana@acme.example"}}},
        ("123", "Ana Diaz"): {USER: {"user": ANA}},
        ("123", "123"): {USER: {"user": {"id": 123}}},
    }
    refusals = (
        ErrorSample(400, {"err": "Client not found", "ECODE": "OAUTH_010"}, ProviderMisconfigured),
    )


class TestClickUpTools(ToolContract):
    connector = "clickup"
