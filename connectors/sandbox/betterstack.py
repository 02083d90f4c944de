"""Better Stack's Uptime API, by betterstack.com/docs/uptime/api (getting started, monitors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "betterstack",
    title="Better Stack",
    headers={"authorization": "Bearer {key}"},
    keys={"ana": {"key": "Sandbox1anaAbCdEfGhIjKlM"}, "ben": {"key": "Sandbox2benAbCdEfGhIjKlM"}},
    refusal=Refusal(401, {"errors": "Invalid Team API token"}),
    api={"/v2/monitors": lambda call: {"data": [], "pagination": {"first": None, "next": None}}},
    api_base="uptime.betterstack.com/api",
)
