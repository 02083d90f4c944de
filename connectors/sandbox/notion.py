"""Notion, seen from its own side.

Sources: developers.notion.com/docs/authorization, …/reference/create-a-token,
…/reference/refresh-a-token, …/reference/get-self; the type definitions of Notion's own SDK.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IssuedTokens,
    RevokeRules,
    SimulatedProvider,
    TokenRules,
)


def _account(number: int, workspace: str | None, person: str) -> FictionalAccount:
    return FictionalAccount(
        key=f"workspace-{number}",
        label=f"{workspace or 'A workspace without a name'} ({person})",
        facts={
            "workspace_id": f"3b1c6fe0-0000-4000-8000-{number:012}",
            "workspace_name": workspace,
            "bot_id": f"44444444-dddd-4000-8000-{number:012}",
            "user_id": f"55555555-eeee-4000-8000-{number:012}",
            "person": person,
        },
    )


def _person(account: FictionalAccount) -> dict[str, Any]:
    return {
        "object": "user",
        "id": account.facts["user_id"],
        "type": "person",
        "name": account.facts["person"],
        "avatar_url": None,
        "person": {},
    }


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    facts = issued.account.facts
    return {
        "access_token": issued.access_token,
        "token_type": "bearer",
        "refresh_token": issued.refresh_token,
        "bot_id": facts["bot_id"],
        "workspace_icon": None,
        "workspace_name": facts["workspace_name"],
        "workspace_id": facts["workspace_id"],
        "owner": {"type": "user", "user": _person(issued.account)},
        "duplicated_template_id": None,
        "request_id": "00000000-0000-4000-8000-000000000000",
    }


def _me(call: ApiCall) -> dict[str, Any]:
    facts = call.account.facts
    return {
        "object": "user",
        "id": facts["bot_id"],
        "type": "bot",
        "name": "Connector Gateway",
        "avatar_url": None,
        "bot": {
            "owner": {"type": "user", "user": _person(call.account)},
            "workspace_name": facts["workspace_name"],
        },
    }


# Every version that is published; which of them a call uses does not change these answers.
_VERSION = {"notion-version": frozenset({"2022-06-28", "2025-09-03", "2026-03-11"})}


PROVIDER = SimulatedProvider(
    name="notion",
    display_name="Notion",
    client_id="00000000-5a5a-4000-8000-000000000000",
    client_secret="secret_sandbox-not-a-secret",
    accounts=(
        _account(1, "Acme HQ", "Ana Diaz"),
        _account(2, "Side project", "Ana Diaz"),
        _account(3, None, "Ben Okoro"),  # workspace_name is nullable
    ),
    authorize=AuthorizeRules(
        address="api.notion.com/v1/oauth/authorize",
        params=frozenset({"owner"}),
        required={"response_type": "code", "owner": "user"},
        scope_separator=None,
    ),
    token=TokenRules(
        address="api.notion.com/v1/oauth/token",
        client_auth="basic",
        body_format="json",
        exchange_params=frozenset({"grant_type", "code", "redirect_uri", "code_verifier?"}),
        refresh_params=frozenset({"grant_type", "refresh_token"}),
        required_headers=_VERSION,
    ),
    grant=GrantRules(
        access_token_prefix="ntn_sandbox",
        refresh_token_prefix="nrt_sandbox",
        expires=lambda params: None,
        offline=lambda params, consented_before: True,
        rotation="strict",
    ),
    revoke=RevokeRules(
        address="api.notion.com/v1/oauth/revoke",
        client_auth="basic",
        body_format="json",
        required_headers=_VERSION,
        accepts=frozenset({"access_token"}),  # the reference speaks of no other
        answer={"request_id": "00000000-0000-4000-8000-000000000000"},
    ),
    api=(ApiRules(address="api.notion.com/v1/users/me", answer=_me, required_headers=_VERSION),),
    api_hosts=frozenset({"api.notion.com"}),
    token_answer=_token_answer,
)
