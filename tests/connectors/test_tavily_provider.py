"""Tavily's contract, by docs.tavily.com (introduction, usage, search, extract)."""

from gateway.testing import KeyContract, ToolContract


class TestTavily(KeyContract):
    connector = "tavily"
    # The placeholder of the documentation, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("tvly-YOUR_API_KEY", "sk-0123456789abcdefghij", f"tvly-{'a' * 101}")}
    unclear = ((432, {"detail": {"error": "This request exceeds your plan's set usage limit."}}),)


class TestTavilyTools(ToolContract):
    connector = "tavily"
