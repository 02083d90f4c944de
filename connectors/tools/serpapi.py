"""Tools for SerpApi, by serpapi.com/search-api and serpapi.com/google-news-api.

Quirks:
1. Every search costs one of the account's searches, unless the same one is cached (an hour).
2. The next page is ``serpapi_pagination.next``, a URL; its ``start`` is passed on.
3. A search without results has ``error`` in a 200, so that member is no failure. Others are 4xx.

Unconfirmed: written without the documentation at hand; what matters is parameters, how pages go on,
and the shapes of answers.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_NEEDS = (Needs("serpapi"),)
_COUNTRY = Field(default=None, pattern="^[a-z]{2}$", description="Country of the search: us, de.")
_LANGUAGE = Field(
    default=None, pattern="^[a-z]{2}(-[a-z]{2})?$", description="Language of the search: en, de."
)


class SearchGoogle(Args):
    query: Annotated[str, In("query", "q")] = Field(
        min_length=1, max_length=2048, description="What one would type into Google."
    )
    location: str | None = Field(
        default=None, max_length=200, description="Where to search from: Austin, Texas."
    )
    country: Annotated[str | None, In("query", "gl")] = _COUNTRY
    language: Annotated[str | None, In("query", "hl")] = _LANGUAGE
    start: int | None = Field(default=None, ge=0, description="Results to skip, for a next page.")


class SearchNews(Args):
    query: Annotated[str, In("query", "q")] = Field(
        min_length=1, max_length=2048, description="What one would type into Google News."
    )
    country: Annotated[str | None, In("query", "gl")] = _COUNTRY
    language: Annotated[str | None, In("query", "hl")] = _LANGUAGE


class SearchMaps(Args):
    query: Annotated[str, In("query", "q")] = Field(
        min_length=1, max_length=2048, description="What one would type into Google Maps."
    )
    position: Annotated[str | None, In("query", "ll")] = Field(
        default=None,
        pattern=r"^@-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?,\d{1,2}(\.\d+)?z$",
        description="Latitude, longitude, zoom: @40.7455096,-74.0083012,14z. Needed for pages.",
    )
    country: Annotated[str | None, In("query", "gl")] = _COUNTRY
    language: Annotated[str | None, In("query", "hl")] = _LANGUAGE
    start: int | None = Field(default=None, ge=0, description="Results to skip, for a next page.")


class NoArguments(Args):
    pass


class Result(Output):
    position: int | None = None
    title: str | None = None
    link: str | None = None
    snippet: str | None = None
    date: str | None = None


class AnswerBox(Output):
    title: str | None = None
    answer: str | None = None
    snippet: str | None = None
    link: str | None = None


class Results(Output):
    answer_box: AnswerBox | None = None
    results: list[Result] = Field(default=[], validation_alias="organic_results")
    note: str | None = Field(default=None, validation_alias="error")  # quirk 3


class Story(Output):
    title: str | None = None
    link: str | None = None
    source: str | None = Field(default=None, validation_alias=AliasPath("source", "name"))
    date: str | None = None


class News(Output):
    stories: list[Story] = Field(default=[], validation_alias="news_results")
    note: str | None = Field(default=None, validation_alias="error")


class Place(Output):
    title: str | None = None
    place_id: str | None = None
    address: str | None = None
    phone: str | None = None
    website: str | None = None
    rating: float | None = None
    reviews: int | None = None
    type: str | None = None
    open_state: str | None = None
    latitude: float | None = Field(
        default=None, validation_alias=AliasPath("gps_coordinates", "latitude")
    )
    longitude: float | None = Field(
        default=None, validation_alias=AliasPath("gps_coordinates", "longitude")
    )


class Places(Output):
    places: list[Place] = Field(default=[], validation_alias="local_results")
    place: Place | None = Field(
        default=None, validation_alias="place_results", description="The only one that fits."
    )
    note: str | None = Field(default=None, validation_alias="error")


class Account(Output):
    plan: str | None = Field(default=None, validation_alias="plan_name")
    searches_left: int | None = Field(default=None, validation_alias="total_searches_left")
    this_month_usage: int | None = None


def _search(engine: str, more: Mapping[str, str] = MappingProxyType({}), **said: Any) -> HttpTool:
    return HttpTool(
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/search.json",
        query={"engine": engine, **more},
        **said,
    )


TOOLS = (
    _search(
        "google",
        name="serpapi_search_google",
        description="Search Google: title, link and snippet of each result, and the answer box. "
        "Costs one search.",
        args=SearchGoogle,
        output=Results,
        pages=Pages(argument="start", next="serpapi_pagination.next", parameter="start"),  # quirk 2
        examples=({"query": "coffee", "location": "Austin, Texas"},),
    ),
    _search(
        "google_news",
        name="serpapi_search_news",
        description="Search Google News: title, link, source and date. Costs one search.",
        args=SearchNews,
        output=News,
        examples=({"query": "coffee prices", "country": "us"},),
    ),
    _search(
        "google_maps",
        {"type": "search"},
        name="serpapi_search_maps",
        description="Search Google Maps: places with address, phone, rating, position. Costs one "
        "search.",
        args=SearchMaps,
        output=Places,
        pages=Pages(argument="start", next="serpapi_pagination.next", parameter="start"),  # quirk 2
        examples=({"query": "pizza", "position": "@40.7455096,-74.0083012,14z"},),
    ),
    HttpTool(
        name="serpapi_get_account",
        description="Read the account's plan and how many searches are left. Costs nothing.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/account.json",
        args=NoArguments,
        output=Account,
        examples=({},),
    ),
)
