"""Notion, by developers.notion.com (authorization, tokens, get-self) and the types of its SDK."""

from typing import Any

from connectors.sandbox import ApiCall, KeyRules, Place, RevokeRules, rfc6749

# All published versions; these answers are the same in each.
_VERSION = {"notion-version": frozenset({"2022-06-28", "2025-09-03", "2026-03-11"})}


def _account(number: int, workspace: str | None, person: str) -> dict[str, Any]:
    user = {"object": "user", "id": f"55555555-eeee-4000-8000-{number:012}", "name": person}
    return {
        "workspace_id": f"3b1c6fe0-0000-4000-8000-{number:012}",
        "workspace_name": workspace,
        "bot_id": f"44444444-dddd-4000-8000-{number:012}",
        "owner": {"type": "user", "user": user},
    }


def _me(call: ApiCall) -> dict[str, Any]:
    facts = call.account.facts
    bot = {"owner": facts["owner"], "workspace_name": facts["workspace_name"]}
    return {"object": "user", "id": facts["bot_id"], "name": "Tasks", "type": "bot", "bot": bot}


PROVIDER = rfc6749(
    "notion",
    title="Notion",
    authorize="api.notion.com/v1/oauth/authorize",
    token="api.notion.com/v1/oauth/token",
    revoke=RevokeRules(
        address="api.notion.com/v1/oauth/revoke",
        client_auth="basic",
        body_format="json",
        required_headers=_VERSION,
        accepts=frozenset({"access_token"}),  # the reference speaks of no other
        answer={"request_id": "00000000-0000-4000-8000-000000000000"},
    ),
    client_auth="basic",
    body_format="json",
    pkce="verified",
    rotation="strict",
    expires_in=None,
    headers=_VERSION,
    answer=lambda issued: {"token_type": "bearer", "workspace_icon": None, **issued.account.facts},
    required={"response_type": "code", "owner": "user"},
    scopes="",
    accounts={
        ("workspace-1", "Acme HQ (Ana Diaz)"): _account(1, "Acme HQ", "Ana Diaz"),
        ("workspace-2", "Side project (Ana Diaz)"): _account(2, "Side project", "Ana Diaz"),
        # workspace_name is nullable.
        ("workspace-3", "A workspace without a name (Ben Okoro)"): _account(3, None, "Ben Okoro"),
    },
    api_base="api.notion.com/v1",
    api={"/users/me": _me},
    keys=KeyRules(  # the secrets of internal integrations
        held={
            "workspace-1": {"key": "ntn_Sandbox1acme0123456789abcdef"},
            "workspace-3": {"key": "ntn_Sandbox2side0123456789abcdef"},
        },
        place=Place(headers={"authorization": "Bearer {key}"}),
    ),
)
