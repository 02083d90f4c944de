"""Tools of Google Ads.

Reference: https://developers.google.com/google-ads/api/rest/common/search

Unconfirmed: written without the documentation at hand; what matters is the version in the path, the
headers and the shape of a row.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_ADS = (Needs("google-ads", ("https://www.googleapis.com/auth/adwords",)),)
_VERSION = "v26"


class NoArgs(Args):
    pass


class Customers(Output):
    resource_names: list[str] = Field(
        default_factory=list, validation_alias="resourceNames", description="customers/1234567890"
    )


class Search(Args):
    customer_id: str = Field(pattern=r"^[0-9]{10}$", description="ten digits, without hyphens")
    query: str = Field(
        max_length=10_000,
        description="Google Ads Query Language: SELECT campaign.name FROM campaign",
    )
    page_token: Annotated[str | None, In("body", "pageToken")] = Field(
        None, description="next of the page before"
    )


class Rows(Output):
    results: list[dict[str, Any]] = Field(default_factory=list)


TOOLS = (
    HttpTool(
        name="google_ads_list_customers",
        description="List the Google Ads accounts that the user can reach directly.",
        needs=_ADS,
        effect="read",
        method="GET",
        path=f"/{_VERSION}/customers:listAccessibleCustomers",
        args=NoArgs,
        output=Customers,
        examples=({},),
    ),
    HttpTool(
        name="google_ads_search_rows",
        description="Run a query of the Google Ads Query Language on an account: campaigns, ads, "
        "metrics. Returns rows.",
        needs=_ADS,
        effect="read",
        method="POST",
        path=f"/{_VERSION}/customers/{{customer_id}}/googleAds:search",
        args=Search,
        output=Rows,
        pages=Pages(argument="page_token", next="nextPageToken"),
        examples=(
            {
                "customer_id": "1234567890",
                "query": "SELECT campaign.id, campaign.name FROM campaign",
            },
        ),
    ),
)
