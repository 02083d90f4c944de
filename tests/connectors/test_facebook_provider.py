"""Facebook's contract, by developers.facebook.com/docs: manual login flow, long-lived tokens."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "graph.facebook.com/v23.0/me"
TOKEN = {"token_type": "bearer", "expires_in": 5183944}


def _refused(code: int) -> dict[str, object]:
    return {"error": {"message": "Refused", "type": "OAuthException", "code": code}}


class TestFacebook(ConnectorContract):
    connector = "facebook"
    scopes = ("public_profile", "pages_show_list")
    exchange = documented({**TOKEN, "access_token": "EAAFAKE"})
    refresh = documented({**TOKEN, "access_token": "EAANEW"})
    accounts = {
        ("10158000000000000", "Ana Diaz"): {ME: {"id": "10158000000000000", "name": "Ana Diaz"}},
        ("10158000000000000", "10158000000000000"): {ME: {"id": "10158000000000000"}},
    }
    refusals = (
        ErrorSample(400, _refused(190), TokenRejected, on_refresh=True),
        ErrorSample(400, _refused(100), TokenRejected),
        ErrorSample(400, _refused(1), ProviderMisconfigured),
    )
