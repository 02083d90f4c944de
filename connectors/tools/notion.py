"""Tools of Notion.

Reference: https://developers.notion.com/reference
"""

from typing import Any

from pydantic import Field

from connectors.tooling import Args, HttpTool, Needs, Output, Pages

NOTION = (Needs("notion"),)  # an integration's capabilities take the place of scopes


class Found(Output):
    id: str
    object: str = Field(description="page or data_source")
    url: str | None = None
    last_edited_time: str | None = None
    properties: dict[str, Any] = Field(default_factory=dict)


class FoundList(Output):
    results: list[Found]


class Search(Args):
    query: str | None = Field(None, max_length=200, description="words of the title")
    page_size: int = Field(20, ge=1, le=100, description="results per page")
    start_cursor: str | None = Field(None, description="next of the page before")


class GetPage(Args):
    page_id: str = Field(description="id of a page", pattern=r"^[0-9a-fA-F-]{32,36}$")


TOOLS = (
    HttpTool(
        name="notion_search_pages",
        description="Find pages and data sources that the user shared, by words of their titles; "
        "the last edited ones come first.",
        needs=NOTION,
        effect="read",
        method="POST",
        path="/search",
        args=Search,
        output=FoundList,
        pages=Pages(argument="start_cursor", next="next_cursor", more="has_more"),
        examples=({"query": "Roadmap"},),
    ),
    HttpTool(
        name="notion_get_page",
        description="Return a page's properties by its id; its text is in its blocks.",
        needs=NOTION,
        effect="read",
        method="GET",
        path="/pages/{page_id}",
        args=GetPage,
        output=Found,
        examples=({"page_id": "59833787-2cf9-4fdf-8782-e53db20768a5"},),
    ),
)
