"""Attio, by docs.attio.com: oauth/authorize, oauth/token, rest-api identify (``/v2/self``)."""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "attio",
    title="Attio",
    authorize="app.attio.com/authorize",
    token="app.attio.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer_without={"scope"},
    scopes="",
    accounts={
        (workspace, f"{name} ({person})"): {"workspace_id": workspace, "workspace_name": name}
        for workspace, name, person in (
            ("sandbox-acme", "Acme", "Ana Diaz"),
            ("sandbox-globex", "Globex", "Ben Okoro"),
        )
    },
    api_base="api.attio.com/v2",
    api={"/self": facts("workspace_id", "workspace_name")},
    api_refusal=Refusal(401, {"status_code": 401, "type": "auth_error", "code": "unauthorized"}),
)
