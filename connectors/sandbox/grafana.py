"""Grafana, by grafana.com/docs (HTTP API: authentication; service accounts; access control)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "grafana",
    title="Grafana Cloud",
    keys={
        "ana": {"stack": "acme", "key": "glsa_Sandbox1Ana0123456789ABCDEFGHIJ_0123abcd"},
        "ben": {"stack": "globex", "key": "glsa_Sandbox2Ben9876543210ABCDEFGHIJ_dcba3210"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(
        401,
        {
            "message": "Invalid API key",
            "messageId": "api-key.invalid",
            "statusCode": 401,
            "traceID": "",
        },
    ),
    api={"/access-control/user/permissions": lambda call: {"dashboards:read": ["dashboards:*"]}},
    api_base="{tenant}.grafana.net/api",
)
