"""GitLab's contract. Sources: docs.gitlab.com/api/oauth2, docs.gitlab.com/api/users."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

USER = "gitlab.com/api/v4/user"
TOKENS = {"token_type": "bearer", "expires_in": 7200, "created_at": 1607635748}


class TestGitLab(ConnectorContract):
    connector = "gitlab"
    scopes = ("read_user", "read_api")
    exchange = documented({**TOKENS, "access_token": "de67FAKE", "refresh_token": "8257FAKE"})
    refresh = documented({**TOKENS, "access_token": "c97dNEW", "refresh_token": "803cNEW"})
    accounts = {
        ("1", "ana"): {USER: {"id": 1, "username": "ana", "name": "Ana Diaz", "state": "active"}},
        ("1", "Ana Diaz"): {USER: {"id": 1, "username": "", "name": "Ana Diaz"}},
    }
    refusals = (
        ErrorSample(401, {"error": "invalid_client"}, ProviderMisconfigured),
        ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),
    )
