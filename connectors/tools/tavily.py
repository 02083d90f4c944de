"""Tools for Tavily, by docs.tavily.com (search, extract, api-credits).

Quirks:
1. ``include_usage`` makes the answer tell its credits.
2. A page that could not be read stands in ``failed_results`` of a success.

Checked against the library and the MCP server that Tavily publishes (tavily-ai/tavily-python,
tavily-ai/tavily-mcp), which do not say how many URLs an extraction takes at most.
"""

from typing import Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, Needs, Output

_NEEDS = (Needs("tavily"),)


class Search(Args):
    query: str = Field(min_length=1, max_length=400, description="What to search for.")
    max_results: int = Field(default=5, ge=1, le=20, description="Results at most.")
    search_depth: Literal["basic", "advanced"] = Field(
        default="basic", description="advanced is more relevant, slower, and costs two credits."
    )
    topic: Literal["general", "news", "finance"] = Field(
        default="general", description="Kind of sources."
    )
    time_range: Literal["day", "week", "month", "year"] | None = Field(
        default=None, description="Only pages of the last day, week, month or year."
    )
    include_answer: bool = Field(default=False, description="Also write a short answer.")
    include_domains: list[str] | None = Field(
        default=None, max_length=50, description="Only these domains."
    )
    exclude_domains: list[str] | None = Field(
        default=None, max_length=50, description="None of these domains."
    )


class Extract(Args):
    urls: list[str] = Field(min_length=1, max_length=20, description="Pages to read.")
    extract_depth: Literal["basic", "advanced"] = Field(
        default="basic", description="advanced reads tables and embedded content, too."
    )
    format: Literal["markdown", "text"] = Field(default="markdown", description="Form of the text.")


class Result(Output):
    title: str | None = None
    url: str
    content: str | None = None
    score: float | None = None
    published_date: str | None = None


class Results(Output):
    answer: str | None = None
    results: list[Result] = Field(default_factory=list)
    credits: float | None = Field(default=None, validation_alias=AliasPath("usage", "credits"))


class Page(Output):
    url: str
    text: str | None = Field(default=None, validation_alias="raw_content")


class FailedPage(Output):
    url: str
    error: str | None = None


class Pages(Output):
    pages: list[Page] = Field(default_factory=list, validation_alias="results")
    failed: list[FailedPage] = Field(
        default_factory=list, validation_alias="failed_results", description="not read"
    )
    credits: float | None = Field(default=None, validation_alias=AliasPath("usage", "credits"))


TOOLS = (
    HttpTool(
        name="tavily_search_web",
        description="Search the web with Tavily: title, URL and the relevant content of each "
        "result. Costs one credit, or two.",
        needs=_NEEDS,
        effect="read",
        method="POST",
        path="/search",
        body={"include_usage": True},  # quirk 1
        args=Search,
        output=Results,
        examples=(
            {"query": "Who is Leo Messi?"},
            {"query": "coffee prices", "topic": "news", "include_answer": True},
        ),
    ),
    HttpTool(
        name="tavily_extract_pages",
        description="Read web pages with Tavily: their text as Markdown. Five pages cost a credit.",
        needs=_NEEDS,
        effect="read",
        method="POST",
        path="/extract",
        body={"include_usage": True},
        args=Extract,
        output=Pages,
        examples=({"urls": ["https://en.wikipedia.org/wiki/Artificial_intelligence"]},),
    ),
)
