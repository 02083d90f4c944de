"""Tools of Perplexity.

Reference: https://docs.perplexity.ai/api-reference

Checked against Perplexity's own library (perplexityai 0.46.1): paths, parameters and the members of
answers. Unchecked: the limits of values.
"""

from typing import Annotated, Literal

from pydantic import Field

from connectors.chat_tools import response_tool
from connectors.tooling import Args, HttpTool, In, Needs, Output


class SearchWeb(Args):
    query: str = Field(min_length=1, max_length=2000, description="what is searched for")
    limit: Annotated[int, In("body", "max_results")] = Field(
        10, ge=1, le=20, description="results at most"
    )
    tokens_per_page: Annotated[int | None, In("body", "max_tokens_per_page")] = Field(
        None, ge=1, le=100_000, description="most text of each page, in tokens"
    )
    domains: Annotated[list[str] | None, In("body", "search_domain_filter")] = Field(
        None, max_length=20, description="only these domains; with - in front, all others"
    )
    country: str | None = Field(None, pattern="^[A-Z]{2}$", description="country: US, DE")
    recency: Annotated[
        Literal["hour", "day", "week", "month", "year"] | None, In("body", "search_recency_filter")
    ] = Field(None, description="how new a page must be")


class Page(Output):
    title: str
    url: str
    snippet: str
    date: str | None = None
    last_updated: str | None = None


class Pages(Output):
    results: list[Page]


TOOLS = (
    HttpTool(
        name="perplexity_search_web",
        description="Search the web with Perplexity, and return pages with excerpts; each search "
        "is charged.",
        needs=(Needs("perplexity"),),
        effect="read",
        policy="ask",  # it changes nothing, and it costs
        method="POST",
        path="/search",
        args=SearchWeb,
        output=Pages,
        examples=({"query": "garden tools", "limit": 2},),
    ),
    response_tool("perplexity", title="Perplexity", model="perplexity/sonar", path="/v1/responses"),
)
