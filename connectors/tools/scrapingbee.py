"""Tools for ScrapingBee, by www.scrapingbee.com/documentation.

Quirks:
1. ``json_response`` puts the page into JSON, with what it cost and where it came from.
2. Rules of extraction are JSON in one parameter of the query.
3. With rules, ``body`` is what was extracted: an object, or its text.

Checked against an OpenAPI document that others keep (api-evangelist/scrapingbee).

Unconfirmed: the names of the members beside ``body``, and the form of ``body`` with rules.
"""

import json
from typing import Annotated, Any

from pydantic import Field, PlainSerializer

from connectors.tooling import Args, HttpTool, In, Needs, Output

_NEEDS = (Needs("scrapingbee"),)
_Rules = Annotated[
    dict[str, str | dict[str, Any]],
    PlainSerializer(json.dumps, return_type=str),  # quirk 2
    In("query", "extract_rules"),
]


class _Page(Args):
    url: str = Field(max_length=2000, pattern=r"^https?://\S+$", description="Address of the page.")
    render_js: bool = Field(
        default=True,
        description="Run the page's scripts in a browser. Costs five credits, not one.",
    )
    premium_proxy: bool = Field(
        default=False, description="Use a home's address, for pages that block. Costs more."
    )
    country_code: str | None = Field(
        default=None, pattern="^[a-z]{2}$", description="Where the request comes from: us, de."
    )


class GetPage(_Page):
    pass


class Extract(_Page):
    rules: _Rules = Field(
        min_length=1,
        max_length=50,
        description='Name and CSS selector: {"title": "h1"}, or an object with selector, type.',
    )


class Page(Output):
    text: str | None = Field(default=None, validation_alias="body", description="as Markdown")
    url: str | None = Field(default=None, validation_alias="resolved-url")
    status: int | None = Field(default=None, validation_alias="initial-status-code")
    credits: int | None = Field(default=None, validation_alias="cost")


class Extracted(Output):
    data: dict[str, Any] | str = Field(validation_alias="body")  # quirk 3
    url: str | None = Field(default=None, validation_alias="resolved-url")
    credits: int | None = Field(default=None, validation_alias="cost")


TOOLS = (
    HttpTool(
        name="scrapingbee_get_page",
        description="Read a web page through ScrapingBee's browser and proxies: its Markdown.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/v1/",
        query={"json_response": "true", "return_page_markdown": "true"},  # quirk 1
        args=GetPage,
        output=Page,
        examples=({"url": "https://www.example.com"},),
    ),
    HttpTool(
        name="scrapingbee_extract_data",
        description="Read values out of a web page through ScrapingBee, by CSS selectors.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/v1/",
        query={"json_response": "true"},
        args=Extract,
        output=Extracted,
        examples=({"url": "https://www.example.com", "rules": {"title": "h1"}},),
    ),
)
