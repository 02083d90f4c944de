"""Smartsheet, seen from its own side.

Sources: developers.smartsheet.com/api/smartsheet/guides/advanced-topics/oauth,
…/openapi/tokens/tokens-getorrefresh, …/openapi/users, smartsheet/smartsheet-python-sdk.
"""

from connectors.sandbox import Refusal, RevokeRules, facts, rfc6749

PROVIDER = rfc6749(
    "smartsheet",
    title="Smartsheet",
    authorize="app.smartsheet.com/b/authorize",
    token="api.smartsheet.com/2.0/token",
    revoke=RevokeRules(
        address="api.smartsheet.com/2.0/token",
        method="DELETE",
        token="api_header",
        answer={"resultCode": 0, "message": "SUCCESS"},
    ),
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",  # the answer names a token; the rest is not documented
    expires_in=604_799,
    answer={"token_type": "bearer"},
    answer_without={"scope"},
    required={"response_type": "code", "scope": None},
    scopes="READ_SHEETS WRITE_SHEETS CREATE_SHEETS DELETE_SHEETS SHARE_SHEETS READ_USERS",
    accounts={
        (str(number), f"{first} {last} ({email})"): {
            "id": number,
            "email": email,
            "firstName": first,
            "lastName": last,
        }
        for number, first, last, email in (
            (48569348493401, "Ana", "Diaz", "ana.diaz@example.com"),
            (48569348493402, "Ben", "Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.smartsheet.com/2.0",
    api={"/users/me": facts("id", "email", "firstName", "lastName")},
    api_refusal=Refusal(401, {"errorCode": 1003, "message": "Your Access Token has expired."}),
)
