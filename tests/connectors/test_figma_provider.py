"""Figma on the wire.

Sources: https://developers.figma.com/docs/rest-api/oauth-apps, Figma's OpenAPI description.
"""

from __future__ import annotations

from connectors.account import AccountInfo
from gateway.errors import ProviderUnavailable, UnreadableResponse
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    Person,
    Probe,
    TokenSample,
)


class TestFigma(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "figma"
    expected_category = "design"
    expected_scopes = ("current_user:read", "file_content:read")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {}
    scopes_are_echoed = False
    people = (Person(account="1200000000000000001"), Person(account="1200000000000000002"))
    probe = Probe("/me")
    token_sample = TokenSample(
        answer={
            "user_id_string": "1200000000000000009",
            "access_token": "figu_FAKE",
            "token_type": "bearer",
            "expires_in": 7776000,
            "refresh_token": "figur_FAKE",
        },
        access_token="figu_FAKE",
        refresh_token="figur_FAKE",
        expires_in=7776000,
        scopes=("current_user:read", "file_content:read"),
    )
    refresh_sample = TokenSample(
        answer={"access_token": "figu_NEW", "token_type": "bearer", "expires_in": 7776000},
        access_token="figu_NEW",
        refresh_token=None,
        expires_in=7776000,
        scopes=("current_user:read", "file_content:read"),
    )
    account_samples = (
        AccountSample(
            answers={
                "api.figma.com/v1/me": {
                    "id": "1200000000000000009",
                    "email": "ana@acme.com",
                    "handle": "Ana",
                    "img_url": "https://www.figma.com/ana.png",
                }
            },
            expected=AccountInfo(
                external_account_id="1200000000000000009",
                account_label="ana@acme.com",
                metadata={"handle": "Ana"},
            ),
        ),
        AccountSample(
            answers={"api.figma.com/v1/me": {"id": "1200000000000000009", "handle": "Ana"}},
            expected=AccountInfo(
                external_account_id="1200000000000000009",
                account_label="Ana",
                metadata={"handle": "Ana"},
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={"error": True, "status": 400, "message": "Invalid scopes for app", "i18n": None},
            raises=UnreadableResponse,
        ),
        ErrorSample(status=500, body={"error": True, "status": 500}, raises=ProviderUnavailable),
    )
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "Figma names no error code: what its 401 means can only be guessed"
        ),
    }
