"""Pace, seen from its own side."""

from connectors.sandbox import Refusal, RefusedRequest, RevokeRules, facts, rfc6749

DONE = {"result": "0000", "message": "OK"}
CODES = {"invalid_grant": "5031", "invalid_client": "5030"}


def refuse(refused: RefusedRequest) -> Refusal:
    """Everything but the API refuses with a number in a 200."""
    if refused.endpoint == "api":
        return refused.standard
    code = CODES.get(refused.error, "5000")
    return Refusal(status=200, body={"result": code, "message": "FAILED"})


PROVIDER = rfc6749(
    "pace",
    title="Pace",
    authorize="pace.example/oauth2/authorize",
    token="pace.example/oauth2/accesstoken",
    refresh="pace.example/oauth2/refresh-token",
    revoke=RevokeRules(address="pace.example/oauth2/revoke", client_auth="post", answer=DONE),
    client_auth="post",
    body_format="form",
    pkce="required",
    rotation="none",
    expires_in=30 * 86400,
    extends=DONE,
    answer=DONE,
    error_answer=refuse,
    scopes="read write",
    accounts={
        ("ana", "Ana"): {"id": "1", "name": "Ana"},
        ("ben", "Ben"): {"id": "2", "name": "Ben"},
    },
    api_base="pace.example/api",
    api={"/me": facts("id", "name")},
)
