"""Notion's contract.

Sources: https://developers.notion.com/reference/create-a-token,
https://developers.notion.com/reference/refresh-a-token, and the types of Notion's own SDK.
"""

from __future__ import annotations

from typing import Any

from gateway.errors import UnreadableResponse
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

WORKSPACE = "3b1c6fe0-0000-4000-8000-000000000001"
PERSON = "44444444-dddd-4000-8000-000000000402"
BOT = "44444444-dddd-4000-8000-000000000401"

TOKENS: dict[str, Any] = {
    "access_token": "ntn_FAKE",
    "token_type": "bearer",
    "refresh_token": "nrt_FAKE",
    "bot_id": BOT,
    "workspace_icon": None,
    "workspace_name": "Acme HQ",
    "workspace_id": WORKSPACE,
    "owner": {
        "type": "user",
        "user": {
            "object": "user",
            "id": PERSON,
            "type": "person",
            "name": "Ana",
            "avatar_url": None,
            "person": {"email": "ana@example.com"},
        },
    },
    "duplicated_template_id": None,
    "request_id": "req-fake",
}
NAMELESS = {"type": "user", "user": {"object": "user", "id": PERSON}}


def told(**changes: Any) -> AccountSample:
    """The account in the token answer, with changes."""
    metadata = {"workspace_id": WORKSPACE, "bot_id": BOT}
    return AccountSample(token_answer=TOKENS | changes, metadata=metadata)


class TestNotion(ConnectorContract):
    connector = "notion"
    scopes = ()
    exchange = documented(TOKENS)
    refresh = documented(TOKENS | {"access_token": "ntn_NEW", "refresh_token": None})
    accounts = {
        (f"{WORKSPACE}:{PERSON}", "Acme HQ"): told(),
        (f"{WORKSPACE}:{PERSON}", "Ana"): told(workspace_name=None),
        (f"{WORKSPACE}:{PERSON}", f"{WORKSPACE}:{PERSON}"): told(
            workspace_name=None, owner=NAMELESS
        ),
        (WORKSPACE, "Acme HQ"): told(owner={"type": "workspace", "workspace": True}),
    }
    refusals = (
        ErrorSample(
            401,
            {"object": "error", "status": 401, "code": "unauthorized", "message": "…"},
            UnreadableResponse,
        ),
    )
