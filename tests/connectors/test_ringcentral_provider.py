"""RingCentral's contract, by developers.ringcentral.com (authorization code flow, extension)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "platform.ringcentral.com/restapi/v1.0/account/~/extension/~"
TOKENS = {
    "token_type": "bearer",
    "expires_in": 7199,
    "refresh_token_expires_in": 604799,
    "scope": "AccountInfo CallLog ExtensionInfo Messages SMS",
    "owner_id": "256440016",
}
DEAD = {"error": "invalid_grant", "errors": [{"errorCode": "OAU-213", "message": "…"}]}


class TestRingCentral(ConnectorContract):
    connector = "ringcentral"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "U1BFAKE", "refresh_token": "U1BrFAKE"})
    refresh = documented({**TOKENS, "access_token": "U1BNEW", "refresh_token": "U1BrNEW"})
    accounts = {
        ("256440016", "Ana Diaz"): {ME: {"id": 256440016, "name": "Ana Diaz"}},
        ("256440016", "101"): {ME: {"id": 256440016, "extensionNumber": "101"}},
        ("256440016", "256440016"): {ME: {"id": 256440016}},
    }
    refusals = (ErrorSample(400, DEAD, TokenRejected, on_refresh=True),)
