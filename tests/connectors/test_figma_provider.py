"""Figma's contract.

Sources: https://developers.figma.com/docs/rest-api/oauth-apps, Figma's OpenAPI description.
"""

from __future__ import annotations

from gateway.errors import TokenRejected, UnreadableResponse
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

ME = "api.figma.com/v1/me"


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
            {
                ME: {
                    "id": "1200000000000000009",
                    "email": "ana@acme.com",
                    "handle": "Ana",
                    "img_url": "https://www.figma.com/ana.png",
                }
            },
            metadata={"handle": "Ana"},
        ),
        ("1200000000000000009", "Ana"): AccountSample(
            {ME: {"id": "1200000000000000009", "handle": "Ana"}}, metadata={"handle": "Ana"}
        ),
    }
    refusals = (
        ErrorSample(
            400,
            {"error": True, "status": 400, "message": "Invalid scopes for app", "i18n": None},
            UnreadableResponse,
        ),
        ErrorSample(
            400,
            {"error": True, "status": 400, "message": "Invalid refresh token"},
            TokenRejected,
            on_refresh=True,
        ),
    )
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "Figma names no error code: what its 401 means can only be guessed"
        )
    }
