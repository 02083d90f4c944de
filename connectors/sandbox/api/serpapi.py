"""SerpApi's API, by serpapi.com/search-api, …/google-news-api, …/account-api, …/pagination.

Unconfirmed: written without the documentation at hand; what matters is parameters, how pages go on,
and the shapes of answers.
"""

from typing import Any
from urllib.parse import urlencode

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"error": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"left": 100, "used": 0}


API = SimulatedApi("serpapi", base="serpapi.com", state=_state, refuse=_error)


@API.route("GET /account.json")
def get_account(call: Request) -> Any:
    return {
        **call.account.facts,
        "plan_name": "Free Plan" if call.account.facts["plan_id"] == "free" else "Big Data Plan",
        "searches_per_month": 100,
        "plan_searches_left": call.state["left"],
        "total_searches_left": call.state["left"],
        "this_month_usage": call.state["used"],
    }


@API.route(
    "GET /search.json",
    query={
        "engine": {"google", "google_news", "google_maps"},
        "type?": {"search", "place"},
        "ll?": str,
        "q?": str,
        "location?": str,
        "gl?": str,
        "hl?": str,
        "google_domain?": str,
        "start?": int,
        "num?": int,
        "device?": {"desktop", "tablet", "mobile"},
        "no_cache?": bool,
        "topic_token?": str,
        "tbm?": str,
        "safe?": {"active", "off"},
    },
)
def search(call: Request) -> Any:
    if not call.query.get("q"):
        refuse("parameters", "Missing query `q` parameter.")
    if call.query["engine"] == "google_news" and {"location", "start", "num"} & call.query.keys():
        refuse("parameters", "Unsupported parameter for the Google News engine.")
    if call.query["engine"] != "google_maps" and {"type", "ll"} & call.query.keys():
        refuse("parameters", "Unsupported parameter for this engine.")
    if call.query["engine"] == "google_maps":
        if "type" not in call.query:
            refuse("parameters", "Missing `type` parameter.")
        if call.query.get("start") and "ll" not in call.query:
            refuse("parameters", "`ll` parameter is required when using pagination.")
    call.state["left"] -= 1
    call.state["used"] += 1
    query = call.query["q"]
    said = {
        "search_metadata": {"id": "sandbox", "status": "Success"},
        "search_parameters": call.query,
    }
    if query == "nothing-at-all":
        return {**said, "error": "Google hasn't returned any results for this query."}
    if call.query["engine"] == "google_news":
        story = {
            "position": 1,
            "title": f"News of {query}",
            "link": "https://news.example/1",
            "source": {"name": "Example Times", "icon": "https://news.example/icon.png"},
            "date": "11/28/2026, 09:00 AM, +0000 UTC",
        }
        return {**said, "news_results": [story]}
    start = call.query.get("start", 0)
    if call.query["engine"] == "google_maps":
        return {**said, **_places(call, query, start)}
    results = [
        {
            "position": number,
            "title": f"{query} {start + number}",
            "link": f"https://www.example.com/{start + number}",
            "displayed_link": "https://www.example.com",
            "snippet": f"All about {query}.",
        }
        for number in range(1, 11)
    ]
    answer = {**said, "organic_results": results}
    if start < 20:
        following = urlencode({**call.query, "start": start + 10})
        answer["serpapi_pagination"] = {
            "current": start // 10 + 1,
            "next": f"https://serpapi.com/search.json?{following}",
        }
    return answer


def _places(call: Request, query: str, start: int) -> dict[str, Any]:
    places = [
        {
            "position": number,
            "title": f"{query} {start + number}",
            "place_id": f"ChIJsandbox{start + number:04}",
            "data_id": f"0x0:0x{start + number:x}",
            "gps_coordinates": {"latitude": 40.74, "longitude": -74.0 + number / 1000},
            "rating": 4.5,
            "reviews": 100 + number,
            "type": "Restaurant",
            "address": f"{start + number} Main St, New York, NY 10011",
            "open_state": "Open",
            "phone": "(212) 555-0100",
        }
        for number in range(1, 21)
    ]
    if start >= 40 or "ll" not in call.query:
        return {"local_results": places}
    following = urlencode({**call.query, "start": start + 20})
    return {
        "local_results": places,
        "serpapi_pagination": {"next": f"https://serpapi.com/search.json?{following}"},
    }
