"""Tools for Firecrawl, by docs.firecrawl.dev/api-reference (scrape, crawl, map).

Quirks:
1. A crawl is a job: it is started, and its pages are read by its id while it goes on.
2. ``next`` is a URL; its ``skip`` is passed on. It is there while the crawl goes on, too.
3. A title is a text, or a list of texts.

Checked against the OpenAPI document that Firecrawl publishes (firecrawl/firecrawl-docs:
``api-reference/v2-openapi.json``), which does not describe the parameter ``skip``.
"""

from typing import Annotated, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, Failure, HttpTool, In, Needs, Output, Pages

_NEEDS = (Needs("firecrawl"),)
_FAILURE = Failure(path="success", equals=False, message="error")
_URL = Field(max_length=2000, pattern=r"^https?://\S+$", description="Address of the page.")
_SITE = Field(max_length=2000, pattern=r"^https?://\S+$", description="Where to begin.")


class Scrape(Args):
    url: str = _URL
    main_content: Annotated[bool, In("body", "onlyMainContent")] = Field(
        default=True, description="Without navigation, header and footer."
    )
    wait_ms: Annotated[int | None, In("body", "waitFor")] = Field(
        default=None, ge=0, le=60_000, description="Milliseconds to wait for scripts."
    )


class StartCrawl(Args):
    url: str = _SITE
    limit: int = Field(ge=1, le=10_000, description="Pages at most. Each costs a credit.")
    include_paths: Annotated[list[str] | None, In("body", "includePaths")] = Field(
        default=None, max_length=50, description="Regular expressions of paths to read: blog/.*"
    )
    exclude_paths: Annotated[list[str] | None, In("body", "excludePaths")] = Field(
        default=None, max_length=50, description="Regular expressions of paths to leave out."
    )
    max_depth: Annotated[int | None, In("body", "maxDiscoveryDepth")] = Field(
        default=None, ge=0, description="Links to follow from the first page, one after another."
    )


class GetCrawl(Args):
    id: str = Field(pattern="^[0-9a-f-]{36}$", description="Id of the crawl.")
    skip: int | None = Field(default=None, ge=0, description="next of the answer before.")


class Map(Args):
    url: str = _SITE
    search: str | None = Field(
        default=None, max_length=500, description="Words: addresses that fit come first."
    )
    limit: int = Field(default=500, ge=1, le=5000, description="Addresses at most.")
    sitemap: Literal["include", "skip", "only"] = Field(
        default="include", description="Whether the site's own map is read."
    )


class Page(Output):
    markdown: str | None = None
    title: str | list[str] | None = Field(  # quirk 3
        default=None, validation_alias=AliasPath("metadata", "title")
    )
    url: str | None = Field(default=None, validation_alias=AliasPath("metadata", "sourceURL"))
    status: int | None = Field(default=None, validation_alias=AliasPath("metadata", "statusCode"))
    error: str | None = Field(default=None, validation_alias=AliasPath("metadata", "error"))


class Scraped(Output):
    page: Page = Field(validation_alias="data")


class Crawl(Output):
    id: str
    url: str | None = None


class CrawlStatus(Output):
    status: str
    total: int | None = None
    completed: int | None = None
    credits: int | None = Field(default=None, validation_alias="creditsUsed")
    pages: list[Page] = Field(default_factory=list, validation_alias="data")


class Link(Output):
    url: str
    title: str | None = None
    description: str | None = None


class Links(Output):
    links: list[Link] = Field(default_factory=list)


TOOLS = (
    HttpTool(
        name="firecrawl_scrape_page",
        description="Read one web page with Firecrawl, scripts included: its text as Markdown. "
        "Costs a credit.",
        needs=_NEEDS,
        effect="read",
        method="POST",
        path="/scrape",
        body={"formats": ["markdown"]},
        args=Scrape,
        output=Scraped,
        failure=_FAILURE,
        examples=({"url": "https://www.example.com/pricing"},),
    ),
    HttpTool(
        name="firecrawl_start_crawl",
        description="Start reading the pages of a site with Firecrawl. Returns the id of the job, "
        "whose pages firecrawl_get_crawl reads.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/crawl",
        body={"scrapeOptions": {"formats": ["markdown"]}},
        args=StartCrawl,
        output=Crawl,
        failure=_FAILURE,
        examples=({"url": "https://www.example.com", "limit": 10, "include_paths": ["blog/.*"]},),
    ),
    HttpTool(
        name="firecrawl_get_crawl",
        description="Return the state of a Firecrawl job and the pages that it has read so far.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/crawl/{id}",
        args=GetCrawl,
        output=CrawlStatus,
        pages=Pages(argument="skip", next="next", parameter="skip"),  # quirk 2
        failure=_FAILURE,
        examples=({"id": "6f1c2a9b-0000-4000-8000-000000000001"},),
    ),
    HttpTool(
        name="firecrawl_map_site",
        description="List the addresses of a site with Firecrawl, those that fit some words first.",
        needs=_NEEDS,
        effect="read",
        method="POST",
        path="/map",
        args=Map,
        output=Links,
        failure=_FAILURE,
        examples=({"url": "https://www.example.com", "search": "pricing"},),
    ),
)
