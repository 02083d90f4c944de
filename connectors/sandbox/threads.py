"""Threads, by developers.facebook.com/docs/threads: get access tokens and permissions, long-lived
tokens, profiles. PKCE is not documented."""

from typing import Any

from connectors.sandbox import IssuedTokens, facts, needs, rfc6749
from connectors.simulated_meta import code_refusal, graph_error, long_lived


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    """The token of the code, which lives for an hour, or a long-lived one."""
    token = {"access_token": issued.access_token, "refresh_token": issued.refresh_token}
    if issued.expires_in == 3600:
        said = {**token, "user_id": issued.account.facts["id"]}
    else:
        said = {**token, "token_type": "bearer", "expires_in": issued.expires_in}
    return {name: value for name, value in said.items() if value is not None}


PROVIDER = rfc6749(
    "threads",
    title="Threads",
    authorize="threads.net/oauth/authorize",
    token="graph.threads.net/oauth/access_token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="kept",
    expires_in=3600,
    long_lived=long_lived("graph.threads.net", "th"),
    token_answer=_answer,
    error_answer=code_refusal,
    required={"response_type": "code", "scope": None},
    scopes="threads_basic threads_content_publish threads_read_replies threads_manage_replies",
    scope_separator=",",
    accounts={
        (user, name): {"id": user, "username": login}
        for user, name, login in (
            ("1000000000001", "Ana Diaz", "anadiaz"),
            ("1000000000002", "Ben Okoro", "benokoro"),
        )
    },
    api_base="graph.threads.net/v1.0",
    api={
        "/me": needs(
            "threads_basic",
            graph_error(403, 10, "Application does not have permission for this action"),
            facts("id", "username"),
        )
    },
)
