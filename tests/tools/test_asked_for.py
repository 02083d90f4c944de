"""The table in docs/tools.md of the tools that the catalog was asked for."""

from __future__ import annotations

import re
from pathlib import Path

from connectors.catalog import Catalog
from gateway.tools.registry import Registry

PAGE = Path(__file__).parents[2] / "docs" / "tools.md"
ROW = re.compile(r"^\| `([\w.]+)` \| (`(\w+)`|none: .+) \|$", re.MULTILINE)
PROVIDERS = {
    "airtable",
    "alpaca",
    "asana",
    "atlassian",
    "betterstack",
    "brex",
    "calcom",
    "canva",
    "chroma",
    "clickup",
    "cloudinary",
    "cohere",
    "databricks",
    "datadog",
    "figma",
    "fireworks",
    "gemini",
    "imagekit",
    "intrinio",
    "linear",
    "make",
    "mercury",
    "mistral",
    "monday",
    "mux",
    "n8n",
    "newrelic",
    "notion",
    "okta",
    "pagerduty",
    "perplexity",
    "pinecone",
    "printful",
    "replicate",
    "runway",
    "sentry",
    "serpapi",
    "shopify",
    "snowflake",
    "square",
    "stripe",
    "supabase",
    "telegram",
    "together",
    "trello",
    "twilio",
    "upstash",
    "weaviate",
    "whatsapp",
    "wise",
    "xai",
}

WITHOUT = {
    "bitwarden.items.get",
    "bitwarden.items.list",
    "imagekit.transform",
    "n8n.workflow.execute",
    "shopify.orders.create",
    "snowflake.stage.put",
    "stability.generate",
    "stability.upscale",
}


def test_each_tool_that_was_asked_for_exists() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## Tools that the catalog was asked for")[
        2
    ]
    rows = ROW.findall(section.partition("\n## ")[0])
    tools = {tool.name: tool for tool in Registry(Catalog({})).tools()}
    named = {name for _, _, name in rows if name}
    assert named - tools.keys() == set()
    assert {next(iter(tools[name].scopes)) for name in named} == PROVIDERS
    assert {asked for asked, _, name in rows if not name} == WITHOUT
