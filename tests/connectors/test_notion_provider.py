"""Notion's contract, by developers.notion.com/reference/create-a-token, …/refresh-a-token, and the
types of Notion's own SDK.
"""

from typing import Any

from gateway.errors import UnreadableResponse
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, KeyContract, documented

IDS = {"workspace_id": "3b1c6fe0", "bot_id": "44444444-dddd"}
USER = {"object": "user", "id": "5555-eeee"}
TOKENS: dict[str, Any] = {
    "access_token": "ntn_FAKE",
    "token_type": "bearer",
    "refresh_token": "nrt_FAKE",
    "workspace_icon": None,
    "workspace_name": "Acme HQ",
    **IDS,
    "owner": {"type": "user", "user": {**USER, "type": "person", "name": "Ana", "person": {}}},
    "duplicated_template_id": None,
    "request_id": "req-fake",
}


def told(**changes: Any) -> AccountSample:
    """The account in the token answer, with changes."""
    return AccountSample(token_answer=TOKENS | changes, metadata=IDS)


class TestNotion(ConnectorContract):
    connector = "notion"
    scopes = ()
    exchange = documented(TOKENS)
    refresh = documented(TOKENS | {"refresh_token": None})  # its type is string or null
    accounts = {
        ("3b1c6fe0:5555-eeee", "Acme HQ"): told(),
        ("3b1c6fe0:5555-eeee", "Ana"): told(workspace_name=None),
        ("3b1c6fe0:5555-eeee", "3b1c6fe0:5555-eeee"): told(
            workspace_name=None, owner={"type": "user", "user": USER}
        ),
        ("3b1c6fe0", "Acme HQ"): told(owner={"type": "workspace", "workspace": True}),
    }
    refusals = (ErrorSample(401, {"object": "error", "code": "unauthorized"}, UnreadableResponse),)


class TestNotionKey(KeyContract):
    connector = "notion"
    account = ("44444444-dddd-4000-8000-000000000001", "Acme HQ")
    # A refresh token, and a key that is too long.
    refused_inputs = {"key": ("nrt_0123456789abcdefghijklmnop", f"ntn_{'a' * 101}")}
