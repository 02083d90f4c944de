"""Tools for Brave Search, by api-dashboard.search.brave.com/api-reference (web, images).

Quirks:
1. ``offset`` counts pages, from 0 to 9; the answer only tells whether there is another one.
2. Images know ``off`` and ``strict`` for ``safesearch``, and no pages.

Checked against the MCP server that Brave publishes (brave/brave-search-mcp-server).
"""

from typing import Annotated, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_NEEDS = (Needs("brave"),)
_Query = Annotated[str, In("query", "q")]
_QUERY = Field(min_length=1, max_length=400, description="What to search for, at most 50 words.")
_COUNTRY = Field(default="US", pattern="^([A-Z]{2}|ALL)$", description="Country: US, DE, or ALL.")
_LANGUAGE = Field(
    default="en", pattern="^[a-z]{2}(-[a-z]{2,4})?$", description="Language of the results."
)


class SearchWeb(Args):
    query: _Query = _QUERY
    count: int = Field(default=10, ge=1, le=20, description="Results per page.")
    offset: int = Field(default=0, ge=0, le=9, description="Pages to skip.")
    country: str = _COUNTRY
    search_lang: str = _LANGUAGE
    freshness: str | None = Field(
        default=None,
        pattern=r"^(pd|pw|pm|py|\d{4}-\d\d-\d\dto\d{4}-\d\d-\d\d)$",
        description="Age: pd (a day), pw, pm, py, or 2026-01-01to2026-06-30.",
    )
    safesearch: Literal["off", "moderate", "strict"] = Field(
        default="moderate", description="Filter of adult content."
    )


class SearchImages(Args):
    query: _Query = _QUERY
    count: int = Field(default=20, ge=1, le=200, description="Images at most.")
    country: str = _COUNTRY
    search_lang: str = _LANGUAGE
    safesearch: Literal["off", "strict"] = Field(
        default="strict", description="Filter of adult content."
    )


class Result(Output):
    title: str | None = None
    url: str
    description: str | None = None
    age: str | None = None


class Results(Output):
    results: list[Result] = Field(
        default_factory=list, validation_alias=AliasPath("web", "results")
    )
    has_more: bool | None = Field(
        default=None, validation_alias=AliasPath("query", "more_results_available")
    )


class Image(Output):
    title: str | None = None
    page_url: str | None = Field(default=None, validation_alias="url")
    source: str | None = None
    image_url: str | None = Field(default=None, validation_alias=AliasPath("properties", "url"))
    thumbnail_url: str | None = Field(default=None, validation_alias=AliasPath("thumbnail", "src"))


class Images(Output):
    images: list[Image] = Field(default_factory=list, validation_alias="results")


TOOLS = (
    HttpTool(
        name="brave_search_web",
        description="Search the web with Brave: title, URL and description of each result.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/web/search",
        query={"result_filter": "web,query"},
        args=SearchWeb,
        output=Results,
        examples=({"query": "coffee"}, {"query": "coffee", "freshness": "pw", "offset": 1}),
    ),
    HttpTool(
        name="brave_search_images",
        description="Search images with Brave: the image, its thumbnail and the page it is on.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/images/search",
        args=SearchImages,
        output=Images,
        examples=({"query": "munich"},),
    ),
)
