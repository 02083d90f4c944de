"""Figma's contract, by developers.figma.com/docs/rest-api/oauth-apps and its OpenAPI file."""

from gateway.errors import TokenRejected, UnreadableResponse
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

ME = "api.figma.com/v1/me"
USER = {"id": "1200000000000000009", "handle": "Ana"}
ANA = {"handle": "Ana"}


class TestFigma(ConnectorContract):
    connector = "figma"
    scopes = ("current_user:read", "file_content:read")
    exchange = documented(
        {
            "user_id_string": "1200000000000000009",
            "access_token": "figu_FAKE",
            "token_type": "bearer",
            "expires_in": 7776000,
            "refresh_token": "figur_FAKE",
        }
    )
    refresh = documented(
        {"access_token": "figu_NEW", "token_type": "bearer", "expires_in": 7776000}
    )
    accounts = {
        ("1200000000000000009", "ana@acme.com"): AccountSample(
            {ME: USER | {"email": "ana@acme.com", "img_url": "https://www.figma.com/ana.png"}}, ANA
        ),
        ("1200000000000000009", "Ana"): AccountSample({ME: USER}, ANA),
    }
    refusals = (
        ErrorSample(400, {"error": True, "status": 400, "message": "…"}, UnreadableResponse),
        ErrorSample(400, {"error": True, "status": 400, "message": "…"}, TokenRejected, True),
    )
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "Figma names no error code: what its 401 means can only be guessed"
        )
    }
