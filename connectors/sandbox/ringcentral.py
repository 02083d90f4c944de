"""RingCentral, by developers.ringcentral.com: authorization code flow, tokens, revoke, extension.

What the token endpoint says to a dead token: developers.ringcentral.com, "OAuth errors".
"""

from connectors.sandbox import Refusal, RefusedRequest, facts, rfc6749


def _error(refused: RefusedRequest) -> Refusal:
    standard = refused.standard
    code = "OAU-213" if refused.error == "invalid_grant" else "OAU-153"
    errors = [{"errorCode": code, "message": refused.description}]
    return Refusal(standard.status, {**standard.body, "errors": errors})


PROVIDER = rfc6749(
    "ringcentral",
    title="RingCentral",
    authorize="platform.ringcentral.com/restapi/oauth/authorize",
    token="platform.ringcentral.com/restapi/oauth/token",
    revoke="platform.ringcentral.com/restapi/oauth/revoke",
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=3600,
    code_seconds=60,
    answer=lambda issued: {
        "scope": "ReadAccounts ReadCallLog",
        "refresh_token_expires_in": 604_800,
        "owner_id": str(issued.account.facts["id"]),
    },
    error_answer=_error,
    scopes="",
    accounts={
        (str(number), f"{name} ({extension})"): {
            "id": number,
            "name": name,
            "extensionNumber": extension,
        }
        for number, name, extension in (
            (256440001, "Ana Diaz", "101"),
            (256440002, "Ben Okoro", "102"),
        )
    },
    api_base="platform.ringcentral.com/restapi/v1.0",
    api={"/account/~/extension/~": facts("id", "name", "extensionNumber")},
    api_refusal=Refusal(401, {"errorCode": "OAU-213", "message": "Token not found"}),
)
