"""GitHub's contract. Sources: docs.github.com, "Authorizing OAuth apps", "Troubleshooting OAuth
app access token request errors", REST "Get the authenticated user".
"""

from gateway.errors import ProviderMisconfigured, ProviderRefused, TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, KeyContract, documented

USER = "api.github.com/user"
ANA = {"name": "Ana Diaz"}
GHOST = {"login": "ana", "id": 1, "node_id": "MDQ6VXNlcjE=", "type": "User"}


class TestGitHub(ConnectorContract):
    connector = "github"
    scopes = ("read:user",)
    exchange = documented(
        {"access_token": "gho_FAKE", "scope": "repo,gist", "token_type": "bearer"},
        scopes=("repo", "gist"),
    )
    accounts = {
        ("1", "ana"): AccountSample({USER: {**GHOST, **ANA}}, ANA),
        ("1", "1"): AccountSample({USER: {"id": 1, "login": "", "name": None}}),
    }
    refusals = (
        ErrorSample(200, {"error": "bad_verification_code"}, TokenRejected),
        ErrorSample(200, {"error": "incorrect_client_credentials"}, ProviderMisconfigured),
        ErrorSample(200, {"error": "redirect_uri_mismatch"}, ProviderRefused),
    )


class TestGitHubKey(KeyContract):
    connector = "github"
    account = ("583201", "ana-sandbox")
    # The token of an OAuth app, one that is too short, one that is hidden in part, one too long.
    refused_inputs = {
        "token": (
            "gho_0123456789abcdefghijABCDEFGHIJ012345",
            "ghp_0123",
            "github_pat_11…3210",
            f"github_pat_{'a' * 245}",
        )
    }
