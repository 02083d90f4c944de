"""TikTok's contract, by developers.tiktok.com/doc/oauth-user-access-token-management."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, Probe, documented

USER = "open.tiktokapis.com/v2/user/info/"
OK = {"code": "ok", "message": "", "log_id": "2022FAKE"}
SCOPES = ("user.info.basic", "video.list")


class TestTikTok(ConnectorContract):
    connector = "tiktok"
    scopes = SCOPES
    probe = Probe("/user/info/?fields=open_id")
    exchange = refresh = documented(
        {
            "access_token": "act.FAKE",
            "expires_in": 86400,
            "open_id": "afd97af1-FAKE",
            "refresh_expires_in": 31536000,
            "refresh_token": "rft.FAKE",
            "scope": "user.info.basic,video.list",
            "token_type": "Bearer",
        },
        scopes=SCOPES,
    )
    accounts = {
        ("afd97af1-FAKE", "Ana"): {
            USER: {
                "data": {"user": {"open_id": "afd97af1-FAKE", "display_name": "Ana"}},
                "error": OK,
            }
        },
        ("afd97af1-FAKE", "afd97af1-FAKE"): {
            USER: {"data": {"user": {"open_id": "afd97af1-FAKE"}}, "error": OK}
        },
    }
    refusals = (
        ErrorSample(
            400,
            {"error": "invalid_grant", "error_description": "…", "log_id": "2022FAKE"},
            TokenRejected,
        ),
    )
