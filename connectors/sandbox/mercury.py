"""Mercury, by docs.mercury.com (getting started, the security schemes of its OpenAPI documents,
sandbox). The members of the organization are those that its clients read."""

from connectors.sandbox import Refusal, key_provider

_HOSTS = "{live=api.mercury.com|sandbox=api-sandbox.mercury.com}"

PROVIDER = key_provider(
    "mercury",
    title="Mercury",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {
            "environment": "live",
            "key": "secret-token:mercury_production_rma_Sandbox1ana0123456789_yrucrem",
        },
        "ben": {
            "environment": "sandbox",
            "key": "secret-token:mercury_sandbox_rma_Sandbox2ben9876543210_yrucrem",
        },
    },
    refusal=Refusal(401, {"errors": {"errorCode": "unauthorized", "message": "…"}}),
    api={"/organization": lambda call: {"organization": dict(call.account.facts)}},
    api_base=f"{_HOSTS}/api/v1",
    facts={
        "ana": {"id": "0bb1d8e3-8978-11ea-b41a-63f7ad00aaaa", "legalBusinessName": "Diaz Inc."},
        "ben": {"id": "0bb1d8e3-8978-11ea-b41a-63f7ad00bbbb", "legalBusinessName": "Okoro LLC"},
    },
)
