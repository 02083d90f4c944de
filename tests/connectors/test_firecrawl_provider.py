"""Firecrawl's contract, by docs.firecrawl.dev (credit-usage, scrape, crawl, map)."""

from gateway.testing import KeyContract, ToolContract


class TestFirecrawl(KeyContract):
    connector = "firecrawl"
    # The placeholder of the documentation, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("fc-YOUR-API-KEY", "tvly-0123456789abcdefghij", f"fc-{'a' * 101}")}
    unclear = ((402, {"error": "Payment required to access this resource."}),)


class TestFirecrawlTools(ToolContract):
    connector = "firecrawl"
